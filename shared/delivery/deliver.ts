import { backlog, type ChannelState } from '../core/channel-state.ts';
import type { Commit, Scope } from '../core/model.ts';
import { isCorrupt } from '../journal/read.ts';
import { allOf } from '../lib/all-of.ts';
import { type Limits, writeOnce } from '../lib/write-once.ts';
import type { Channel } from '../ports/channel.ts';
import { isUnknownOutcome, type Journal, JournalError } from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';
import {
  claimMessage,
  dropScopes,
  type Plan,
  plan,
  registerScopes,
  releaseClaim,
  scopesAhead,
  settle,
  skipTo,
} from './core/delivery.ts';
import type { DeliveryPorts, DeliveryRun } from './run.ts';

/** What became of one channel in one tick. */
export interface ChannelReport {
  readonly channel: string;
  readonly messages: number;
  /** Changes that the delivered messages told. */
  readonly changes: number;
  readonly outcome: 'delivered' | 'idle' | 'waiting' | 'retry' | 'throttled' | 'rejected' | 'error';
  /** Commits that this channel has still to be told. */
  readonly backlog: number;
  readonly error?: string;
}

/** Where a scope's journal ends, as far as this tick knows; null when it does not. */
interface JournalEnd {
  readonly scope: Scope;
  readonly lastSeq: number | null;
  /** The commits that this tick has made: nobody needs to read them back. */
  readonly made: readonly Commit[];
}

/**
 * Commits of one scope that a message is planned from; fewer, where so many changes are in them
 * already: a commit may hold a megabyte.
 */
const MAX_PENDING = 200;
const MAX_PENDING_CHANGES = 5_000;
const FIRST_PENDING_READ = 8;
/** Kept at the end of a tick to write down what became of the last message. */
const SETTLING_MS = 1_500;
/** The longest that one message is waited for. */
const SEND_TIMEOUT_MS = 10_000;
/** A receiver gets at least this long: a message that is given up may have arrived. */
const MIN_SEND_TIMEOUT_MS = 500;
/** How often a claim of another tick is looked at, to go on as soon as that one is done. */
const CLAIM_POLL_MS = 500;
/** Ticks that join at the same moment make each other try again. */
const MAX_JOIN_ATTEMPTS = 10;

/** Serves one channel; whatever goes wrong there is told in its report and hurts no other. */
export async function deliver(
  ports: DeliveryPorts,
  tick: DeliveryRun,
  channel: Channel,
  ends: readonly JournalEnd[],
): Promise<ChannelReport> {
  try {
    return await serve(ports, tick, channel, ends);
  } catch (error) {
    const { name } = channel;
    const known = tick.memory.channels.get(name);
    const left = known === undefined ? 0 : backlog(known, lastSeqsOf(ends));
    tick.memory.channels.delete(name);
    const report = { channel: name, messages: 0, changes: 0, outcome: 'error' } as const;
    return { ...report, backlog: left, error: reasonOf(error) };
  }
}

/**
 * Tells one channel what it has not been told, message by message, until it is served, refuses, or
 * the tick's time is over. A channel that is down delays nobody: the journal keeps its place.
 */
async function serve(
  { journal, runtime }: DeliveryPorts,
  tick: DeliveryRun,
  channel: Channel,
  ends: readonly JournalEnd[],
): Promise<ChannelReport> {
  const { tickId, memory, deadlineMs } = tick;
  const lastSeqs = lastSeqsOf(ends);
  let messages = 0;
  let changes = 0;
  const report = (state: ChannelState, outcome: ChannelReport['outcome']): ChannelReport => {
    const left = backlog(state, lastSeqs);
    const error = state.problem === null ? {} : { error: state.problem };
    return { channel: channel.name, messages, changes, outcome, backlog: left, ...error };
  };

  const remembered = memory.channels.get(channel.name);
  // A cursor only moves forward, so one that was at the end is still there.
  if (remembered !== undefined && backlog(remembered, lastSeqs) === 0) {
    return report(remembered, 'idle');
  }
  let state = await readState(journal, channel);
  /** False: another tick has moved this channel meanwhile, and what it left is to be looked at. */
  const move = async (to: ChannelState): Promise<boolean> => {
    const isMine =
      (await tryMove(journal, { runtime, deadlineMs }, channel.name, state, to)) === 'done';
    state = isMine ? to : await readState(journal, channel);
    memory.channels.set(channel.name, state);
    return isMine;
  };
  let pending: Pending = new Map();
  const timeLeftMs = () => deadlineMs - SETTLING_MS - runtime.now();
  while (timeLeftMs() >= MIN_SEND_TIMEOUT_MS) {
    pending = past(pending, state);
    if (isEmpty(pending)) pending = await readPending(journal, ends, state);
    const next: Plan = plan(channel, state, pending, { tickId, nowMs: runtime.now() });
    switch (next.kind) {
      case 'idle':
        return report(state, messages > 0 ? 'delivered' : 'idle');
      case 'wait':
        // Another tick is sending, or died while it was: seconds. All else is for a later tick.
        if (next.untilMs !== state.claim?.untilMs) {
          return report(state, state.failures > 0 ? 'retry' : 'waiting');
        }
        await runtime.sleep(Math.min(CLAIM_POLL_MS, next.untilMs - runtime.now()));
        state = await readState(journal, channel);
        break;
      case 'skip':
        await move(skipTo(state, next.to, tickId));
        break;
      case 'send': {
        if (!(await move(claimMessage(state, next.to, { tickId, nowMs: runtime.now() })))) break;
        const timeoutMs = Math.min(SEND_TIMEOUT_MS, timeLeftMs());
        // Writing the claim took until the end. Left behind, it would label a repeat of nothing.
        if (timeoutMs < MIN_SEND_TIMEOUT_MS) {
          await move(releaseClaim(state, tickId));
          break;
        }
        const outcome = await channel.send(next.message, timeoutMs);
        const moment = { tickId, nowMs: runtime.now(), jitter: runtime.random() };
        const isSettled = await move(settle(state, outcome, channel, moment));
        if (outcome.kind !== 'delivered') return report(state, outcome.kind);
        if (!isSettled) break;
        messages += 1;
        changes += toldChanges(next.message.commits);
        break;
      }
    }
  }
  return report(state, 'waiting');
}

async function readState(journal: Journal, { name }: Channel): Promise<ChannelState> {
  const state = await journal.channel(name);
  if (state === undefined) throw new RangeError(`channel ${name} has not joined`);
  return state;
}

/**
 * Gives every channel a place in every scope's journal: the last commit before this tick. This
 * ends before the tick commits anything, for a channel without a place would never be told of it.
 * It answers what went wrong instead of throwing, since nobody may be waiting yet.
 */
export async function joinChannels(
  ports: DeliveryPorts,
  tick: DeliveryRun,
  ends: readonly Pick<JournalEnd, 'scope' | 'lastSeq'>[],
): Promise<Error | undefined> {
  const lastSeqs = lastSeqsOf(ends);
  try {
    await allOf(ports.channels.map(({ name }) => join(ports, tick, name, lastSeqs)));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function join(
  { journal, runtime }: DeliveryPorts,
  { tickId, scopes, memory, deadlineMs }: DeliveryRun,
  name: string,
  lastSeqs: ReadonlyMap<string, number>,
): Promise<void> {
  const remembered = memory.channels.get(name);
  if (remembered !== undefined && registerScopes(remembered, lastSeqs, tickId) === undefined)
    return;
  for (let attempt = 1; attempt <= MAX_JOIN_ATTEMPTS; attempt += 1) {
    const before = await readableState(journal, name);
    // Its report says so. Its places are in the row, so that a corrected row loses nothing.
    if (before === 'unreadable') return;
    const cut = before === undefined ? [] : await cutShort(journal, scopes, before, lastSeqs);
    const after = registerScopes(before && dropScopes(before, cut), lastSeqs, tickId);
    const isJoined =
      after === undefined ||
      (await tryMove(journal, { runtime, deadlineMs }, name, before, after)) === 'done';
    const state = after ?? before;
    if (isJoined && state !== undefined) {
      memory.channels.set(name, state);
      return;
    }
  }
  throw new JournalError('failed', 'Contention', `channel ${name} could not join`);
}

async function readableState(
  journal: Journal,
  name: string,
): Promise<ChannelState | undefined | 'unreadable'> {
  try {
    return await journal.channel(name);
  } catch (error) {
    if (isCorrupt(error)) return 'unreadable';
    throw error;
  }
}

/**
 * Scopes whose journal has lost commits that a channel was told, because somebody has removed rows:
 * new ones take their numbers, and a channel that kept its place there would never be told of them.
 */
async function cutShort(
  journal: Journal,
  scopes: readonly Scope[],
  state: ChannelState,
  lastSeqs: ReadonlyMap<string, number>,
): Promise<readonly string[]> {
  const ahead = scopesAhead(state, lastSeqs);
  const cut: string[] = [];
  for (const scope of scopes.filter(({ key }) => ahead.includes(key))) {
    // Another tick may have committed and delivered since this one looked: then the row is there.
    const told = await journal.commitAt(scope, state.cursor[scope.key]?.seq ?? 0);
    if (told === undefined) cut.push(scope.key);
  }
  return cut;
}

function lastSeqsOf(
  ends: readonly Pick<JournalEnd, 'scope' | 'lastSeq'>[],
): ReadonlyMap<string, number> {
  return new Map(
    ends.flatMap(({ scope, lastSeq }) => (lastSeq === null ? [] : [[scope.key, lastSeq]])),
  );
}

/** Scope → its commits that a channel has not been told, or the first of them. */
type Pending = ReadonlyMap<string, readonly Commit[]>;

function past(pending: Pending, { cursor }: ChannelState): Pending {
  return new Map(
    [...pending].map(([scope, commits]) => [
      scope,
      commits.filter(({ seq }) => seq > (cursor[scope]?.seq ?? 0)),
    ]),
  );
}

function isEmpty(pending: Pending): boolean {
  return [...pending.values()].every((commits) => commits.length === 0);
}

async function readPending(
  journal: Journal,
  ends: readonly JournalEnd[],
  { cursor }: ChannelState,
): Promise<Pending> {
  const unreadable: unknown[] = [];
  // A commit that cannot be read stops its own scope, and the others are delivered first.
  const backlogOf = (scope: Scope, from: number): Promise<readonly Commit[]> =>
    readBacklog(journal, scope, from).catch((error) => {
      if (!isCorrupt(error)) throw error;
      unreadable.push(error);
      return [];
    });
  const entries = await allOf(
    ends.map(async ({ scope, lastSeq, made }) => {
      const from = cursor[scope.key]?.seq;
      const isServed = from === undefined || lastSeq === null || from >= lastSeq;
      if (isServed) return [scope.key, []] as const;
      const isMade = made[0]?.seq === from + 1;
      return [scope.key, isMade ? made : await backlogOf(scope, from)] as const;
    }),
  );
  const commits = new Map(entries);
  const isOnlyUnreadable = isEmpty(commits) && unreadable.length > 0;
  if (isOnlyUnreadable) throw unreadable[0];
  return commits;
}

/** The next commits past `from`, more and more at a time until they are enough for a message. */
async function readBacklog(
  journal: Journal,
  scope: Scope,
  from: number,
): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  let changes = 0;
  let size = FIRST_PENDING_READ;
  while (commits.length < MAX_PENDING && changes < MAX_PENDING_CHANGES) {
    const more = await journal.after(scope, commits.at(-1)?.seq ?? from, size);
    commits.push(...more);
    changes += more.reduce((sum, commit) => sum + commit.changes.length, 0);
    if (more.length < size) break;
    size *= 2;
  }
  return commits;
}

async function tryMove(
  journal: Journal,
  limits: Limits,
  name: string,
  before: ChannelState | undefined,
  after: ChannelState,
): Promise<'done' | 'taken'> {
  const write = async () =>
    (await journal.moveChannel(name, before, after)) === 'moved' ? 'done' : 'taken';
  const readBack = async () => {
    const stored = await journal.channel(name);
    if (stored?.version === before?.version) return 'absent';
    return stored?.version === after.version && stored.tickId === after.tickId ? 'ours' : 'theirs';
  };
  return writeOnce({ write, readBack, isUnknown: isUnknownOutcome }, limits);
}

/** Changes that a message told; the instances of a baseline are told as a number. */
function toldChanges(commits: readonly Commit[]): number {
  return commits.reduce((sum, { changes, notice }) => sum + (notice ? 0 : changes.length), 0);
}
