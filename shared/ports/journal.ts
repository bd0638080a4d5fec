import type { ChannelState, Starts } from '../core/channel-state.ts';
import type { CallTotals, Health } from '../core/health.ts';
import type { Commit, Scope, Snapshot } from '../core/model.ts';
import type { Stored } from '../core/stored.ts';
import type { WatchList } from '../core/watch-list.ts';
import type { DeliveryLog, DeliveryLogReader } from './deliveries.ts';

/** A stored snapshot: the commit that it was made at, the number of its parts, and its writer. */
export interface CheckpointRef {
  readonly seq: number;
  readonly parts: number;
  readonly writer: string;
}

/** A checkpoint that is kept as long as commits are: a moment of the past is read from the nearest. */
export interface KeptCheckpoint extends CheckpointRef {
  /** When it was stored. */
  readonly atMs: number;
  /** Of all its parts: what was stored is what is read, or it is not used. */
  readonly digest: string;
}

/** A scope's head row: where reading starts, and how the ticks are doing. */
export interface Head {
  /** Null: there is none, or its reference cannot be read. */
  readonly checkpoint: CheckpointRef | null;
  /** Without history where none is stored, or where it cannot be read. */
  readonly health: Health;
  /** Where channels begin in this scope's journal; empty where that cannot be read. */
  readonly starts: Starts;
  /** Absent: no tick has stored any, or this head is a tick's own, which only adds to them. */
  readonly totals?: CallTotals;
  /** What the last tick has sent, which the next one adds. Absent: the totals hold the calls of every tick. */
  readonly uncounted?: CallTotals;
  /** The tick that saved it, where no other one has taken the lease since. */
  readonly savedBy?: string;
  /** The cells that cannot be read. Absent: all can. */
  readonly unreadable?: {
    readonly checkpoint?: UnreadableCell;
    readonly health?: UnreadableCell;
    readonly starts?: UnreadableCell;
  };
}

export interface UnreadableCell {
  readonly error: JournalError;
  /** The text in it, where it is a text. */
  readonly text?: string;
}

/** The right to scan and send for a scope, so that two ticks do not do the same work at once. */
export interface Lease {
  readonly owner: string;
  readonly untilMs: number;
}

/** Longest valid lease. One that expires later was written by a wrong clock and is ignored. */
export const MAX_LEASE_MS = 30_000;

/** The calls of a run, on their way to the totals. */
export type SentCalls =
  /**
   * Added at once, for one unit to read: runs that overlap lose nothing of each other's. A write
   * whose answer is lost is repeated, and may be added twice.
   */
  | { readonly add: CallTotals }
  /** Left for the next lease, for nothing: only a run whose lease was `counted`, and lasts, may do so. */
  | { readonly leave: CallTotals };

/** The run itself, and others. */
export type LeaseOwners = readonly [string, ...string[]];

/** How far a reader has come in a scope's journal. */
export interface ReaderPlace {
  readonly scope: Scope;
  readonly seq: number;
  /** The head that it knows. */
  readonly head: Head | undefined;
}

/** What has become of a scope since. */
export interface Peeked {
  /** The head that the reader knows, if it is the same. */
  readonly head: Head | undefined;
  /** Is there a commit at the next seq? */
  readonly isFollowed: boolean;
}

/** What the view needs of the journal. @throws {JournalError} */
export interface JournalReader extends DeliveryLogReader {
  head(scope: Scope): Promise<Head | undefined>;
  /**
   * Scope key → whether anything is new there, for each of these places. It costs two read units a
   * scope and one request for 50 of them, however large their commits are.
   */
  peek(places: readonly ReaderPlace[]): Promise<ReadonlyMap<string, Peeked>>;
  /**
   * The seq of the last commit of a scope; 0: there is none. It costs one read unit, however large
   * that commit is.
   */
  lastSeq(scope: Scope): Promise<number>;
  /** At most `limit` commits of a scope past `seq`, oldest first. */
  after(scope: Scope, seq: number, limit: number): Promise<readonly Commit[]>;
  /**
   * The first of these: as many as the store returns at once, 4 MB of them at most. None: there is no
   * commit past `seq`.
   */
  nextAfter(scope: Scope, seq: number, limit: number): Promise<readonly Commit[]>;
  /** At most `limit` commits of a scope before `seq`, newest first. */
  before(scope: Scope, seq: number, limit: number): Promise<readonly Commit[]>;
  checkpoint(scope: Scope, ref: CheckpointRef): Promise<Snapshot>;
  /** The newest kept checkpoint of a scope at `seq` or before. One that cannot be read is passed over. */
  keptUntil(scope: Scope, seq: number): Promise<KeptCheckpoint | undefined>;
  /** The oldest one past `seq`. */
  keptAfter(scope: Scope, seq: number): Promise<KeptCheckpoint | undefined>;
  keptSnapshot(scope: Scope, kept: KeptCheckpoint): Promise<Snapshot>;
  /** Undefined: this channel was never registered. */
  channel(name: string): Promise<ChannelState | undefined>;
  /** Every channel that was ever registered, by name, in the order of the names. */
  channels(): Promise<ReadonlyMap<string, Stored<ChannelState>>>;
  /** What the watcher watches. Undefined: it has not stored it yet. */
  watchList(): Promise<Stored<WatchList> | undefined>;
  /** Capacity units charged to this journal's reads and writes since it was made. */
  readonly units: { readonly read: number; readonly write: number };
}

/** The append-only log and what is stored beside it. @throws {JournalError} */
export interface Journal extends JournalReader, DeliveryLog {
  /** Writes `commit` at (scope, seq) if nothing is there yet: whole, once, or not at all. */
  append(commit: Commit): Promise<'appended' | 'taken'>;
  /** The commit at (scope, seq), if any: what became of a write whose answer was lost. */
  commitAt(scope: Scope, seq: number): Promise<Commit | undefined>;
  /**
   * Takes the scope's lease if it is free, over, mine already, or longer than a lease may be. `known` is
   * the head as the run knows it: if the tick that saved it was the last one to take the lease, the same
   * write adds its uncounted calls to the totals, once, and the result is `counted`. Otherwise the head
   * may not be the one that the run knows.
   */
  lease(
    scope: Scope,
    lease: Lease,
    nowMs: number,
    known?: Pick<Head, 'uncounted' | 'savedBy'>,
  ): Promise<'counted' | 'mine' | Lease>;
  /**
   * Remembers the health, and gives the lease back. No total ever decreases. `owners`: the run that
   * saves, and those whose lease it may end. If a run that is none of them was the last one to take the
   * lease, the result is `taken`: that run keeps the lease, and its health, once it has saved one, is not
   * replaced. What was sent is added all the same. Absent: no run but this one can hold the lease, as
   * where calls are left. Where calls are added, the condition costs nothing more.
   */
  saveHealth(
    scope: Scope,
    health: Health,
    sent?: SentCalls,
    owners?: LeaseOwners,
  ): Promise<'saved' | 'taken'>;
  /**
   * Remembers the failure of a run that holds the lease and has not looked at the scope, and gives the
   * lease back. A run that has looked knows better. If one has saved a health since the lease was taken,
   * the result is `taken`, and its health stays; if one saves a health later, it replaces the failure.
   */
  saveFailure(scope: Scope, health: Health, lease: Lease): Promise<'saved' | 'taken'>;
  /**
   * Replaces the starts of a scope's head row if they are still `before`. Only runs that watch the
   * scope write them, so runs of different scopes never contend. Where they cannot be read, their
   * text is `before`, or null where the cell holds no text: it is then replaced in any case.
   */
  saveStarts(
    scope: Scope,
    before: Starts | string | null,
    after: Starts,
  ): Promise<'saved' | 'taken'>;
  /**
   * Stores all parts, then makes them current at once, then removes older ones. Returns the current
   * checkpoint: that of another tick, if it was made at the same commit or a later one. `replaced`,
   * the one that the tick began with, is replaced in any case. Where its reference cannot be read,
   * the text of the reference names it, or null where the cell holds no text.
   */
  saveCheckpoint(
    scope: Scope,
    snapshot: Snapshot,
    writer: string,
    replaced?: CheckpointRef | string | null,
  ): Promise<CheckpointRef>;
  /**
   * Stores a snapshot that is kept as long as commits are. It is there when all of it is: a run that
   * dies before leaves nothing that is found. Of two runs at the same commit, one is found.
   */
  keepCheckpoint(scope: Scope, snapshot: Snapshot, writer: string, atMs: number): Promise<void>;
  /** Replaces what the watcher watches. Runs of one configuration store the same. */
  saveWatchList(list: WatchList): Promise<void>;
  /** Replaces a channel's state if it is still `before` (undefined: not there yet). */
  moveChannel(
    name: string,
    before: ChannelState | undefined,
    after: ChannelState,
  ): Promise<'moved' | 'taken'>;
}

/** All that a repair may do. @throws {JournalError} */
export interface JournalRepair extends Pick<Journal, 'after' | 'lease' | 'saveCheckpoint'> {
  removeParts(scope: Scope, names: readonly string[]): Promise<void>;
}

export type JournalFailure =
  /** Nothing was read or written. */
  | 'failed'
  /** A write may or may not have been applied: its answer was lost. */
  | 'unknown'
  /** A row cannot be read: the message says which one, and what is wrong with it. */
  | 'corrupt';

export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly kind: JournalFailure;
  /** As Tablestore spells it (`OTSServerBusy`), or the network's own code. */
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(
    kind: JournalFailure,
    code: string,
    message: string,
    options: { requestId?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.code = code;
    this.requestId = options.requestId;
  }
}

/** Does this error say that a write may or may not have been applied? */
export function isUnknownOutcome(error: unknown): boolean {
  return error instanceof JournalError && error.kind === 'unknown';
}
