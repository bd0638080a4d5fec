import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Environment } from '../../shared/config/environment.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import type { Identity } from '../setup/sts-client.ts';
import type { World } from '../setup/world.ts';

/** What a run of the CLI of Serverless Devs said, and how it ended. */
export interface Run {
  readonly code: number;
  /** Holds the variables of the functions in clear. */
  readonly output: string;
}

/** What the CLI is to do with the functions of `root`. */
export interface Task {
  readonly root: string;
  readonly command: 'deploy' | 'remove';
  readonly environment: Environment;
  /** A template that extends s.yaml. It may hold a private key. */
  readonly overlay: string | undefined;
  readonly identity: Identity;
  readonly credentials: Credentials;
}

/** Beside s.yaml, which it extends, and gone after the run. Git ignores it. */
const OVERLAY = 's.deploy.yaml';
const INTERRUPTED = 'Ending Serverless Devs. The same command goes on from here.';

/**
 * Runs the CLI in the version that package-lock.json pins. A signal ends it first, so that neither the CLI
 * goes on alone nor the overlay stays behind.
 */
export function runServerlessDevs(
  task: Task,
  { uninterrupted }: Pick<World, 'uninterrupted'>,
): Promise<Run> {
  const { root, overlay } = task;
  const path = join(root, OVERLAY);
  return uninterrupted(INTERRUPTED, async (interrupted) => {
    try {
      if (overlay !== undefined) writeFileSync(path, overlay, { mode: 0o600 });
      return await runCli(task, interrupted);
    } finally {
      rmSync(path, { force: true });
    }
  });
}

/** A deployment uploads two bundles; from far away it takes minutes. */
const TIMEOUT_MS = 15 * 60_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** The variables of the CLI are those of `environment`, and none of a `.env` that it would read itself. */
const WITHOUT_DOT_ENV = pathToFileURL(join(__dirname, 'without-dot-env.mjs')).href;

function runCli(
  { root, command, environment, overlay, identity, credentials }: Task,
  interrupted: AbortSignal,
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
  const cli = join(root, 'node_modules', '@serverless-devs', 's', 'bin', 's');
  const template = overlay === undefined ? [] : ['-t', OVERLAY];
  const args = ['--import', WITHOUT_DOT_ENV, cli, command, '-y', ...template];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
    // Ctrl-C reaches the CLI by itself; what is sent to this process alone does not.
    interrupted.addEventListener('abort', () => child.kill(), { once: true });
  });
}
