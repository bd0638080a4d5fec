import type { ChannelState } from '../core/channel-state.ts';
import { NEW_HEALTH } from '../core/health.ts';
import type { Commit, Notice } from '../core/model.ts';
import { commitTimeMs, MAX_CLOCK_DIFFERENCE_MS } from '../core/time.ts';
import {
  accountNotices,
  channelNotices,
  missedByAll,
  NEW_WATCHER,
  quotaNotices,
  resumedNotices,
  saysWhatFails,
  WATCHER,
  type WatcherState,
  watcherStateAfter,
  withAllLists,
} from '../core/watcher-journal.ts';
import { withUnservedSeq } from '../delivery/core/register.ts';
import { type OpenedJournal, openedJournal, type Registration } from '../delivery/register.ts';
import type { JournalEnd } from '../delivery/run.ts';
import { commitsPast, readableChannel } from '../journal/read.ts';
import type { JournalReader } from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';
import { accountsSeen } from './accounts.ts';
import { lastDueMs } from './core/periodic/schedule.ts';
import type { KnownWatcher } from './memory.ts';
import { dueReportOf } from './periodic-report.ts';
import type { Ports } from './ports.ts';
import { record } from './record.ts';
import { missedBefore, type ScopeResult } from './scope-result.ts';
import type { Tick } from './tick.ts';

/** The watcher's own journal at the start of a tick. */
export interface OpenedWatcher {
  /** Null: there is nothing to announce of channels or accounts, or the journal could not be opened. */
  readonly state: WatcherState | null;
  readonly journal: OpenedJournal;
  readonly problem: string | null;
  /** Why the head's number of the last commit was done without; it is to be replaced. */
  readonly damage: string | null;
}

/** What became of it in this tick. */
export interface RecordedWatcher {
  readonly end: JournalEnd;
  readonly problem: string | null;
  readonly notes: readonly string[];
  /** The number of the last commit, where the head does not know it yet. */
  readonly unsavedSeq: number | null;
}

/** One small read in a warm function, and two in a cold one. */
export async function openWatcher(
  { journal, accounts, channels }: Ports,
  { memory, report, startMs }: Tick,
): Promise<OpenedWatcher> {
  if (channels.length === 0 && accounts === undefined) return unopened(null);
  try {
    return memory.watcher === undefined
      ? await openCold(journal, report === undefined ? startMs : lastDueMs(report, startMs))
      : await openWarm(journal, memory.watcher);
  } catch (error) {
    return unopened(`${WATCHER.key}: its journal could not be read: ${reasonOf(error)}`);
  }
}

async function openWarm(journal: JournalReader, known: KnownWatcher): Promise<OpenedWatcher> {
  const state = watcherStateAfter(known, await commitsPast(journal, WATCHER, known.lastSeq));
  const opened = { scope: WATCHER, lastSeq: state.lastSeq, starts: known.starts };
  return { state, journal: opened, problem: null, damage: null };
}

/**
 * The head comes first. Read beside the commits, it may know the number of one that they do not show,
 * and this run would decide from a state that is older than the commit before its own.
 */
async function openCold(journal: JournalReader, dueMs: number): Promise<OpenedWatcher> {
  const head = await journal.head(WATCHER);
  const last = watcherStateAfter(NEW_WATCHER, await newestCommits(journal, dueMs));
  // When all commits have expired, the head still knows their number: none is given twice.
  const state = { ...last, lastSeq: Math.max(last.lastSeq, head?.health.seq ?? 0) };
  const damage = head?.unreadable?.health ?? head?.unreadable?.starts;
  return {
    state,
    journal: openedJournal(WATCHER, state.lastSeq, head),
    problem: null,
    damage: damage === undefined ? null : reasonOf(damage.error),
  };
}

const COMMITS_PER_COLD_READ = 50;

/**
 * The commits from the last notice about a channel or an account on: it says what is failing. If the
 * report that was due last has been made, its commit is among them.
 */
async function newestCommits(journal: JournalReader, dueMs: number): Promise<readonly Commit[]> {
  const newest: Commit[] = [];
  for (;;) {
    const before = newest.at(-1)?.seq ?? Number.MAX_SAFE_INTEGER;
    const page = await journal.before(WATCHER, before, COMMITS_PER_COLD_READ);
    newest.push(...page);
    const isKnown = newest.some(saysWhatFails) && page.some(({ atMs }) => atMs < dueMs);
    if (page.length < COMMITS_PER_COLD_READ || isKnown) return newest.reverse();
  }
}

function unopened(problem: string | null): OpenedWatcher {
  const journal = { scope: WATCHER, lastSeq: null, starts: {} };
  return { state: null, journal, problem, damage: null };
}

/**
 * Commits what there is to announce of channels, accounts and ticks that were missed. Every run does
 * this, and the first one to commit wins: the others find its commit, and have nothing to add.
 */
export async function recordWatcher(
  ports: Ports,
  tick: Tick,
  { state, problem, damage }: OpenedWatcher,
  results: readonly ScopeResult[],
  registered: Registration,
): Promise<RecordedWatcher> {
  const { memory, startMs } = tick;
  const attempts = results
    .map((result) => missedBefore(result, startMs))
    .filter((sinceMs) => sinceMs !== undefined);
  // The next tick finds a fresh health, so what this one cannot commit is remembered.
  const sinceMs = missedByAll(attempts);
  if (sinceMs !== null) memory.missed = { sinceMs, untilMs: startMs };
  if (state === null) return unrecorded(problem, damage);
  const notRegistered = registered.failures.get(WATCHER.key);
  if (notRegistered !== undefined) return unrecorded(notRegistered, damage);
  const starts = registered.starts.get(WATCHER.key) ?? {};
  try {
    const accounts = accountsSeen(ports, tick, results);
    return await announce(ports, tick, { ...state, starts }, { damage, accounts, results });
  } catch (error) {
    memory.watcher = undefined;
    return unrecorded(error, damage);
  }
}

/** What a tick has seen besides the watcher's journal. */
interface Seen {
  readonly damage: string | null;
  readonly accounts: ReadonlyMap<string, string | null>;
  readonly results: readonly ScopeResult[];
}

/**
 * Decides from the state as of one commit, and commits at the place behind it. When another run has
 * taken the place, its commits are read, the channels' rows are asked once more, and what is left to
 * announce is decided again.
 */
async function announce(
  ports: Ports,
  tick: Tick,
  { starts, ...opened }: KnownWatcher,
  { damage, accounts, results }: Seen,
): Promise<RecordedWatcher> {
  const { journal, runtime } = ports;
  const { memory, deadlineMs } = tick;
  const made: Commit[] = [];
  const passed: Commit[] = [];
  let state: WatcherState = opened;
  for (;;) {
    const resumed = resumedNotices(state, memory.missed);
    const { ofChannels, ofQuotas } = await dueNotices(ports, tick, state);
    const ofAccounts = accountNotices(state.failingAccounts, accounts, runtime.now());
    const report = await dueReportOf(ports, tick, results, believable(state, runtime.now()));
    const reports = report === null ? [] : [report];
    const lists = withAllLists(state, ofChannels, ofAccounts, ofQuotas, reports);
    const notices = [...resumed, ...lists];
    const commits = commitsOf(notices, state, tick, runtime.now());
    const { appended, isOvertaken } = await record(journal, WATCHER, commits, {
      runtime,
      deadlineMs,
    });
    made.push(...appended);
    passed.push(...appended);
    state = watcherStateAfter(state, appended);
    if (!isOvertaken) {
      memory.missed = null;
      break;
    }
    if (runtime.now() >= deadlineMs) break;
    const others = await commitsPast(journal, WATCHER, state.lastSeq);
    passed.push(...others);
    state = watcherStateAfter(state, others);
  }
  memory.watcher = { ...state, starts };
  const end = { scope: WATCHER, lastSeq: state.lastSeq, starts, made: passed };
  const isRemembered = made.length === 0 && damage === null;
  return {
    end,
    problem: null,
    unsavedSeq: isRemembered ? null : state.lastSeq,
    notes: damageNotes(damage),
  };
}

function damageNotes(damage: string | null): readonly string[] {
  return damage === null ? [] : [`${WATCHER.key}: ${damage}; the journal says what it can`];
}

/** A report of a time that is still to come was made by a wrong clock: it must not silence all others. */
function believable({ reportedUntilMs }: WatcherState, nowMs: number): number {
  return reportedUntilMs > nowMs + MAX_CLOCK_DIFFERENCE_MS ? 0 : reportedUntilMs;
}

/** What this instance remembers of channels may be old: the rows are asked before anything is announced. */
async function dueNotices(
  { journal, channels, runtime }: Ports,
  { memory }: Tick,
  { failing, lowQuotas }: WatcherState,
): Promise<{ readonly ofChannels: readonly Notice[]; readonly ofQuotas: readonly Notice[] }> {
  const quotas = new Map(
    channels.flatMap(({ name, quota }) => (quota === undefined ? [] : [[name, quota] as const])),
  );
  const noticesOf = (states: ReadonlyMap<string, ChannelState>) => ({
    ofChannels: channelNotices(failing, states, runtime.now()),
    ofQuotas: quotaNotices(lowQuotas, states, quotas, runtime.now()),
  });
  const known = new Map<string, ChannelState>(
    channels.flatMap(({ name }) => {
      const state = memory.channels.get(name);
      return state === undefined ? [] : [[name, state] as const];
    }),
  );
  const suspected = noticesOf(known);
  const names = [...suspected.ofChannels, ...suspected.ofQuotas].map((notice) =>
    'channel' in notice ? notice.channel : '',
  );
  const stored = new Map<string, ChannelState>();
  for (const name of new Set(names)) {
    const row = await readableChannel(journal, name);
    if (row) stored.set(name, row);
  }
  return noticesOf(stored);
}

function commitsOf(
  notices: readonly Notice[],
  { lastSeq, lastAtMs }: WatcherState,
  { tickId }: Tick,
  nowMs: number,
): readonly Commit[] {
  const atMs = commitTimeMs(lastAtMs, nowMs);
  const common = { scope: WATCHER.key, atMs, previousAtMs: null, tickId, changes: [] };
  return notices.map((notice, index) => ({ ...common, seq: lastSeq + 1 + index, notice }));
}

/**
 * Saves the number of the last commit, which counts once all commits have expired, and after a damage.
 * Like the health of a scope it is saved last, when each channel has a position, or is known to have
 * none.
 */
export async function saveWatcher(
  { journal }: Ports,
  { memory }: Tick,
  { unsavedSeq, end }: RecordedWatcher,
): Promise<readonly string[]> {
  if (unsavedSeq === null) return [];
  const health = { ...NEW_HEALTH, seq: unsavedSeq };
  try {
    await journal.saveHealth(
      WATCHER,
      withUnservedSeq(health, end.starts, memory.channels, WATCHER.key),
    );
    return [];
  } catch (error) {
    return [`${WATCHER.key}: not remembered: ${reasonOf(error)}`];
  }
}

function unrecorded(error: unknown, damage: string | null): RecordedWatcher {
  const problem =
    error === null || typeof error === 'string' ? error : `${WATCHER.key}: ${reasonOf(error)}`;
  const end = { scope: WATCHER, lastSeq: null, starts: {}, made: [] };
  return { end, problem, notes: damageNotes(damage), unsavedSeq: null };
}
