import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ConfigError } from '../shared/config/environment.ts';
import { parseWatchConfig } from '../shared/config/watch.ts';
import { print } from '../shared/doctor/core/print.ts';
import type { DoctorReport } from '../shared/doctor/core/report.ts';
import { doctor } from '../shared/doctor/doctor.ts';
import { CredentialsError, findCredentials } from '../shared/fc/credentials.ts';
import { SYSTEM_RUNTIME } from '../shared/lib/runtime.ts';
import { redactedJson, redactor } from '../shared/lib/secrets.ts';
import { JournalError } from '../shared/ports/journal.ts';
import { reasonOf } from '../shared/ports/reason.ts';
import { tablestoreJournal } from '../shared/tablestore/journal.ts';
import { tablestoreRawJournal } from '../shared/tablestore/raw-journal.ts';
import { UsageError } from './command-line.ts';

const USAGE = `Usage: npm run doctor -- [--repair] [--json]
  --repair  fix what can be fixed; without it nothing is changed
  --json    the report as one JSON object on standard output`;

/** Long enough for a journal of hundreds of thousands of commits. */
const TIME_LIMIT_MS = 15 * 60 * 1000;

/**
 * `npm run doctor`: examines the journal that the environment points to, with the variables of the
 * watch function. Exit code 0: nothing is wrong, 1: something is, or the journal could not be
 * read, 2: the configuration or the command line is wrong and nothing was read.
 */
async function main(args: readonly string[]): Promise<number> {
  try {
    const { isRepair, isJson } = flagsIn(args);
    const config = parseWatchConfig(process.env);
    const credentials = await findCredentials({});
    const redact = redactor([...config.secrets, ...Object.values(credentials)]);
    const options = {
      ...config.tablestore,
      credentials,
      runtime: SYSTEM_RUNTIME,
      redact,
      deadlineMs: SYSTEM_RUNTIME.now() + TIME_LIMIT_MS,
    };
    const unredacted = await doctor(
      {
        rows: tablestoreRawJournal(options),
        repair: tablestoreJournal(options),
        now: SYSTEM_RUNTIME.now,
      },
      {
        scopes: config.scopes,
        channels: config.channels.map(({ name }) => name),
        healthLimits: config.healthLimits,
        isRepair,
        runId: `doctor-${randomBytes(8).toString('hex')}`,
      },
    );
    const report = JSON.parse(redactedJson(unredacted, redact)) as DoctorReport;
    await write(isJson ? `${JSON.stringify(report)}\n` : print(report));
    return report.ok ? 0 : 1;
  } catch (error) {
    if (isUserError(error)) {
      console.error(error.message);
      return 2;
    }
    if (!(error instanceof JournalError)) throw error;
    console.error(`The journal could not be read: ${reasonOf(error)}`);
    return 1;
  }
}

function flagsIn(args: readonly string[]): {
  readonly isRepair: boolean;
  readonly isJson: boolean;
} {
  try {
    const flag = { type: 'boolean' } as const;
    const { values } = parseArgs({ args: [...args], options: { repair: flag, json: flag } });
    return { isRepair: values.repair ?? false, isJson: values.json ?? false };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
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
