import { CredentialsError } from '../../shared/fc/credentials.ts';
import { within } from '../../shared/lib/deadline.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { deploymentSettingsProblems } from '../deploy/settings.ts';
import type { WorldFinding } from '../doctor/core/finding.ts';
import { configurationProblem } from '../doctor/core/journal.ts';
import { examineProxies } from '../doctor/core/settings.ts';
import { lookAtTables } from '../doctor/look-at-store.ts';
import { type Looking, reachableIn } from '../doctor/looking.ts';

/** What a tick is run with. */
export interface TickWorld extends Pick<Looking, 'environment' | 'config' | 'runtime'> {
  /** @throws {CredentialsError} */
  findCredentials(): Promise<Credentials>;
}

/** A tick that is started by hand waits no longer for what it does without. */
const LOOK_MS = 1_000;

/** What is wrong with the settings and stops no tick, before one makes the tables that it does not find. */
export async function remarksBefore(world: TickWorld): Promise<readonly string[]> {
  const settings = deploymentSettingsProblems(world.environment).map(configurationProblem);
  return [...settings, ...(await wrongPrefix(world))].map(remarkOn);
}

/** Tables of another prefix, where there are none of this one: a tick would begin again beside them. */
async function wrongPrefix({
  config,
  runtime,
  findCredentials,
}: TickWorld): Promise<readonly WorldFinding[]> {
  try {
    const credentials = await findCredentials();
    const redact = redactor([...config.secrets, ...Object.values(credentials)]);
    const look = lookAtTables({ config, credentials, runtime, redact });
    const { check } = await within(runtime, LOOK_MS, look, () => new TooSlow());
    // The tick itself names a table of something else.
    return check.findings.filter(({ kind }) => kind === 'prefix');
  } catch (error) {
    // The tick says so, too.
    if (error instanceof TooSlow || error instanceof CredentialsError) return [];
    throw error;
  }
}

class TooSlow extends Error {}

/** A channel that gave none. Source: shared/channels/outcome.ts */
const NO_ANSWER = /^no answer/u;

/** A tick that went well here may go wrong there. */
const OF_THE_DEPLOYMENT =
  'note: this tick ran on this machine. What is deployed has code, variables, a timer and roles of its ' +
  'own: npm run doctor compares them with this checkout and .env.';

/**
 * What explains that something was not reached, and what no tick can see. `unreached`: an address of ECS or
 * Tablestore.
 */
export function remarksAfter(
  { environment, config }: Pick<TickWorld, 'environment' | 'config'>,
  { channels }: Pick<WatchReport, 'channels'>,
  unreached: boolean,
): readonly string[] {
  const isCutOff = unreached || channels.some(({ error = '' }) => NO_ANSWER.test(error));
  return [
    ...examineProxies(environment, isCutOff).findings.map(remarkOn),
    ...(reachableIn({ environment, config }).functions ? [OF_THE_DEPLOYMENT] : []),
  ];
}

function remarkOn({ level, text, advice }: WorldFinding): string {
  return `${level === 'problem' ? 'PROBLEM' : 'note'}: ${text} ${advice}`;
}
