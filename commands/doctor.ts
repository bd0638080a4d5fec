import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ConfigError, parseWatchConfig } from '../shared/config/environment.ts';
import { type DoctorReport, printed } from '../shared/doctor/core/report.ts';
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
  --repair  mend what can be mended; without it nothing is changed
  --json    the report as one JSON object on standard output`;

/** The channels that this version can serve, by the names under which the watcher keeps them. */
const CHANNELS = ['dingtalk', 'slack', 'webhook'] as const;
/** Long enough for a journal of hundreds of thousands of commits. */
const PATIENCE_MS = 15 * 60 * 1000;

/**
 * `npm run doctor`: examines the journal that the environment points to, with the variables of the
 * watch function. Exit code 0: nothing is wrong, 1: something is, or the journal could not be
 * read, 2: the configuration or the command line is bad and nothing was started.
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
      deadlineMs: SYSTEM_RUNTIME.now() + PATIENCE_MS,
    };
    const found = await doctor(
      {
        rows: tablestoreRawJournal(options),
        repair: tablestoreJournal(options),
        now: SYSTEM_RUNTIME.now,
      },
      {
        scopes: config.scopes,
        channels: CHANNELS.filter((name) => config[name] !== undefined),
        isRepair,
        runId: `doctor-${randomBytes(8).toString('hex')}`,
      },
    );
    const report = JSON.parse(redactedJson(found, redact)) as DoctorReport;
    await written(isJson ? `${JSON.stringify(report)}\n` : printed(report));
    return report.ok ? 0 : 1;
  } catch (error) {
    if (isOfUser(error)) {
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

function isOfUser(error: unknown): error is Error {
  return [UsageError, ConfigError, CredentialsError].some((kind) => error instanceof kind);
}

/** A pipe may be slow, and what is still on its way is lost with the process. */
function written(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

// Sockets that are kept alive must not keep the command running.
void main(process.argv.slice(2)).then((code) => process.exit(code));
