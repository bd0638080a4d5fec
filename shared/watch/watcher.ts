import type { ChannelState } from '../core/channel-state.ts';
import { missedSince, NEW_HEALTH } from '../core/health.ts';
import type { Notice } from '../core/model.ts';
import {
  channelNotices,
  NEW_WATCHER,
  resumedNotices,
  WATCHER,
  type WatcherState,
  watcherStateAfter,
} from '../core/watcher-journal.ts';
import type { OpenedJournal, Registration } from '../delivery/register.ts';
import type { JournalEnd } from '../delivery/run.ts';
import { commitsPast } from '../journal/read.ts';
import { allOf } from '../lib/all-of.ts';
import type { JournalReader } from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';
import type { KnownWatcher, Memory } from './memory.ts';
import type { Ports } from './ports.ts';
import { record } from './record.ts';
import type { ScopeResult } from './scope-result.ts';
import type { Tick } from './tick.ts';

/** The watcher's own journal at the start of a tick. */
export interface OpenedWatcher {
  /** Null: there is no channel to inform, or the journal could not be opened. */
  readonly state: WatcherState | null;
  readonly journal: OpenedJournal;
  readonly problem: string | null;
}

/** What became of it in this tick. */
export interface RecordedWatcher {
  readonly end: JournalEnd;
  readonly problem: string | null;
}

/** One small read in a warm function, and two in a cold one. */
export async function openWatcher(
  { journal, channels }: Ports,
  { memory }: Tick,
): Promise<OpenedWatcher> {
  if (channels.length === 0) return unopened(null);
  try {
    return memory.watcher === undefined
      ? await openCold(journal)
      : await openWarm(journal, memory.watcher);
  } catch (error) {
    return unopened(`${WATCHER.key}: its journal could not be read: ${reasonOf(error)}`);
  }
}

async function openWarm(journal: JournalReader, known: KnownWatcher): Promise<OpenedWatcher> {
  return opened(
    watcherStateAfter(known, await commitsPast(journal, WATCHER, known.lastSeq)),
    known.starts,
  );
}

/** The last notice about a channel says which ones are failing, so a few commits are enough. */
const COMMITS_READ_COLD = 50;

async function openCold(journal: JournalReader): Promise<OpenedWatcher> {
  const [head, newest] = await allOf([
    journal.head(WATCHER),
    journal.before(WATCHER, Number.MAX_SAFE_INTEGER, COMMITS_READ_COLD),
  ]);
  if (head?.unreadable?.starts !== undefined) throw head.unreadable.starts.error;
  const last = watcherStateAfter(NEW_WATCHER, newest.toReversed());
  // When all commits have expired, the head still knows their number: none is given twice.
  const state = { ...last, lastSeq: Math.max(last.lastSeq, head?.health.seq ?? 0) };
  return opened(state, head?.starts ?? {});
}

function opened(state: WatcherState, starts: OpenedJournal['starts']): OpenedWatcher {
  return { state, journal: { scope: WATCHER, lastSeq: state.lastSeq, starts }, problem: null };
}

function unopened(problem: string | null): OpenedWatcher {
  return { state: null, journal: { scope: WATCHER, lastSeq: null, starts: {} }, problem };
}

/**
 * Commits what there is to announce of the channels and of ticks that were missed. Every run does this, and the first one to
 * commit wins: the others find its commit with the next tick, and have nothing to add.
 */
export async function recordWatcher(
  ports: Ports,
  tick: Tick,
  { state, problem }: OpenedWatcher,
  results: readonly ScopeResult[],
  registered: Registration,
): Promise<RecordedWatcher> {
  const { memory } = tick;
  if (state === null) return unrecorded(problem);
  const notRegistered = registered.failures.get(WATCHER.key);
  if (notRegistered !== undefined) return unrecorded(notRegistered);
  const starts = registered.starts.get(WATCHER.key) ?? {};
  memory.watcher = { ...state, starts };
  try {
    const attempts = results.flatMap((result) =>
      result.kind === 'recorded' ? [missedSince(result.loaded.head.health, tick.startMs)] : [],
    );
    const resumed = resumedNotices(state, attempts);
    const notices = [...resumed, ...(await dueNotices(ports, memory, state))];
    if (notices.length === 0) return recorded({ lastSeq: state.lastSeq, starts, made: [] });
    return await commit(ports, tick, { ...state, starts }, notices);
  } catch (error) {
    memory.watcher = undefined;
    return unrecorded(error);
  }
}

/** What this instance remembers may be old: the rows are asked before anything is announced. */
async function dueNotices(
  { journal, channels, runtime }: Ports,
  memory: Memory,
  { failing }: WatcherState,
): Promise<readonly Notice[]> {
  const known = new Map<string, ChannelState>(
    channels.flatMap(({ name }) => {
      const state = memory.channels.get(name);
      return state === undefined ? [] : [[name, state] as const];
    }),
  );
  const suspected = channelNotices(failing, known, runtime.now());
  const stored = new Map<string, ChannelState>();
  for (const notice of suspected) {
    const name = 'channel' in notice ? notice.channel : '';
    const row = await journal.channel(name);
    if (row !== undefined) stored.set(name, row);
  }
  return channelNotices(failing, stored, runtime.now());
}

async function commit(
  { journal, runtime }: Ports,
  { tickId, deadlineMs, memory }: Tick,
  state: KnownWatcher,
  notices: readonly Notice[],
): Promise<RecordedWatcher> {
  const common = { scope: WATCHER.key, atMs: runtime.now(), previousAtMs: null, tickId };
  const commits = notices.map((notice, index) => {
    return { ...common, seq: state.lastSeq + 1 + index, changes: [], notice };
  });
  const { appended } = await record(journal, WATCHER, commits, { runtime, deadlineMs });
  const after = watcherStateAfter(state, appended);
  const { starts } = state;
  memory.watcher = { ...after, starts };
  const end = { lastSeq: after.lastSeq, starts, made: appended };
  if (appended.length === 0) return recorded(end);
  try {
    await journal.saveHealth(WATCHER, { ...NEW_HEALTH, seq: after.lastSeq });
    return recorded(end);
  } catch (error) {
    // The number only counts once all commits have expired; the next commit saves a later one.
    return { ...recorded(end), problem: `${WATCHER.key}: not remembered: ${reasonOf(error)}` };
  }
}

function recorded(end: Omit<JournalEnd, 'scope'>): RecordedWatcher {
  return { end: { scope: WATCHER, ...end }, problem: null };
}

function unrecorded(error: unknown): RecordedWatcher {
  const problem =
    error === null || typeof error === 'string' ? error : `${WATCHER.key}: ${reasonOf(error)}`;
  return { end: { scope: WATCHER, lastSeq: null, starts: {}, made: [] }, problem };
}
