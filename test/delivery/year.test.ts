import { seededRandom } from '../../local/random.ts';
import type { Message } from '../../shared/core/message.ts';
import type { Change, Commit } from '../../shared/core/model.ts';
import { isTransitory, severityOf } from '../../shared/delivery/core/news/severity.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { DeliveryRun } from '../../shared/delivery/run.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { aCommit, MINUTE_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

/** Some days in `npm test`; `npm run soak` delivers a year. */
const DAYS = roundsOf('DELIVERED_DAYS', 8);
const MINUTES_PER_DAY = 24 * 60;
const MINUTES = DAYS * MINUTES_PER_DAY;
const START_MS = Date.UTC(2026, 0, 1);

const FLEET = 3_000;
/** Each stop is followed by a start: 200 changes a day. */
const STOPS_PER_DAY = 100;
const STORM_INSTANCES = 1_000;
/** What DingTalk's channels have by default. */
const LIMITS = { messagesPerMinute: 18, quota: { per: 'month', messages: 5_000 } } as const;

const MAX_CALM_AN_HOUR = 6;
const MAX_BAD_DELAY_TICKS = 2;

/** Minute → instance → statuses that a scan sees. */
type Script = Map<number, Map<string, string>>;

it(
  `sends a normal fleet's chat few messages in ${DAYS} days, and bad news within two ticks`,
  async () => {
    const { sent, commits, problems } = await deliverAll(scriptOf(seededRandom(7)));
    const calm = countBy(
      sent.filter(({ message }) => !isBad(message)),
      ({ minute }) => Math.floor(minute / 60),
    );
    const months = countBy(sent, ({ minute }) =>
      new Date(START_MS + minute * MINUTE_MS).toISOString().slice(0, 7),
    );
    process.stderr.write(
      `messages a month: ${[...months].map((one) => one.join(': ')).join(', ')}\n`,
    );

    expect(problems).toEqual([]);
    expect(lateOnes(commits, sent)).toEqual([]);
    expect([...countBy(sent, ({ minute }) => minute)].filter(([, count]) => count > 1)).toEqual([]);
    expect([...calm].filter(([, count]) => count > MAX_CALM_AN_HOUR)).toEqual([]);
    expect(lastShown(sent)).toEqual(lastRecorded(commits));
  },
  // A year takes some minutes.
  60_000 + DAYS * 5_000,
);

interface Sent {
  readonly minute: number;
  readonly message: Message;
}

/** A tick a minute, which commits what the script says and delivers. */
async function deliverAll(script: Script) {
  const journal = memoryJournal();
  const runtime = virtualRuntime(START_MS);
  const sent: Sent[] = [];
  const commits: Commit[] = [];
  const problems: string[] = [];
  let minute = 0;
  const chat: Channel = {
    ...LIMITS,
    name: 'dingtalk',
    destination: 'its address',
    style: 'digest',
    send: async (message) => {
      sent.push({ minute, message });
      return { kind: 'delivered' };
    },
  };
  // What waits is read from here, since a journal of a year in JSON would be read for hours.
  const over: Journal = {
    ...journal,
    after: async (_scope, seq, limit) => commits.slice(seq, seq + limit),
    recordDelivery: async () => undefined,
  };
  const memory: DeliveryRun['memory'] = { channels: new Map() };
  const known = new Map<string, string>();
  for (; minute < MINUTES; minute += 1) {
    const atMs = START_MS + minute * MINUTE_MS;
    const changes = changesAt(script.get(minute), known);
    const made = changes.length === 0 ? [] : [commitOf(commits.length + 1, atMs, changes)];
    commits.push(...made);
    runtime.clock.advance(atMs - runtime.now());
    const run = { tickId: `tick-${minute}`, deadlineMs: atMs + MINUTE_MS, memory };
    const end = { scope: SCOPE, lastSeq: commits.length, starts: { dingtalk: 0 }, made };
    const report = await deliver({ journal: over, channels: [chat], runtime }, run, chat, [end]);
    if (report.error !== undefined) problems.push(report.error);
  }
  return { sent, commits, problems };
}

function commitOf(seq: number, atMs: number, changes: readonly Change[]): Commit {
  return aCommit({ seq, atMs, previousAtMs: atMs - MINUTE_MS, changes });
}

function changesAt(
  seen: ReadonlyMap<string, string> | undefined,
  known: Map<string, string>,
): readonly Change[] {
  return [...(seen ?? [])].flatMap(([instanceId, to]) => {
    const from = known.get(instanceId) ?? 'Running';
    known.set(instanceId, to);
    return from === to ? [] : [{ instanceId, from, to, name: `web-${instanceId}` }];
  });
}

function scriptOf({ below, chance, pick }: ReturnType<typeof seededRandom>): Script {
  const script: Script = new Map();
  const see = (minute: number, id: string, status: string): void => {
    // Quiet hours at the end, so that all is said.
    if (minute >= MINUTES - 3 * 60) return;
    const seen = script.get(minute) ?? new Map<string, string>();
    script.set(minute, seen.set(id, status));
  };
  const restart = (minute: number, id: string, downMinutes: number): void => {
    if (chance(0.4)) see(minute - 1, id, 'Stopping');
    see(minute, id, 'Stopped');
    if (chance(0.4)) see(minute + downMinutes - 1, id, 'Starting');
    see(minute + downMinutes, id, 'Running');
  };
  for (let stop = 0; stop < DAYS * STOPS_PER_DAY; stop += 1) {
    restart(1 + below(MINUTES), `i-${below(FLEET)}`, pick([3, 8, 30, 120, 600]));
  }
  for (const part of [1 / 3, 2 / 3]) {
    const minute = Math.floor(MINUTES * part);
    for (let index = 0; index < STORM_INSTANCES; index += 1) {
      restart(minute + below(3), `i-${index}`, 20 + below(5));
    }
  }
  for (let day = 0; day < DAYS; day += 1) {
    for (const id of ['i-flapping-1', 'i-flapping-2']) {
      const from = day * MINUTES_PER_DAY + below(20 * 60);
      for (let minute = 0; minute < 120; minute += 3)
        see(from + minute, id, minute % 2 === 0 ? 'Stopped' : 'Running');
      see(from + 120, id, 'Running');
    }
  }
  return script;
}

/** Bad news by itself: a stop, a state that lasts, or flapping that begins. */
function isBad({ commits, standings = [] }: Message): boolean {
  const isAboutBad = commits.some(({ changes }) =>
    changes.some((one) => severityOf(one) === 'bad'),
  );
  return isAboutBad || standings.some(({ what }) => what.kind !== 'settled');
}

/** Stops that were shown later than two ticks after their commit, unless they flapped. */
function lateOnes(commits: readonly Commit[], sent: readonly Sent[]): readonly string[] {
  const shownAt = new Map<string, number>();
  const flapping = new Map<string, boolean>();
  const folded = new Set<string>();
  const late: string[] = [];
  let place = 0;
  const check = (untilMinute: number): void => {
    for (; place < commits.length; place += 1) {
      const commit = commits[place];
      const minute = commit === undefined ? 0 : (commit.atMs - START_MS) / MINUTE_MS;
      if (commit === undefined || minute + MAX_BAD_DELAY_TICKS > untilMinute) return;
      for (const change of commit.changes) {
        const key = `${commit.seq} ${change.instanceId}`;
        if (severityOf(change) === 'bad' && !shownAt.has(key) && !folded.has(key)) late.push(key);
      }
    }
  };
  const bySeq = new Map(commits.map((commit) => [(commit.atMs - START_MS) / MINUTE_MS, commit]));
  const messages = new Map(sent.map((one) => [one.minute, one.message]));
  for (let minute = 0; minute < MINUTES; minute += 1) {
    for (const { instanceId } of bySeq.get(minute)?.changes ?? []) {
      if (flapping.get(instanceId)) folded.add(`${bySeq.get(minute)?.seq} ${instanceId}`);
    }
    const message = messages.get(minute);
    for (const { seq, changes } of message?.commits ?? [])
      for (const { instanceId } of changes) shownAt.set(`${seq} ${instanceId}`, minute);
    for (const { instanceId, what } of message?.standings ?? [])
      flapping.set(instanceId, what.kind === 'flapping');
    check(minute);
  }
  return late;
}

function lastShown(sent: readonly Sent[]): ReadonlyMap<string, string | null> {
  return sorted(sent.flatMap(({ message }) => message.commits));
}

function lastRecorded(commits: readonly Commit[]): ReadonlyMap<string, string | null> {
  return sorted(commits);
}

function sorted(commits: readonly Commit[]): ReadonlyMap<string, string | null> {
  const changes = commits.flatMap((commit) => commit.changes);
  const last = new Map(changes.map((change) => [change.instanceId, change]));
  const entries = [...last].map(([id, change]) => {
    if (isTransitory(change.to)) throw new Error(`${id} ends in ${change.to}`);
    return [id, change.to] as const;
  });
  return new Map(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function countBy<T, K>(all: readonly T[], keyOf: (one: T) => K): ReadonlyMap<K, number> {
  const counts = new Map<K, number>();
  for (const one of all) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return counts;
}
