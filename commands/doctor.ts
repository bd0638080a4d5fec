import { randomBytes } from 'node:crypto';
import { ConfigError } from '../shared/config/environment.ts';
import { variableReader } from '../shared/config/reader.ts';
import { refuseUnwatched } from '../shared/config/view-names.ts';
import { parseWatchConfig } from '../shared/config/watch.ts';
import { counted } from '../shared/core/text.ts';
import { print } from '../shared/doctor/core/print.ts';
import type { DoctorReport } from '../shared/doctor/core/report.ts';
import { doctor } from '../shared/doctor/doctor.ts';
import { newSessions } from '../shared/ecs/sessions.ts';
import { CredentialsError, findCredentials } from '../shared/fc/credentials.ts';
import { SYSTEM_RUNTIME } from '../shared/lib/runtime.ts';
import { type Redact, redactedJson, redactor } from '../shared/lib/secrets.ts';
import { JournalError } from '../shared/ports/journal.ts';
import { reasonOf } from '../shared/ports/reason.ts';
import { tablestoreJournal } from '../shared/tablestore/journal.ts';
import { tablestoreRawJournal } from '../shared/tablestore/raw-journal.ts';
import { askEcs, type EcsAnswer } from './ask-ecs.ts';
import { type CommandLine, helpOf, readFlags, UsageError } from './command-line.ts';
import { withProgress } from './progress.ts';
import { addressOfTablestore, whyNotReached } from './reach.ts';
import { loadConfig } from './watch-file/load.ts';
import { watchedBy } from './watched-by.ts';

const LINE: CommandLine = {
  command: 'npm run doctor',
  does:
    'Examines the journal that the environment points to, with the variables of the watch function,\n' +
    'asks ECS whether this account may look, and says what is wrong and what to do. Exit code 0:\n' +
    'nothing is wrong; 1: something is; 2: the configuration or the command line is wrong.',
  flags: [
    ['--repair', 'fix what can be fixed; without it nothing is changed'],
    ['--json', 'the report as one JSON object on standard output'],
  ],
  example: 'npm run --silent doctor -- --json',
};

const FLAG = { type: 'boolean' } as const;

/** Long enough for a journal of hundreds of thousands of commits. */
const TIME_LIMIT_MS = 15 * 60 * 1000;

/**
 * `npm run doctor`: examines the journal that the environment points to, with the variables of the
 * watch function. Exit code 0: nothing is wrong, 1: something is, or the journal could not be
 * read, 2: the configuration or the command line is wrong and nothing was read.
 */
async function main(args: readonly string[]): Promise<number> {
  try {
    const flags = readFlags(LINE, args, { repair: FLAG, json: FLAG });
    if (flags === 'help') {
      console.log(helpOf(LINE));
      return 0;
    }
    const { config } = loadConfig(process.env, parseWatchConfig);
    const credentials = await findCredentials({});
    const sessions = newSessions();
    const redactKnown = redactor([...config.secrets, ...Object.values(credentials)]);
    const redact: Redact = (text) => redactKnown(sessions.redact(text));
    const options = {
      ...config.tablestore,
      credentials,
      runtime: SYSTEM_RUNTIME,
      redact,
      deadlineMs: SYSTEM_RUNTIME.now() + TIME_LIMIT_MS,
    };
    const unreached = await whyNotReached(addressOfTablestore(config));
    if (unreached !== undefined) {
      console.error(`The journal could not be read: ${unreached}`);
      return 1;
    }
    const journal = tablestoreJournal(options);
    const watched = await watchedBy(journal, config);
    const viewProblems: string[] = [];
    refuseUnwatched(variableReader(process.env, viewProblems), config.targets, watched.scopes);
    const asked = askEcs(config, watched.scopes, { ...options, sessions });
    const examination = doctor(
      {
        rows: tablestoreRawJournal(options),
        repair: journal,
        now: SYSTEM_RUNTIME.now,
      },
      {
        scopes: watched.scopes,
        channels: config.channels.map(({ name }) => name),
        isRepair: flags.repair ?? false,
        healthLimits: config.healthLimits,
        runId: `doctor-${randomBytes(8).toString('hex')}`,
      },
    );
    const stored = await withProgress(
      () => 'Reading the journal',
      () => examination,
    );
    const report = clean(
      withOthers(stored, { ecs: await asked, watchList: watched.problem, viewProblems }),
      redact,
    );
    await write(flags.json ? `${JSON.stringify(report)}\n` : printAll(report));
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

/** What the doctor has found out besides. */
interface Others {
  readonly ecs: readonly EcsAnswer[];
  /** What is wrong with the stored list of what is watched; null: nothing. */
  readonly watchList: string | null;
  /** Variables of the view, as far as they are set here, that name what is not watched. */
  readonly viewProblems: readonly string[];
}

type FullReport = DoctorReport & Others;

/** The report on what is stored, and whether ECS lets the watcher look. */
function withOthers(stored: DoctorReport, others: Others): FullReport {
  const count = othersProblems(others).length;
  const ok = stored.ok && count === 0;
  return { ...stored, ok, problems: stored.problems + count, ...others };
}

function othersProblems({ ecs, watchList, viewProblems }: Others): readonly string[] {
  return [
    ...ecs.flatMap(({ scope, problem }) =>
      problem === null ? [] : [`ECS cannot be read for ${scope}: ${problem}`],
    ),
    ...(watchList === null ? [] : [watchList]),
    ...viewProblems,
  ];
}

function clean(report: FullReport, redact: Redact): FullReport {
  return JSON.parse(redactedJson(report, redact)) as FullReport;
}

function printAll(report: FullReport): string {
  const answers = report.ecs.filter(({ problem }) => problem === null).length;
  return print(report, {
    problems: othersProblems(report),
    facts: answers === 0 ? [] : [`ecs: answers for ${counted(answers, 'scope')}`],
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
