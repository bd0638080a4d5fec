import { randomBytes } from 'node:crypto';
import { ConfigError } from '../shared/config/environment.ts';
import { print } from '../shared/doctor/core/print.ts';
import { CredentialsError } from '../shared/fc/credentials.ts';
import { SYSTEM_RUNTIME } from '../shared/lib/runtime.ts';
import { type CommandLine, helpOf, readFlags, UsageError } from './command-line.ts';
import { explained } from './config-problems.ts';
import { ownCredentials } from './credentials.ts';
import { placeText } from './doctor/core/finding.ts';
import { diagnose, type FullReport } from './doctor/diagnose.ts';
import { buildNow } from './doctor/look-at-functions.ts';
import { withProgress } from './progress.ts';

const LINE: CommandLine = {
  command: 'npm run doctor',
  does:
    'Examines the journal that the environment points to and the world around it: the key and its rights, ECS,\n' +
    "Tablestore, every channel's address, the clock, and the deployed functions. Says what is wrong, what to do\n" +
    'and where. Exit code 0: nothing is wrong; 1: something is; 2: the configuration or the command line is wrong.',
  flags: [
    ['--repair', 'fix what can be fixed; without it nothing is changed'],
    ['--send-test', 'send each channel a marked test message; without it nothing is sent'],
    ['--json', 'the report as one JSON object on standard output'],
  ],
  example: 'npm run --silent doctor -- --json',
};

const FLAG = { type: 'boolean' } as const;

/**
 * `npm run doctor`: examines what the environment points to, with the variables of the watch function.
 * Exit code 0: nothing is wrong, 1: something is, 2: the configuration or the command line is wrong and
 * nothing was read.
 */
async function main(args: readonly string[]): Promise<number> {
  try {
    const flags = readFlags(LINE, args, { repair: FLAG, 'send-test': FLAG, json: FLAG });
    if (flags === 'help') {
      console.log(helpOf(LINE));
      return 0;
    }
    const { repair: isRepair = false, 'send-test': sendsTest = false } = flags;
    const report = await withProgress(
      () => 'Reading the journal, and looking around it',
      () =>
        diagnose(
          { isRepair, sendsTest },
          {
            environment: process.env,
            findCredentials: ownCredentials,
            runtime: SYSTEM_RUNTIME,
            build: buildNow,
            runId: `doctor-${randomBytes(8).toString('hex')}`,
          },
        ),
    );
    await write(flags.json ? `${JSON.stringify(report)}\n` : textOf(report));
    return report.ok ? 0 : 1;
  } catch (error) {
    if (!isUserError(error)) throw error;
    console.error(explained(error));
    return 2;
  }
}

function textOf(report: FullReport): string {
  const { findings, facts } = report.world;
  return print(report, {
    findings: findings.map((finding) => ({ ...finding, place: placeText(finding) })),
    facts,
  });
}

function isUserError(error: unknown): error is Error {
  return [UsageError, ConfigError, CredentialsError].some((kind) => error instanceof kind);
}

/** Waits until everything is written: a pipe may be slow, and the process exits right after. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

// Keep-alive sockets must not keep the command running.
void main(process.argv.slice(2)).then((code) => process.exit(code));
