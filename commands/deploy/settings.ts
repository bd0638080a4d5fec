import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { ENDPOINT } from '../../shared/config/addresses.ts';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { configuredName } from '../../shared/config/name.ts';
import { type VariableReader, variableReader } from '../../shared/config/reader.ts';
import { parseViewConfig, type ViewConfig, viewSecretsIn } from '../../shared/config/view.ts';
import { parseWatchConfig, type WatchConfig } from '../../shared/config/watch.ts';
import { fileOfView, type WatchFile } from '../../shared/config/watch-file.ts';
import { secretsInUrl } from '../../shared/lib/secrets.ts';
import { shape } from '../../shared/lib/shape.ts';
import { configProblems } from '../config-problems.ts';
import { isLoopback } from '../core/loopback.ts';
import { configuredFunctionsRegion } from '../functions-region.ts';
import { loadConfig } from '../watch-file/load.ts';

/** The variable that the component `fc3` of Serverless Devs takes as well. */
export const FC_ENDPOINT = 'FC_CLIENT_CUSTOM_ENDPOINT';

/** Where the functions of an environment are. */
export interface PlaceSettings {
  readonly name: string;
  /** Where the functions run. */
  readonly region: string;
  /** Another address of Function Compute, and of STS. */
  readonly endpoint: string | undefined;
  readonly stsEndpoint: string | undefined;
}

/** Is it a local cloud, whose STS is at hand, and no Function Compute? */
export function isWithoutFunctions({ endpoint, stsEndpoint }: PlaceSettings): boolean {
  return endpoint === undefined && stsEndpoint !== undefined && isLoopback(stsEndpoint);
}

/** What a deployment takes from the environment. */
export interface DeploySettings extends PlaceSettings {
  readonly watch: WatchConfig;
  readonly view: ViewConfig;
  /** The one at WATCH_CONFIG; undefined: there is none. */
  readonly file: WatchFile | undefined;
}

/** Source: CreateCustomDomain, domainName. `auto`: the trial domain of Serverless Devs. */
const DOMAIN = shape(
  /^(?:auto|(?=.{4,253}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+)$/u,
  'a domain such as watch.example.com, or auto',
);

/** @throws {ConfigError} naming every problem of the functions and of the deployment */
export function readDeploySettings(environment: Environment): DeploySettings {
  const { problems, collect } = configProblems();
  const loaded = collect(() => loadConfig(environment, parseWatchConfig));
  // A file that cannot be used was named already, and is not missing from a bundle.
  const ofView = loaded === undefined ? { ...environment, WATCH_CONFIG: '' } : environment;
  const view = collect(() => parseViewConfig(ofView, loaded?.file && fileOfView(loaded.file)));
  const own = collect(() => {
    const read = variableReader(environment);
    const settings = placeIn(read);
    checkSwitches(read);
    read.finish();
    return settings;
  });
  if (loaded === undefined || view === undefined || own === undefined) {
    throw new ConfigError([...new Set(problems)]);
  }
  return { ...own, watch: loaded.config, view, file: loaded.file };
}

/** @throws {ConfigError} naming every problem of what says where the functions are, and of nothing else */
export function readPlaceSettings(environment: Environment): PlaceSettings {
  const read = variableReader(environment);
  const settings = placeIn(read);
  read.finish();
  return settings;
}

function placeIn(read: VariableReader): PlaceSettings {
  return {
    name: configuredName(read),
    region: configuredFunctionsRegion(read),
    endpoint: read.text(FC_ENDPOINT, ENDPOINT),
    stsEndpoint: read.text('STS_ENDPOINT', ENDPOINT),
  };
}

/** Variables that a file refers to have names of the user's choice. */
const SECRET_NAME = /SECRET|TOKEN|WEBHOOK(?!_ALLOW)|PASSWORD|KEY$|_URL$/u;

/** Does a variable of this name hold a secret, or an address that is one? */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) || SECRETS_OF_CHANNELS.has(name);
}

const SECRETS_OF_CHANNELS: ReadonlySet<string> = new Set(
  CHANNEL_KINDS.flatMap(({ variables }) =>
    Object.values(variables).flatMap(({ name, isSecret }) => (isSecret ? [name] : [])),
  ),
);

/**
 * What no line of the CLI may show: values whose variables are named as secrets are, in lines too, as YAML
 * breaks a key. Other variables of the environment may be wrong.
 */
export function secretsOf(environment: Environment): readonly string[] {
  const values = Object.entries(environment).flatMap(([name, value]) =>
    value && isSecretName(name)
      ? [value, ...value.split(/\r?\n|\\n/u), ...secretsInUrl(value)]
      : [],
  );
  return [...values, ...viewSecretsIn(environment)];
}

/** What the functions would refuse, or a deployment. */
export function deploymentSettingsProblems(environment: Environment): readonly string[] {
  try {
    readDeploySettings(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

/** What would otherwise be left out without a word. */
function checkSwitches(read: VariableReader): void {
  const domain = read.text('DEPLOY_DOMAIN', DOMAIN);
  const certificate = read.text('DEPLOY_DOMAIN_CERTIFICATE');
  const key = read.text('DEPLOY_DOMAIN_KEY');
  if (certificate !== undefined && key === undefined) {
    read.refuseMissing('DEPLOY_DOMAIN_KEY', 'the private key of DEPLOY_DOMAIN_CERTIFICATE');
  }
  if (key !== undefined && certificate === undefined) {
    read.refuseMissing('DEPLOY_DOMAIN_CERTIFICATE', 'the certificate of DEPLOY_DOMAIN_KEY');
  }
  if (domain === undefined) {
    read.refuse('DEPLOY_DOMAIN_CERTIFICATE', 'is of no use without DEPLOY_DOMAIN');
  }
  if (read.text('DEPLOY_LOG_PROJECT') === undefined) {
    read.refuse('DEPLOY_LOG_STORE', 'is of no use without DEPLOY_LOG_PROJECT');
  }
}
