import type { Flapping, HeldChange, HeldNews } from '../../../core/channel-state.ts';
import type { MessageChange, MessageCommit, Severity, Standing } from '../../../core/message.ts';
import type { Settling } from '../../../core/settling.ts';
import { MAX_CLOCK_DIFFERENCE_MS, MINUTE_MS } from '../../../core/time.ts';
import type { Elsewhere } from '../stages/stage.ts';
import { isTransitory, severityOf } from './severity.ts';

/** A transitory state takes a minute or two; one that lasts longer is news. */
export const LASTING_MS = 5 * MINUTE_MS;
/** A reader is reminded once a day of what flaps on and on. */
const MAX_FLAPPING_MS = 24 * 60 * MINUTE_MS;
/** Tags may make a change ten times as large. The cell of a channel's row holds 2 MB. */
const MAX_HELD_BYTES = 200_000;

export interface NewsTime {
  readonly nowMs: number;
  /** Before this time, only bad news begins a message. */
  readonly calmNotBeforeMs: number;
  /** Does a mute that is going on hold this back? Absent: no. */
  readonly isMuted?: (changes: readonly HeldChange[]) => boolean;
}

/** What has come since the held news, as far as the channel is sent it. */
export interface FreshNews {
  readonly commits: readonly MessageCommit[];
  /** What it is not sent: a state that was to end has ended so. */
  readonly elsewhere: readonly Elsewhere[];
}

export const NOTHING_FRESH: FreshNews = { commits: [], elsewhere: [] };

/** What is sent: commits that hold fewer changes than the journal's, and what is said of instances. */
export interface SettledNews {
  readonly commits: readonly MessageCommit[];
  readonly standings: readonly Standing[];
  /** Too much would have been held back. */
  readonly isAll: boolean;
  /** What is held back from then on. */
  readonly held: readonly HeldNews[];
}

/**
 * Parts what is held back, and the commits behind it, into what is sent now and what is held from
 * now on. All changes of an instance are sent together, so that they stay in order. `must`: a message
 * is sent in any case, with what is ripe (`ripe`), or with everything (`all`).
 */
export function settleNews(
  held: readonly HeldNews[],
  fresh: FreshNews,
  settling: Settling,
  time: NewsTime,
  must: 'ripe' | 'all' | null = null,
): SettledNews {
  const { commits: pending } = fresh;
  const instances = withChanges(held, fresh, settling, time.nowMs);
  const notices = pending.filter(({ notice }) => notice !== undefined);
  const isDue = (one: Instance, at: NewsTime): boolean => dueMs(one, settling, at) <= at.nowMs;
  const isSent =
    must !== null ||
    notices.length > 0 ||
    instances.some((one) => isDue(one, time)) ||
    isTooMuch(instances, settling);
  // Whatever a message waited for, it holds the same once it is sent.
  const begun = { ...time, calmNotBeforeMs: 0 };
  const isRipe = (one: Instance): boolean => isDue(one, begun) || isCalm(one, settling, time);
  const [ripe, rest] = parted(instances, (one) => isSent && isRipe(one));
  const isAll = must === 'all' || isTooMuch(rest, settling);
  const released = isAll ? instances.filter(({ changes }) => changes.length > 0) : ripe;
  const results = new Map(released.map((one) => [one, release(one, settling, time.nowMs, isAll)]));
  return {
    commits: commitsOf(released, notices, pending),
    standings: [...results.values()].flatMap(({ standing }) => standing ?? []),
    isAll,
    held: remembered(
      instances.map((one) => results.get(one)?.after ?? one),
      settling,
      time.nowMs,
    ),
  };
}

/** When the first of what is held back is to be sent; infinite: nothing waits for a time. */
export function nextDueMs(held: readonly HeldNews[], settling: Settling, time: NewsTime): number {
  return held.reduce(
    (first, one) => Math.min(first, dueMs(one, settling, time)),
    Number.POSITIVE_INFINITY,
  );
}

/** As it is held, while changes are added to it. */
interface Instance extends HeldNews {
  readonly changes: HeldChange[];
}

function withChanges(
  held: readonly HeldNews[],
  { commits, elsewhere }: FreshNews,
  settling: Settling,
  nowMs: number,
): readonly Instance[] {
  const instances = new Map<string, Instance>(
    held.map((one) => [
      keyOf(one),
      { ...one, changes: [...one.changes], flips: credible(one.flips, nowMs) },
    ]),
  );
  for (const { scope, seq, atMs, previousAtMs, notice, changes } of commits) {
    if (notice !== undefined) continue;
    for (const change of changes) {
      const { instanceId } = change;
      const key = keyOf({ scope, instanceId });
      const known = instances.get(key) ?? { ...NOTHING_HELD, scope, instanceId, changes: [] };
      const added = { seq, atMs, previousAtMs, change };
      instances.set(key, withChange(known, added, settling, nowMs));
    }
  }
  for (const { scope, seq, instanceId } of elsewhere) {
    const known = instances.get(keyOf({ scope, instanceId }));
    if (known === undefined) continue;
    const { changes, flapping } = known;
    // An instance that flaps keeps one: that this is over is said in any case.
    while (hasEnded(changes.at(-1), seq) && (flapping === null || changes.length > 1))
      changes.pop();
  }
  return [...instances.values()];
}

/** It would be said to last, although the channel is only not sent how it ended. */
function hasEnded(last: HeldChange | undefined, seq: number): boolean {
  return last !== undefined && last.seq < seq && isTransitory(last.change.to);
}

const NOTHING_HELD = { flips: [], flapping: null };

/** Times of flips that no working clock has written would count for hours. */
function credible(flips: readonly number[], nowMs: number): readonly number[] {
  return flips.filter((atMs) => atMs <= nowMs + MAX_CLOCK_DIFFERENCE_MS);
}

function withChange(
  known: Instance,
  added: HeldChange,
  { flaps }: Settling,
  nowMs: number,
): Instance {
  const { changes, flips, flapping } = known;
  const isFlip = !isTransitory(added.change.to);
  const last = changes.at(-1);
  if (last === undefined || last.seq < added.seq) {
    changes.push(added);
    if (flapping !== null) changes.splice(0, changes.length, ...lastOnes(changes));
  } else {
    // A summary is of what has happened before other changes that are held.
    if (changes.some(({ seq }) => seq === added.seq)) return known;
    if (flapping === null)
      changes.splice(
        changes.findIndex(({ seq }) => seq > added.seq),
        0,
        added,
      );
  }
  if (!isFlip) return known;
  const flippedAtMs = Math.min(added.atMs, nowMs);
  const recent = flips.filter((atMs) => atMs > flippedAtMs - flaps.withinMs);
  return {
    ...known,
    flips: [...recent, flippedAtMs].slice(-flaps.count),
    flapping: flapping && { ...flapping, flips: flapping.flips + 1 },
  };
}

function isReturn({ change }: HeldChange): boolean {
  return change.returned === true;
}

/**
 * While an instance flaps, only its last state that lasts is shown, what has followed it, and that a
 * release was false.
 */
function lastOnes(changes: readonly HeldChange[]): readonly HeldChange[] {
  const place = changes.findLastIndex(({ change }) => !isTransitory(change.to));
  const [first, ...others] = changes.slice(place + 1);
  const kept = changes.filter(
    (each, index) => index === place || (index < place && isReturn(each)),
  );
  return [...kept, ...(first ? [first] : []), ...others.slice(-1)];
}

function dueMs(one: HeldNews, settling: Settling, time: NewsTime): number {
  const { changes, flapping } = one;
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) return Number.POSITIVE_INFINITY;
  if (time.isMuted?.(changes)) return Number.POSITIVE_INFINITY;
  // People act on a release that was false.
  if (changes.some(isReturn)) return time.nowMs;
  if (flapping !== null) return endsFlappingMs(one, last, flapping, settling, time);
  // A clock that was wrong has dated it: its time is not waited for.
  const latestMs = time.nowMs + MAX_CLOCK_DIFFERENCE_MS;
  if (changes.some(({ atMs }) => atMs > latestMs)) return time.nowMs;
  if (beginsToFlap(one.flips, settling)) return Math.min(last.atMs, time.nowMs);
  const { badMs, goodMs } = settling;
  const steady = changes.findLast(({ change }) => !isTransitory(change.to));
  const sinceMs = unsteadySinceMs(changes);
  return Math.min(
    steady === undefined ? Number.POSITIVE_INFINITY : ripeMs(steady, settling, time),
    sinceMs === null ? Number.POSITIVE_INFINITY : sinceMs + LASTING_MS,
    // States that follow one another faster than they settle would be held for ever.
    Math.max(first.atMs + Math.max(badMs, goodMs, LASTING_MS), time.calmNotBeforeMs),
  );
}

/** When an instance that flaps is news again: it is quiet, gone, stuck, or has gone on for a day. */
function endsFlappingMs(
  { flips }: HeldNews,
  last: HeldChange,
  { sinceMs }: Flapping,
  settling: Settling,
  { nowMs }: NewsTime,
): number {
  const lastMs = Math.min(last.atMs, nowMs);
  if (last.change.to === null) return lastMs;
  const isStuck = isTransitory(last.change.to);
  const endMs = isStuck ? last.atMs + LASTING_MS : quietMs(credible(flips, nowMs), last, settling);
  return Math.min(endMs, sinceMs + MAX_FLAPPING_MS);
}

function ripeMs({ atMs, change }: HeldChange, { badMs, goodMs }: Settling, time: NewsTime): number {
  // A commit is dated no earlier than the one before it, whose clock may have been ahead.
  const sinceMs = Math.min(atMs, time.nowMs);
  return severityIn(change) === 'bad'
    ? sinceMs + badMs
    : Math.max(sinceMs + goodMs, time.calmNotBeforeMs);
}

function severityIn(change: MessageChange): Severity {
  return severityOf(change, change.severities);
}

/** Since when the instance has had no state that lasts; null: it has one. */
function unsteadySinceMs(changes: readonly HeldChange[]): number | null {
  const steady = changes.findLastIndex(({ change }) => !isTransitory(change.to));
  return changes[steady + 1]?.atMs ?? null;
}

function beginsToFlap(flips: readonly number[], { flaps }: Settling): boolean {
  return flips.length >= flaps.count;
}

/** An instance that flaps has a flip at least that often. */
function quietMs(flips: readonly number[], last: HeldChange, { flaps }: Settling): number {
  return (flips.at(-1) ?? last.atMs) + flaps.withinMs / 2;
}

/** Good news goes along with every message; a state that is about to end does not. */
function isCalm(
  { changes, flips, flapping }: HeldNews,
  settling: Settling,
  time: NewsTime,
): boolean {
  const last = changes.at(-1);
  if (last === undefined || flapping !== null || beginsToFlap(flips, settling)) return false;
  if (isTransitory(last.change.to) || time.isMuted?.(changes)) return false;
  return severityIn(last.change) !== 'bad';
}

function isTooMuch(instances: readonly HeldNews[], { maxInstances }: Settling): boolean {
  const waiting = instances.filter(({ changes }) => changes.length > 0);
  if (waiting.length > maxInstances) return true;
  return Buffer.byteLength(JSON.stringify(waiting)) > MAX_HELD_BYTES;
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [T[], T[]] {
  const [first, second]: [T[], T[]] = [[], []];
  for (const one of all) (isFirst(one) ? first : second).push(one);
  return [first, second];
}

/** What a message says of an instance besides its changes, and what is held of it afterwards. */
function release(
  one: Instance,
  settling: Settling,
  nowMs: number,
  isAll: boolean,
): { readonly standing: Standing | null; readonly after: HeldNews } {
  const { scope, instanceId, changes, flips, flapping } = one;
  const last = changes.at(-1);
  const standing = (what: Standing['what']): Standing => ({ scope, instanceId, what });
  if (last === undefined) return { standing: null, after: one };
  const sinceMs = unsteadySinceMs(changes);
  const forMs = sinceMs === null ? 0 : nowMs - sinceMs;
  const lasting = forMs >= LASTING_MS ? standing({ kind: 'lasting', forMs }) : null;
  // No more is held of it, whether it goes on or not: there is too much, or a release was false.
  const isPlain = isAll || changes.some(isReturn);
  const isQuiet = last.change.to === null || quietMs(flips, last, settling) <= nowMs;
  if (flapping !== null) {
    const isOver = isQuiet && !isTransitory(last.change.to);
    if (lasting !== null || isOver || isPlain) {
      const kind = isOver ? 'settled' : 'counted';
      return {
        standing: lasting ?? standing({ kind, ...flapping }),
        after: { ...one, changes: [], flips: [], flapping: null },
      };
    }
    const begun = { flips: 1, sinceMs: flips.at(-1) ?? last.atMs };
    return {
      standing: standing({ kind: 'flapping', ...flapping }),
      after: { ...one, changes: lastOnes(changes), flapping: begun },
    };
  }
  const begins = !isQuiet && beginsToFlap(flips, settling);
  const counted: Flapping = { flips: flips.length, sinceMs: flips[0] ?? last.atMs };
  if (begins && !isPlain) {
    return {
      standing: standing({ kind: 'flapping', ...counted }),
      after: { ...one, changes: lastOnes(changes), flapping: counted },
    };
  }
  return {
    standing: lasting ?? (begins ? standing({ kind: 'counted', ...counted }) : null),
    after: { ...one, changes: [], flips: beginsToFlap(flips, settling) ? [] : flips },
  };
}

/** Instances of which nothing is held are remembered while their flips count, the latest ones. */
function remembered(
  instances: readonly HeldNews[],
  { flaps, maxInstances }: Settling,
  nowMs: number,
): readonly HeldNews[] {
  const waiting = instances.filter(({ changes }) => changes.length > 0);
  const others = instances
    .filter(({ changes }) => changes.length === 0)
    .filter(({ flips }) => (flips.at(-1) ?? 0) > nowMs - flaps.withinMs)
    .sort((one, other) => (one.flips.at(-1) ?? 0) - (other.flips.at(-1) ?? 0));
  const room = Math.max(0, maxInstances - waiting.length);
  return [...waiting, ...(room === 0 ? [] : others.slice(-room))];
}

/** The released changes in their commits, oldest first in each scope, and the notices. */
function commitsOf(
  released: readonly HeldNews[],
  notices: readonly MessageCommit[],
  pending: readonly MessageCommit[],
): readonly MessageCommit[] {
  const known = new Map(pending.map((commit) => [commitKey(commit), commit]));
  const commits = new Map<string, MessageCommit & { readonly changes: MessageChange[] }>();
  for (const { scope, changes } of released) {
    for (const { seq, atMs, previousAtMs, change } of changes) {
      const key = commitKey({ scope, seq });
      const whole = known.get(key) ?? { scope, seq, atMs, previousAtMs, tickId: '' };
      const commit = commits.get(key) ?? { ...whole, changes: [] };
      commit.changes.push(change);
      commits.set(key, commit);
    }
  }
  const scopes = new Map<string, MessageCommit[]>();
  for (const commit of [...commits.values(), ...notices]) {
    const own = scopes.get(commit.scope) ?? [];
    own.push(commit);
    scopes.set(commit.scope, own);
  }
  return [...scopes.values()].flatMap((own) => own.sort((one, other) => one.seq - other.seq));
}

function commitKey({ scope, seq }: Pick<MessageCommit, 'scope' | 'seq'>): string {
  return `${scope} ${seq}`;
}

export function keyOf({ scope, instanceId }: Pick<HeldNews, 'scope' | 'instanceId'>): string {
  return `${scope} ${instanceId}`;
}
