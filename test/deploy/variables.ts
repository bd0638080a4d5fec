import type { Environment } from '../../shared/config/environment.ts';
import { parseViewConfig } from '../../shared/config/view.ts';
import { parseWatchConfig } from '../../shared/config/watch.ts';

/** The platform sets these for a function with a role. */
const OF_THE_PLATFORM = /^(ALIBABA_CLOUD|FC)_/u;
/** Only used where no function context gives a time limit. In the cloud one always does. */
const WITHOUT_A_PLATFORM = 'WATCH_TIMEOUT_SECONDS';
/** No parser reads it: the C library does, when the process starts. */
export const OF_THE_PROCESS = { MALLOC_ARENA_MAX: '1' };
/** `npm run deploy` sets it for itself. */
export const OF_THE_DEPLOYMENT = { ECS_WATCH_HAS: '' };
/** `npm run build` reads the file that it names, and embeds it. */
const OF_THE_BUILD = 'WATCH_CONFIG';

/** The variables that the watch function of this version can be configured with. */
export function variablesOfWatch(): readonly string[] {
  return variablesOf(parseWatchConfig).filter((name) => name !== WITHOUT_A_PLATFORM);
}

/** The same for the view. */
export function variablesOfView(): readonly string[] {
  return variablesOf(parseViewConfig);
}

function variablesOf(parse: (environment: Environment) => unknown): readonly string[] {
  const unsupported = new Set(
    [...observe(parse, 'anything').problems.matchAll(/(\w+) is not supported/gu)].map(
      ([, name]) => name,
    ),
  );
  return [...observe(parse, undefined).names]
    .filter(
      (name) => !OF_THE_PLATFORM.test(name) && name !== OF_THE_BUILD && !unsupported.has(name),
    )
    .sort();
}

/** What a parser reads from an environment in which every variable has the same value. */
function observe(
  parse: (environment: Environment) => unknown,
  value: string | undefined,
): { readonly names: ReadonlySet<string>; readonly problems: string } {
  const names = new Set<string>();
  const get = (_: object, name: string): string | undefined => {
    names.add(name);
    return value;
  };
  try {
    parse(new Proxy({}, { get }));
    return { names, problems: '' };
  } catch (error) {
    return { names, problems: String(error) };
  }
}
