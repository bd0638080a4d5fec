import { randomBytes } from 'node:crypto';
import { openPorts } from '../functions/watch/ports.ts';
import { bodyOf, findKind } from '../shared/channels/index.ts';
import { ConfigError } from '../shared/config/environment.ts';
import { parseWatchConfig } from '../shared/config/watch.ts';
import type { Message, Outcome } from '../shared/core/message.ts';
import type { Commit } from '../shared/core/model.ts';
import { listedScopes } from '../shared/core/target.ts';
import { counted } from '../shared/core/text.ts';
import type { DueReminder } from '../shared/delivery/core/news/due-reminder.ts';
import { isFallback } from '../shared/delivery/core/policy/policy.ts';
import type { ServedChannel } from '../shared/delivery/run.ts';
import { newSessions } from '../shared/ecs/sessions.ts';
import { CredentialsError } from '../shared/fc/credentials.ts';
import { SYSTEM_RUNTIME } from '../shared/lib/runtime.ts';
import { type Redact, redactor } from '../shared/lib/secrets.ts';
import { suggestion } from '../shared/lib/suggest.ts';
import { JournalError } from '../shared/ports/journal.ts';
import { reasonOf } from '../shared/ports/reason.ts';
import { tablestoreReader } from '../shared/tablestore/journal.ts';
import { newMemory } from '../shared/watch/memory.ts';
import { watchTargets } from '../shared/watch/watch-targets.ts';
import { type CommandLine, helpOf, readWords, UsageError, usageError } from './command-line.ts';
import { explained } from './config-problems.ts';
import { ownCredentials, withCredentials } from './credentials.ts';
import { findRecorded, type Recorded } from './notify/commit-ids.ts';
import { dryJournal } from './notify/dry-journal.ts';
import { explain } from './notify/explain.ts';
import { messageText } from './notify/message-text.ts';
import { placeAfter } from './notify/place.ts';
import { mutesText, previewOf, waitIn } from './notify/preview.ts';
import { putNote } from './notify/put-note.ts';
import { reminderNow, reminderPreviewOf } from './notify/reminder-now.ts';
import { reportNow } from './notify/report-now.ts';
import { stormOf } from './notify/storm.ts';
import type { Trial } from './notify/trial.ts';
import {
  confirmMentions,
  mentionAdvice,
  mentionsText,
  type Tried,
  testMessage,
  triedOf,
  verdictOf,
} from './notify/try-channel.ts';
import { UNTIL_FORMS, untilIn } from './notify/until.ts';
import { printTick } from './print-tick.ts';
import { withProgress } from './progress.ts';
import { addressOfTablestore, whyNotReached } from './reach.ts';
import { askOn } from './setup/system-world.ts';
import { loadConfig } from './watch-file/load.ts';

const LINE: CommandLine = {
  command: 'npm run notify',
  does:
    'Tries the channels of the watch function, with its variables, and writes notes. Only --test sends\n' +
    'anything, and only --note records anything. Exit code 0: everything went well; 1: something\n' +
    'failed; 2: the configuration or the command line is wrong.',
  flags: [
    ['--test', 'send each channel one message that says it is a test, and show its verdict'],
    [
      '--preview WHAT',
      'show what a recorded commit (main/cn-hangzhou/12), the next report, a reminder or a storm would',
    ],
    [
      '',
      'look like; WHAT is its id, or report, reminder, storm, or storm:1000 for so many changes',
    ],
    ['--dry-run', 'scan as a tick does, and show what would be sent'],
    ['--explain ID', 'say which route takes a recorded change or notice, and why'],
    ['--note ID TEXT', 'write a note about an instance; with "" as its text, remove it'],
    ['--until DATE', 'how long the note counts: a date, or a time'],
    ['--yes', 'with --test: do not ask whether those who were mentioned have heard it'],
    ['--channel NAME', 'this channel only'],
  ],
  example: 'npm run --silent notify -- --channel dingtalk --test',
};

const FLAG = { type: 'boolean' } as const;
const TEXT = { type: 'string' } as const;

/** A tick's time, and more than any test or preview needs. */
const TIME_LIMIT_MS = 60_000;
const DEFAULT_STORM = 200;
const MAX_STORM = 10_000;

async function main(args: readonly string[]): Promise<number> {
  const read = readWords(LINE, args, {
    test: FLAG,
    preview: TEXT,
    'dry-run': FLAG,
    explain: TEXT,
    note: TEXT,
    until: TEXT,
    yes: FLAG,
    channel: TEXT,
  });
  if (read === 'help') {
    console.log(helpOf(LINE));
    return 0;
  }
  const { values: flags, words } = read;
  const asked = (['test', 'preview', 'dry-run', 'explain', 'note'] as const).filter(
    (name) => flags[name] !== undefined,
  );
  if (asked.length !== 1) {
    const names = asked.length === 0 ? 'is needed' : 'can be asked for at a time';
    throw usageError(LINE, [`one of --test, --preview, --dry-run, --explain and --note ${names}`]);
  }
  checkWords(flags, words);
  const trial = await openTrial(flags.channel);
  if (flags.test) return sendTests(trial, flags.yes === true ? undefined : questionAsker());
  const unreached = await whyNotReached(addressOfTablestore(trial.config));
  if (unreached !== undefined && !isStorm(flags.preview)) {
    console.error(`The journal could not be read: ${unreached}`);
    return 1;
  }
  if (flags.preview !== undefined) return showPreview(trial, flags.preview);
  if (flags.explain !== undefined) return showExplanation(trial, flags.explain);
  if (flags.note !== undefined) {
    const [text = ''] = words;
    return putNote(trial, { instanceId: flags.note, text, untilMs: untilMsIn(flags.until, trial) });
  }
  return dryRun(trial);
}

/** @throws {UsageError} unless a note has its text and, if there is any, its end, and nothing else has */
function checkWords(
  {
    note,
    preview,
    until,
    yes,
    test,
  }: {
    readonly note?: string;
    readonly preview?: string;
    readonly until?: string;
    readonly yes?: boolean;
    readonly test?: boolean;
  },
  words: readonly string[],
): void {
  const problems = [
    ...(note === undefined && words.length > 0 ? [`${words[0]} is no flag`] : []),
    ...(preview === undefined || isPreviewed(preview)
      ? []
      : [`${preview} is nothing to preview${suggestion(preview, PREVIEWS)}`]),
    ...(note === undefined && until !== undefined ? ['--until needs --note'] : []),
    ...(yes === true && test !== true ? ['--yes needs --test'] : []),
    ...(note !== undefined && words.length !== 1
      ? ['--note needs the id of an instance and one text, in quotes']
      : []),
    ...(note !== undefined && words[0] !== '' && until === undefined
      ? ['a note needs --until: it is shown no longer than it is true']
      : []),
  ];
  if (problems.length > 0) throw usageError(LINE, problems);
}

/** Beside the ids of what is recorded, which have a slash. */
const PREVIEWS = ['report', 'reminder', 'storm'];

function isPreviewed(what: string): boolean {
  return what.includes('/') || isStorm(what) || PREVIEWS.includes(what);
}

function untilMsIn(until: string | undefined, { config }: Trial): number {
  const untilMs = until === undefined ? 0 : untilIn(until, config.wording.timeZone);
  if (untilMs !== undefined) return untilMs;
  throw usageError(LINE, [`${until} is no time: --until takes ${UNTIL_FORMS}`]);
}

async function openTrial(name: string | undefined): Promise<Trial> {
  const { settings, credentials } = await withCredentials(
    () => loadConfig(process.env, parseWatchConfig),
    ownCredentials,
  );
  const { config } = settings;
  const all = new Map(config.channels.map((channel) => [channel.name, channel]));
  const wanted = name === undefined ? undefined : all.get(name);
  if (name !== undefined && wanted === undefined) {
    const names = [...all.keys()].join(', ') || 'none';
    throw usageError(LINE, [`there is no channel ${name}; these are configured: ${names}`]);
  }
  const sessions = newSessions();
  const redactKnown = redactor([...config.secrets, ...Object.values(credentials)]);
  const redact: Redact = (text) => redactKnown(sessions.redact(text));
  const deadlineMs = SYSTEM_RUNTIME.now() + TIME_LIMIT_MS;
  const options = { credentials, runtime: SYSTEM_RUNTIME, redact, deadlineMs };
  const ports = openPorts(config, { ...options, sessions });
  const isWanted = (channel: string): boolean => name === undefined || channel === name;
  return {
    config,
    ports: { ...ports, channels: ports.channels.filter((channel) => isWanted(channel.name)) },
    reader: tablestoreReader({ ...config.tablestore, ...options }),
    deadlineMs,
    configured: wanted === undefined ? all : new Map([[wanted.name, wanted]]),
  };
}

type Ask = (question: string) => Promise<string | undefined>;

/** Undefined: there is no terminal, and so no person to ask. */
function questionAsker(): Ask | undefined {
  if (process.stdin.isTTY !== true) return undefined;
  return async (question) => {
    try {
      return await askOn(process.stdin, process.stderr, question, false);
    } catch (error) {
      // Ctrl-C and Ctrl-D are an answer, too.
      if (error instanceof UsageError) return undefined;
      throw error;
    }
  };
}

async function sendTests(
  { ports: { channels, runtime }, configured }: Trial,
  ask: Ask | undefined,
): Promise<number> {
  if (channels.length === 0) {
    throw new ConfigError([
      'no channel is configured, so there is nothing to test: npm run configure asks for one',
    ]);
  }
  const idsOf = (name: string): string | undefined =>
    findKind(configured.get(name)?.kind)?.mentions?.ids;
  const triedAt = ({ policy }: ServedChannel, outcome: Outcome): Tried =>
    triedOf(policy?.mentioned ?? [], outcome);
  const sent = await withProgress(
    () => 'Sending a test',
    () =>
      Promise.all(
        channels.map(async (channel) => {
          const message = testMessage(runtime.now(), channel.policy?.mentioned);
          return { channel, outcome: await channel.send(message) };
        }),
      ),
  );
  for (const { channel, outcome } of sent) {
    console.log(
      `${channel.name}: ${verdictOf(outcome)}${placeAfter(outcome, configured.get(channel.name))}`,
    );
    if (outcome.kind !== 'delivered') continue;
    if (outcome.unmentioned !== undefined)
      console.log(`  everyone could not be mentioned: ${outcome.unmentioned}`);
    const { standsInFor } = channel.policy ?? {};
    const manner = { ids: idsOf(channel.name), ...(standsInFor && { standsInFor }) };
    for (const line of mentionsText(triedAt(channel, outcome), manner)) console.log(`  ${line}`);
  }
  const unconfirmed: string[] = [];
  for (const { channel, outcome } of sent) {
    if (outcome.kind !== 'delivered') continue;
    const { name } = channel;
    if ((await confirmMentions(name, triedAt(channel, outcome), ask)) === false)
      unconfirmed.push(name);
  }
  for (const name of unconfirmed) console.log(mentionAdvice(name, idsOf(name)));
  const areAllTaken = sent.every(({ outcome }) => outcome.kind === 'delivered');
  return areAllTaken && unconfirmed.length === 0 ? 0 : 1;
}

async function showPreview(trial: Trial, what: string): Promise<number> {
  const { ports, config } = trial;
  const nowMs = ports.runtime.now();
  if (what === 'reminder') {
    const reminder = await reminderNow(trial, nowMs);
    for (const channel of ports.channels)
      console.log(reminderText(trial, channel, reminder, nowMs));
    return 0;
  }
  const commit = isStorm(what)
    ? stormOf(stormSize(what), listedScopes(config.targets)[0]?.key ?? 'main/cn-hangzhou', nowMs)
    : what === 'report'
      ? await reportNow(trial, nowMs)
      : (await recorded(trial, what))?.commit;
  if (commit === undefined) return 1;
  for (const channel of ports.channels) console.log(previewText(trial, channel, commit, nowMs));
  return 0;
}

function previewText(trial: Trial, channel: ServedChannel, commit: Commit, nowMs: number): string {
  const { messages, isHeld, mutes } = previewOf(channel, commit, nowMs);
  const texts = messages.map((planned, index) => {
    const number = `message ${index + 1} of ${messages.length}`;
    const title = [`${channel.name}: ${number}`, waitIn(planned)].filter(Boolean).join(', ');
    return textOf(trial, channel.name, title, planned.message);
  });
  if (isHeld) texts.push(`${channel.name}: ${mutesText(mutes)} what is not shown here\n`);
  else if (isFallback(channel.policy))
    texts.push(
      `${channel.name}: is a fallback, and is sent something only in place of its channel\n`,
    );
  else if (messages.length === 0)
    texts.push(`${channel.name}: is sent nothing of it; --explain says why\n`);
  return texts.join('\n');
}

function reminderText(
  trial: Trial,
  channel: ServedChannel,
  reminder: DueReminder,
  nowMs: number,
): string {
  const { name } = channel;
  const preview = reminderPreviewOf(channel, reminder, nowMs);
  if ('message' in preview) return textOf(trial, name, name, preview.message);
  return `${name}: is reminded of nothing: ${preview.why}\n`;
}

async function showExplanation(trial: Trial, id: string): Promise<number> {
  const { config, ports } = trial;
  const found = await recorded(trial, id);
  if (found === undefined) return 1;
  console.log(explain(found, ports.channels, config.rules?.routes ?? [], ports.runtime.now()));
  return 0;
}

async function recorded({ reader }: Trial, id: string): Promise<Recorded | undefined> {
  const found = await findRecorded(reader, id);
  if (found === undefined)
    console.error(
      `Nothing is recorded under ${id}: an id is scope/seq, or scope/seq/index, as the view's ` +
        '/changes and /instances/{id} show it.',
    );
  return found;
}

/** A tick that records nothing, and whose messages are shown instead of sent. */
async function dryRun(trial: Trial): Promise<number> {
  const { config, ports, reader, deadlineMs } = trial;
  const { heartbeat: _, ...rest } = ports;
  const texts: string[] = [];
  const isOne = ports.channels.length < config.channels.length;
  const channels = ports.channels.map(
    (channel): ServedChannel => ({
      ...channel,
      async send(message) {
        texts.push(textOf(trial, channel.name, channel.name, message));
        return { kind: 'delivered' };
      },
    }),
  );
  const report = await withProgress(
    () => 'Looking, without recording or sending anything',
    () =>
      watchTargets(
        { ...rest, channels, journal: dryJournal(reader) },
        {
          ...config,
          tickId: `dry-run-${randomBytes(8).toString('hex')}`,
          startMs: ports.runtime.now(),
          deadlineMs,
          // Channels that this command leaves out are configured all the same.
          memory: { ...newMemory(), ...(isOne && { servedChannels: [] }) },
        },
      ),
  );
  for (const text of texts) console.log(text);
  console.log(`The tick would report:\n\n${printTick(report)}`);
  const would = texts.length === 0 ? 'Nothing' : `${counted(texts.length, 'message')}, as above,`;
  console.log(`This was a dry run: nothing was recorded or sent. ${would} would be sent.`);
  return report.ok ? 0 : 1;
}

function textOf(
  { config, configured, ports }: Trial,
  channel: string,
  title: string,
  message: Message,
): string {
  const known = configured.get(channel);
  if (known === undefined) throw new RangeError(`there is no channel ${channel}`);
  const { wording } = config;
  return messageText(title, bodyOf(known, message, { wording, nowMs: ports.runtime.now() }));
}

function isStorm(what: string | undefined): boolean {
  return what === 'storm' || what?.startsWith('storm:') === true;
}

/** @throws {UsageError} for a number that is none, or too large */
function stormSize(what: string): number {
  const number = what === 'storm' ? String(DEFAULT_STORM) : what.slice('storm:'.length);
  const size = /^\d{1,9}$/u.test(number) ? Number(number) : 0;
  if (size < 1 || size > MAX_STORM)
    throw usageError(LINE, [`${number} in storm:${number} is no number from 1 to ${MAX_STORM}`]);
  return size;
}

function codeAfter(error: unknown): number {
  if (error instanceof JournalError) {
    console.error(`The journal could not be read: ${reasonOf(error)}`);
    return 1;
  }
  if (![UsageError, ConfigError, CredentialsError].some((kind) => error instanceof kind))
    throw error;
  console.error(explained(error as Error));
  return 2;
}

// Sockets that are kept alive must not keep the command running.
void main(process.argv.slice(2))
  .catch(codeAfter)
  .then((code) => process.exit(code));
