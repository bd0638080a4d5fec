import { wasOnce } from '../fleet.ts';
import type { LivingRun } from '../run.ts';
import { isSpoiled } from '../spoils.ts';
import { type Key, type Row, rowsOf, type Store } from '../tablestore.ts';
import { keptPromises } from './kept.ts';
import { notedPromises } from './noted.ts';
import type { StoredChange, StoredDetails, StoredNotice } from './stored.ts';
import type { Results, Truth } from './truth.ts';

/** When a commit gave an instance its status, and whether it saw the status begin. */
interface Since {
  readonly atMs: number;
  readonly isKnown: boolean;
}

export interface StoredCommit {
  /** The run that committed it. */
  readonly run: LivingRun;
  readonly seq: number;
  readonly tickId: string;
  readonly moment: number;
  /** The true time at which it was written. */
  readonly writtenAtMs: number;
  readonly atMs: number;
  readonly details: readonly StoredDetails[];
  readonly changes: readonly StoredChange[];
  readonly notice: StoredNotice | undefined;
}

export interface JournalTruth {
  readonly commits: StoredCommit[];
  /** Instance id → status after all commits so far. */
  readonly state: Map<string, string>;
  /** Instance id → name after all commits so far; absent: ECS has not said it yet. */
  readonly names: Map<string, string>;
  /** Instance id → when a commit called it released; without those that are back. */
  readonly released: Map<string, number>;
  readonly since: Map<string, Since>;
}

const MINUTE_MS = 60_000;
/** Nearly: a message takes its time. */
const HOUR_MS = 59 * MINUTE_MS;
/** A false release may rest on no less. */
const HIDDEN_RUNS = 5;
const HIDDEN_MS = 10 * MINUTE_MS;
/** Nearly seven days: the clocks of two runs may differ by an hour. */
const REMEMBERED_MS = (7 * 24 - 2) * 60 * MINUTE_MS;

const CLOCKS_DIFFER_MS = 30_000;

/** The stored cursor of a channel. */
type Cursor = Readonly<Record<string, { readonly seq: number; readonly part: number }>>;

/** When a run began to look at a scope, and when it said so. */
interface Attempted {
  readonly atMs: number;
  readonly writtenAtMs: number;
}

/** A scan over several runs. */
interface RoundTruth {
  /** The moment at which its first run began to ask. */
  readonly first: number;
  hadFalseAnswers: boolean;
  isHidden: boolean;
  /** The moment at which a run saved that it goes on no more; null: it may. */
  ended: number | null;
}

/** The rows that were written, each checked at that moment. */
export interface Written {
  readonly onWrite: Store['onWrite'];
  readonly journals: ReadonlyMap<string, JournalTruth>;
  journalOf(scope: string): JournalTruth;
  cursorOf(channel: string): Cursor;
  /** The scan over several runs that this run has ended; undefined: it has read all by itself. */
  roundOf(scope: string, run: LivingRun): RoundTruth | undefined;
  /** `scope/seq` of what a channel's row says was set aside. */
  setAsideOf(channel: string): ReadonlySet<string>;
  /** What a channel's row holds back. */
  heldOf(channel: string): readonly StoredHeld[];
  /** What a channel's row says that its fallback was sent. */
  insteadOf(channel: string): object | undefined;
  /** Notes whose date has passed, and that are still there. */
  noteEnds(): readonly string[];
  /** A message shows a change. */
  readonly onNoteShown: ReturnType<typeof notedPromises>['onShown'];
}

/** The chain of commits holds, every commit is true, and no cursor goes back. */
export function rowPromises(truth: Truth, results: Results): Written {
  const { tables, store, receivers, fleets, moment, spoils } = truth;
  const { isSteady, isClockRight, isAddressRight, isRowsRight } = truth;
  const { tally, violated } = results;
  const onKept = keptPromises(truth, journalOf, results);
  const noted = notedPromises(truth, results);
  const journals = new Map<string, JournalTruth>(
    [...fleets.keys(), 'watcher'].map((scope) => [
      scope,
      { commits: [], state: new Map(), names: new Map(), released: new Map(), since: new Map() },
    ]),
  );
  const cursors = new Map<string, Cursor>();
  const setAside = new Map<string, ReadonlySet<string>>();
  const held = new Map<string, readonly StoredHeld[]>();
  const instead = new Map<string, object | undefined>();
  /** Channel and period → when its quota was used up. */
  const usedUpMs = new Map<string, number>();
  /** Channel and period → messages. */
  const used = new Map<string, number>();
  /** Channel → how many messages have a record of their delivery, and how many its row has counted. */
  const recorded = new Map<string, number>();
  const settled = new Map<
    string,
    { readonly deliveredAtMs: number | null; readonly count: number }
  >();
  /** Scope key → the start of a scan over several runs → what those runs went through. */
  const rounds = new Map<string, Map<number, RoundTruth>>();
  /** Scope key and tick id → when the complete scan that the run has saved began. */
  const scanStarts = new Map<string, number>();
  /** Scope key → the stored reference to its current checkpoint. */
  const current = new Map<string, unknown>();
  /** Scope key → the calls that its head has counted. */
  const counted = new Map<string, number>();
  /** Scope key → the last attempts that its head was given, in the order of writing. */
  const attempts = new Map<string, Attempted[]>();

  function journalOf(scope: string): JournalTruth {
    const journal = journals.get(scope);
    if (journal === undefined) throw new RangeError(`no run watches ${scope}`);
    return journal;
  }

  function onWrite(run: LivingRun, table: string, [scope, item]: Key, row: Row): void {
    if (table === tables.journal && scope.startsWith('channel/')) onRecord(scope, row);
    else if (table === tables.journal && scope.startsWith('kept:')) onKept([scope, item], row);
    // The row that names them says what they are.
    else if (table === tables.journal && scope.startsWith('kept-parts:')) return;
    else if (table === tables.journal) onCommit(run, scope, Number(item), row);
    else if (scope === 'channels') onChannel(String(item), row, run.time.now());
    else if (item === 'head') onHead(run, scope, row);
  }

  function onCommit(run: LivingRun, scope: string, seq: number, row: Row): void {
    const { commits, state } = journalOf(scope);
    const atMs = Number(String(row.get('at')));
    const previousAtMs = Number(String(row.get('previousAt') ?? atMs));
    const commit: StoredCommit = {
      run,
      seq,
      tickId: String(row.get('tickId')),
      moment: moment(),
      writtenAtMs: run.time.now(),
      atMs,
      details: JSON.parse(String(row.get('details') ?? '[]')),
      changes: JSON.parse(String(row.get('changes'))),
      notice: row.has('notice') ? JSON.parse(String(row.get('notice'))) : undefined,
    };
    const where = `${scope}/${seq}`;
    if (seq !== commits.length + 1) {
      violated(`${where} was written when the journal ended at ${commits.length}`);
      return;
    }
    checkAge(run, scope, commit);
    checkTime(where, commits.at(-1)?.atMs, atMs);
    for (const details of commit.details) {
      checkDetails(where, scope, details);
      noted.onDetails(where, scope, run, details);
    }
    if (isClockRight && previousAtMs > atMs) violated(`${where} begins after its end`);
    for (const change of commit.changes) {
      checkName(where, scope, change);
      noted.onChange(where, scope, atMs, change);
      if ((state.get(change.instanceId) ?? null) !== change.from) {
        violated(
          `${where} moves ${change.instanceId} from ${change.from}, but it was ${state.get(change.instanceId)}`,
        );
      }
      if (change.to === null) state.delete(change.instanceId);
      else state.set(change.instanceId, change.to);
      checkReturn(where, scope, change, atMs);
      checkSince(where, scope, change);
      const isWatched = atMs - previousAtMs <= 60 * MINUTE_MS;
      const isNew = change.returned !== true && commit.notice === undefined;
      const isKnown = isWatched && (change.from !== null || isNew);
      journalOf(scope).since.set(change.instanceId, { atMs, isKnown });
      checkTruth(where, run, scope, change);
    }
    commits.push(commit);
    tally.commits += 1;
    if (run.tickId.startsWith('push-')) tally.pushed += 1;
    tally.changes += commit.changes.length;
    tally.releases += commit.changes.filter(({ to }) => to === null).length;
    if (commit.notice?.kind === 'suspicious-scan') tally.holds += 1;
    checkNotices(where, run, commits);
  }

  /** Names have a chain, too: a change of one says which it was before. */
  function checkDetails(
    where: string,
    scope: string,
    { instanceId, before, after }: StoredDetails,
  ) {
    const { names, state } = journalOf(scope);
    const isNoted = before.note !== undefined || after.note !== undefined;
    if (isNoted && before.name === after.name) return;
    if (!state.has(instanceId)) violated(`${where} renames ${instanceId}, which is not there`);
    if (before.name !== names.get(instanceId) || before.name === after.name)
      violated(`${where} renames ${instanceId} from ${before.name}: ${names.get(instanceId)}`);
    if (after.name === undefined) names.delete(instanceId);
    else names.set(instanceId, after.name);
    tally.renamed += 1;
  }

  /** A change shows the newest name that the journal has: a release above all. */
  function checkName(where: string, scope: string, { instanceId, from, to, name }: StoredChange) {
    const { names } = journalOf(scope);
    if (from !== null && name !== names.get(instanceId))
      violated(`${where} calls ${instanceId} ${name}, but its name was ${names.get(instanceId)}`);
    if (to === null) names.delete(instanceId);
    else if (name !== undefined) names.set(instanceId, name);
  }

  /** A run compares its scan only with the state that was known before the scan. */
  function checkAge(run: LivingRun, scope: string, { seq, tickId }: StoredCommit): void {
    const before = journalOf(scope).commits.findLast((commit) => commit.tickId !== tickId);
    const observation = run.observations.get(scope);
    if (before !== undefined && observation !== undefined && before.moment > observation.first) {
      violated(`${scope}/${seq} was scanned before ${scope}/${before.seq} was written`);
    }
  }

  /** Clocks that are right differ by this much, and a moment of the past must have one state. */
  function checkTime(where: string, beforeAtMs: number | undefined, atMs: number): void {
    const backMs = beforeAtMs === undefined ? 0 : beforeAtMs - atMs;
    if (backMs > 0 && backMs <= CLOCKS_DIFFER_MS) violated(`${where} goes back by ${backMs} ms`);
  }

  /** An id is never given twice: an instance that appears again has returned, and no other has. */
  function checkReturn(
    where: string,
    scope: string,
    { instanceId, from, to, returned }: StoredChange,
    atMs: number,
  ): void {
    const { released } = journalOf(scope);
    if (to === null) released.set(instanceId, atMs);
    if (from !== null) return;
    const releasedAtMs = released.get(instanceId);
    released.delete(instanceId);
    if (returned === true) tally.returns += 1;
    if (returned === true && releasedAtMs === undefined)
      violated(`${where} says ${instanceId} is back, but it was never called released`);
    if (returned !== true && releasedAtMs !== undefined && atMs < releasedAtMs + REMEMBERED_MS)
      violated(`${where} says ${instanceId} is new, but it was called released`);
  }

  /** A change says since when the state before it was held, as the commit before it said. */
  function checkSince(where: string, scope: string, change: StoredChange): void {
    const { instanceId, from, fromSinceMs, fromSinceKnown } = change;
    const since = journalOf(scope).since.get(instanceId);
    if (from === null || since === undefined) return;
    if (fromSinceMs !== since.atMs || fromSinceKnown !== since.isKnown)
      violated(`${where} says ${instanceId} was ${from} since another time than it was`);
  }

  /** Only a fleet that was hidden long enough, from an account that may look, is called released. */
  function isExcused(run: LivingRun, scope: string, { to }: StoredChange): boolean {
    const hiddenFrom = fleets.get(scope)?.hiddenFrom ?? new Map<string, number>();
    const isLong = run.time.now() - Math.min(...hiddenFrom.values()) >= HIDDEN_MS;
    return (
      to === null &&
      run.observations.get(scope)?.mayLook === true &&
      hiddenFrom.size >= HIDDEN_RUNS &&
      (isLong || !isClockRight)
    );
  }

  function checkTruth(where: string, run: LivingRun, scope: string, change: StoredChange): void {
    const { instanceId, to } = change;
    const observation = run.observations.get(scope);
    const instance = fleets.get(scope)?.instance(instanceId);
    if (instance === undefined) violated(`${where} has ${instanceId}, which never existed`);
    else if (
      observation === undefined ||
      !wasOnce(instance, to, observation.first, observation.last)
    ) {
      if (isExcused(run, scope, change)) tally.falseReleases += 1;
      else violated(`${where} says ${instanceId} is ${to ?? 'released'}, but it was not`);
    }
  }

  /** Failing and recovered alternate, and so do a hold and its end: each is announced once. */
  function checkNotices(where: string, run: LivingRun, commits: readonly StoredCommit[]): void {
    const kind = commits.at(-1)?.notice?.kind;
    const earlier = commits.slice(0, -1);
    if (kind === 'scans-failing' || kind === 'scans-recovered') {
      const before = earlier.findLast(({ notice }) => notice?.kind.startsWith('scans-') === true);
      const expected = kind === 'scans-failing' ? 'scans-recovered' : 'scans-failing';
      const isFirst = before === undefined && kind === 'scans-failing';
      if (!isFirst && before?.notice?.kind !== expected)
        violated(`${where} says ${kind} once more`);
    }
    if (kind === 'channel-failing' || kind === 'channel-recovered') {
      const channel = commits.at(-1)?.notice?.channel;
      const before = earlier.findLast(
        ({ notice }) => notice?.channel === channel && notice?.kind.startsWith('channel-') === true,
      )?.notice?.kind;
      const isRepeated = before === undefined ? kind === 'channel-recovered' : before === kind;
      if (isRepeated) violated(`${where} says ${kind} of ${channel} once more`);
    }
    if (kind === 'ticks-resumed' && isClockRight && isRowsRight) {
      const sinceMs = commits.at(-1)?.notice?.sinceMs ?? 0;
      if (earlier.some(({ notice }) => notice?.kind === kind && notice.sinceMs === sinceMs))
        violated(`${where} says ${kind} once more`);
      if (!wereMissed(sinceMs, run.startMs))
        violated(`${where} says that ticks were missed, but they were not`);
    }
    if (kind === 'suspicious-scan') {
      const before = earlier.findLast(
        ({ notice, changes }) =>
          notice?.kind.startsWith('suspici') === true || changes.some(({ to }) => to === null),
      );
      if (before?.notice?.kind === kind) violated(`${where} says ${kind} once more`);
    }
  }

  /**
   * More than three ticks passed between this attempt at a scope and the next one that was known when
   * the run began: one that overlaps with it may have begun before the third was over, and has not
   * said so yet. That ticks were missed before both is true.
   */
  function wereMissed(sinceMs: number, startMs: number): boolean {
    return [...attempts.values()].some((all) => {
      const place = all.findIndex(({ atMs }) => atMs === sinceMs);
      const next = all[place + 1];
      const isKnown = next !== undefined && next.writtenAtMs <= startMs;
      return place >= 0 && (isKnown ? next.atMs : startMs) - sinceMs > 3 * MINUTE_MS;
    });
  }

  function onRecord(scope: string, row: Row): void {
    const name = scope.slice('channel/'.length);
    const { verdict } = JSON.parse(String(row.get('record')));
    if (verdict === 'delivered') recorded.set(name, (recorded.get(name) ?? 0) + 1);
  }

  /** What was delivered has a record before the row of its channel says so. */
  function checkDelivered(name: string, deliveredAtMs: number | null, nowMs: number): void {
    const { deliveredAtMs: before, count } = settled.get(name) ?? { deliveredAtMs: null, count: 0 };
    if (deliveredAtMs === before) return;
    settled.set(name, { deliveredAtMs, count: count + 1 });
    if (isSteady && count >= (recorded.get(name) ?? 0))
      violated(`a delivery to ${name} has no record`);
    checkQuota(name, nowMs);
  }

  /** A receiver is sent no more than its quota, but for bad news once an hour. */
  function checkQuota(name: string, nowMs: number): void {
    const quota = receivers.find((receiver) => receiver.name === name)?.quota;
    if (quota === undefined || !isClockRight || !isRowsRight || !isAddressRight) return;
    const time = new Date(nowMs).toISOString();
    const period = `${name} ${time.slice(0, quota.per === 'day' ? 10 : 7)}`;
    const messages = (used.get(period) ?? 0) + 1;
    used.set(period, messages);
    if (messages === quota.messages) usedUpMs.set(period, nowMs);
    const hours = Math.floor((nowMs - (usedUpMs.get(period) ?? nowMs)) / HOUR_MS);
    if (messages > quota.messages + hours + 1)
      violated(`message ${messages} to ${period}, but ${quota.messages} is its quota`);
  }

  function onChannel(name: string, row: Row, nowMs: number): void {
    const {
      cursor,
      setAside: list,
      held: back,
      instead: sentInstead,
      deliveredAtMs,
    } = JSON.parse(String(row.get('state')));
    held.set(name, back);
    instead.set(name, sentInstead);
    checkDelivered(name, deliveredAtMs, nowMs);
    const known = setAside.get(name) ?? new Set<string>();
    const ids: readonly string[] = list.map(
      ({ scope, seq }: { readonly scope: string; readonly seq: number }) => `${scope}/${seq}`,
    );
    setAside.set(name, new Set([...known, ...ids]));
    const before = cursors.get(name) ?? {};
    for (const [scope, place] of Object.entries(before)) {
      const after = cursor[scope];
      const wentBack =
        after === undefined ||
        after.seq < place.seq ||
        (after.seq === place.seq && after.part < place.part);
      if (wentBack) violated(`the cursor of ${name} in ${scope} went back from ${place.seq}`);
    }
    cursors.set(name, cursor);
  }

  function onHealth(run: LivingRun, scope: string, stored: unknown): void {
    if (stored === undefined || isSpoiled(spoils().all, scope, 'health', stored)) return;
    const health = JSON.parse(String(stored));
    const known = attempts.get(scope) ?? [];
    const { lastAttemptAtMs: atMs } = health;
    if (atMs !== undefined && known.at(-1)?.atMs !== atMs)
      attempts.set(scope, [...known, { atMs, writtenAtMs: run.time.now() }]);
    onRound(run, scope, health);
  }

  function onRound(
    run: LivingRun,
    scope: string,
    {
      round,
      lastGoodStartMs,
      hold,
    }: {
      readonly round?: { readonly startMs: number };
      readonly lastGoodStartMs?: number | null;
      readonly hold: unknown;
    },
  ): void {
    const observation = run.observations.get(scope);
    // While a release is held, the health says since when, and not when this scan began.
    if (round === undefined && hold === null)
      scanStarts.set(`${scope} ${run.tickId}`, lastGoodStartMs ?? 0);
    const ofScope = rounds.get(scope) ?? new Map<number, RoundTruth>();
    rounds.set(scope, ofScope);
    if (round === undefined) {
      for (const known of ofScope.values()) known.ended ??= moment();
    }
    if (round === undefined || observation === undefined) return;
    const { first, hadFalseAnswers, isHidden } = observation;
    // A function may go on with a round that another one has ended meanwhile.
    const known = ofScope.get(round.startMs);
    ofScope.set(round.startMs, {
      first: known?.first ?? first,
      hadFalseAnswers: hadFalseAnswers || known?.hadFalseAnswers === true,
      isHidden: isHidden || known?.isHidden === true,
      ended: null,
    });
  }

  function onTotals(scope: string, calls: number): void {
    const before = counted.get(scope) ?? 0;
    if (calls < before) violated(`${scope} has counted ${before} calls, and then ${calls}`);
    counted.set(scope, calls);
  }

  /** Every part of a current checkpoint is stored. */
  function onHead(run: LivingRun, scope: string, row: Row): void {
    onHealth(run, scope, row.get('health'));
    onTotals(scope, Number(row.get('callsTotal') ?? 0));
    const stored = row.get('checkpoint');
    if (stored === undefined || stored === current.get(scope)) return;
    if (isSpoiled(spoils().all, scope, 'checkpoint', stored)) return;
    const { seq, parts, writer } = JSON.parse(String(stored));
    current.set(scope, stored);
    const own = [...rowsOf(store, tables.state, scope).keys()].filter((item) =>
      String(item).startsWith(`part/${String(seq).padStart(16, '0')}/${writer}/`),
    );
    if (own.length !== parts)
      violated(`checkpoint ${scope}/${seq} has ${own.length} of ${parts} parts`);
    if (seq > journalOf(scope).commits.length)
      violated(`checkpoint ${scope}/${seq} is ahead of the journal`);
    tally.checkpoints += 1;
  }

  return {
    onWrite,
    journals,
    journalOf,
    roundOf(scope, { tickId, observations }) {
      const ofScope = rounds.get(scope) ?? new Map<number, RoundTruth>();
      const startMs = scanStarts.get(`${scope} ${tickId}`);
      if (startMs !== undefined) return ofScope.get(startMs);
      // A run that holds a release, or could not save its health, may have ended the newest one. It
      // may also have read the row before another run of the same minute began that one.
      const first = observations.get(scope)?.first ?? 0;
      const isOpen = ({ ended }: RoundTruth): boolean => (ended ?? Infinity) >= first;
      return [...ofScope.values()].slice(-2).find(isOpen);
    },
    cursorOf: (channel) => cursors.get(channel) ?? {},
    setAsideOf: (channel) => setAside.get(channel) ?? new Set(),
    heldOf: (channel) => held.get(channel) ?? [],
    insteadOf: (channel) => instead.get(channel),
    noteEnds: noted.openEnds,
    onNoteShown: noted.onShown,
  };
}

export interface StoredHeld {
  readonly scope: string;
  readonly instanceId: string;
  readonly changes: readonly { readonly seq: number; readonly atMs: number }[];
  readonly flapping: object | null;
}

/** Every commit but the silent rows of a baseline, changed details, and a channel's own failure. */
export function isNews({ notice, changes }: StoredCommit, channel: string): boolean {
  if (notice === undefined) return changes.length > 0;
  if (notice.kind === 'channel-failing') return notice.channel !== channel;
  return notice.kind !== 'baseline' || notice.last === true;
}
