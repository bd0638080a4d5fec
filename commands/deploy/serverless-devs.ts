import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from '../../shared/config/environment.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import type { Identity } from '../setup/clients.ts';

/** What a run of the CLI of Serverless Devs said, and how it ended. */
export interface Run {
  readonly code: number;
  /** Holds the variables of the functions in clear. */
  readonly output: string;
}

/** A deployment uploads two bundles; from far away it takes minutes. */
const TIMEOUT_MS = 15 * 60_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs the CLI in the version that package-lock.json pins. */
export function runServerlessDevs(
  root: string,
  args: readonly string[],
  environment: Environment,
  { identity, credentials }: { readonly identity: Identity; readonly credentials: Credentials },
): Promise<Run> {
  const env = {
    ...environment,
    AccountID: identity.accountId,
    AccessKeyID: credentials.accessKeyId,
    AccessKeySecret: credentials.accessKeySecret,
    ...(credentials.securityToken !== undefined && { SecurityToken: credentials.securityToken }),
    // With FC_REGION the component uploads through addresses that only the region itself can reach.
    FC_REGION: undefined,
    // It must not wait for an answer.
    CI: 'true',
  };
  const options = { cwd: root, env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
  const cli = join(root, 'node_modules', '.bin', 's');
  return new Promise((resolve) => {
    const child = execFile(cli, [...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}
