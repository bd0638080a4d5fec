import { ConfigError } from '../../shared/config/environment.ts';
import { type Redact, redactor } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { createStsClient, type Identity } from '../setup/sts-client.ts';
import { type FunctionCompute, functionCompute } from './function-compute.ts';
import type { Run } from './serverless-devs.ts';
import { FC_ENDPOINT, isWithoutFunctions, type PlaceSettings } from './settings.ts';

export interface DeployFlags {
  readonly dryRun: boolean;
  /** What vanishes may vanish: nothing is asked. */
  readonly yes: boolean;
}

/** An account that functions are deployed into, or removed from. */
export interface Deployment {
  readonly identity: Identity;
  readonly compute: FunctionCompute;
  readonly credentials: Credentials;
  readonly redact: Redact;
}

/** @throws {ConfigError} for a local cloud, which has no functions to deploy @throws {ControlError} */
export async function openDeployment(
  place: PlaceSettings,
  credentials: Credentials,
  secrets: readonly string[],
): Promise<Deployment> {
  if (isWithoutFunctions(place)) {
    throw new ConfigError([
      `${FC_ENDPOINT} is missing (STS_ENDPOINT is of a local cloud, and npm run local serves no Function ` +
        'Compute to deploy to: npm start runs the functions)',
    ]);
  }
  const { region, endpoint, stsEndpoint } = place;
  const redact = redactor([...secrets, ...Object.values(credentials)]);
  const endpoints = stsEndpoint === undefined ? {} : { STS: stsEndpoint };
  const { identity } = createStsClient({ credentials, endpoints, redact }, region);
  const compute = functionCompute({ credentials, region, endpoint, redact });
  return { identity: await identity(), compute, credentials, redact };
}

/** Of the CLI's output only the end, where it says what failed. */
const SHOWN_LINES = 25;

export function failureOf({ code, output }: Run, redact: Redact): readonly string[] {
  const lines = redact(output).trimEnd().split('\n').slice(-SHOWN_LINES);
  return [
    ...lines.map((line) => `  | ${line}`),
    `It failed: Serverless Devs ended with code ${code}.`,
  ];
}

export function isYes(answer: string | undefined): boolean {
  return answer !== undefined && /^y(?:es)?$/iu.test(answer.trim());
}
