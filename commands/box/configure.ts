import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { variablesIn } from '../../shared/config/file-values.ts';
import { parseViewConfig } from '../../shared/config/view.ts';
import { parseWatchConfig } from '../../shared/config/watch.ts';
import type { WatchFile } from '../../shared/config/watch-file.ts';
import { configProblems } from '../config-problems.ts';
import { fillIn } from '../deploy/core/template.ts';
import type { DeployedVariables } from '../watch-file/deployed.ts';
import { loadConfig } from '../watch-file/load.ts';

type Variables = Readonly<Record<string, string>>;

/** What the functions of a box are started with. */
export interface BoxConfig {
  readonly file: WatchFile | undefined;
  readonly watch: Variables;
  readonly view: Variables;
  /** No token is set: every user of this machine may read the view, and no other machine can. */
  readonly isViewOpen: boolean;
}

/** The box's own Tablestore, as the functions and all other commands name it. */
export interface BoxTablestore {
  readonly endpoint: string;
  readonly instance: string;
}

/**
 * The variables of both functions, as they would be deployed from this environment, over the box's own
 * Tablestore. `isMissingCredentials`: one more problem, so that all of them are reported at once.
 * @throws {ConfigError} naming every problem
 */
export function configureBox(
  environment: Environment,
  { watch, view }: DeployedVariables,
  tablestore: BoxTablestore,
  credentialsProblem: string | undefined,
): BoxConfig {
  const own: Environment = {
    ...environment,
    TABLESTORE_ENDPOINT: tablestore.endpoint,
    TABLESTORE_INSTANCE: tablestore.instance,
  };
  const { problems, collect } = configProblems();
  const loaded = collect(() => loadConfig(own, parseWatchConfig));
  collect(() => parseViewConfig(own, loaded?.file));
  if (credentialsProblem !== undefined) problems.push(credentialsProblem);
  problems.push(...otherStore(environment, tablestore));
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  const file = loaded?.file;
  const referred = Object.fromEntries(variablesIn(file).map((name) => [name, own[name] ?? '']));
  const isViewOpen = !own.VIEW_TOKEN && !own.VIEW_TOKENS;
  const valuesOf = (variables: DeployedVariables['watch']): Variables =>
    Object.fromEntries([...variables].map(([name, value]) => [name, fillIn(value, own)]));
  return {
    file,
    watch: { ...valuesOf(watch), ...referred },
    view: { ...valuesOf(view), ...(isViewOpen && { VIEW_PUBLIC: 'true' }) },
    isViewOpen,
  };
}

/** Two journals of one fleet would announce everything twice. */
export function otherStore(
  { TABLESTORE_ENDPOINT: endpoint, TABLESTORE_INSTANCE: instance }: Environment,
  own: BoxTablestore,
): readonly string[] {
  const isOther =
    (endpoint && endpoint.trim() !== own.endpoint) ||
    (instance && instance.trim() !== own.instance);
  if (!isOther) return [];
  return [
    'TABLESTORE_ENDPOINT and TABLESTORE_INSTANCE name another store than that of the box ' +
      `(${own.endpoint}, ${own.instance}): unset them, or set them to these; npm run journal moves a journal`,
  ];
}
