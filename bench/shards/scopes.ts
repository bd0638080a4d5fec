import { LOCAL_KEYS } from '../../local/index.ts';
import { environmentOf, REGION, withOnly } from '../local-cloud.ts';

/** No time limit is to end a run on a busy machine. */
export const TIMEOUT_SECONDS = 600;
export const CONTEXT = { region: REGION, function: { timeout: TIMEOUT_SECONDS } };

/** As short as a region id may be: the variables of a function have 4 KB. */
export function regionsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, place) => `cn-${place + 1}`);
}

/** Variables of a function that sends to one chat. */
export function variablesOf(env: Readonly<Record<string, string>>) {
  const all = Object.entries(withOnly('slack', environmentOf({ env })));
  return Object.fromEntries(all.filter(([, value]) => value !== ''));
}

/** Where no function context has keys. */
export const KEY_VARIABLES = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: LOCAL_KEYS.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: LOCAL_KEYS.accessKeySecret,
};
