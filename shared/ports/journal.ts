import type { ChannelState, Starts } from '../core/channel-state.ts';
import type { Health } from '../core/health.ts';
import type { Commit, Scope, Snapshot } from '../core/model.ts';

/** A stored snapshot: which commit it stands at, in how many parts it lies, and who stored it. */
export interface CheckpointRef {
  readonly seq: number;
  readonly parts: number;
  readonly writer: string;
}

/** A scope's head row: where reading starts, and how the ticks are doing. */
export interface Head {
  readonly checkpoint: CheckpointRef | null;
  readonly health: Health;
  /** Where channels begin in this scope's journal. */
  readonly starts: Starts;
}

/** The right to scan and send for a scope, so that two ticks do not do the same work at once. */
export interface Lease {
  readonly owner: string;
  readonly untilMs: number;
}

/** A lease that reaches further than this was taken by a clock that was wrong, and binds nobody. */
export const MAX_LEASE_MS = 30_000;

/** What the view needs of the journal. @throws {JournalError} */
export interface JournalReader {
  head(scope: Scope): Promise<Head | undefined>;
  /** At most `limit` commits of a scope past `seq`, oldest first. */
  after(scope: Scope, seq: number, limit: number): Promise<readonly Commit[]>;
  /** At most `limit` commits of a scope before `seq`, newest first. */
  before(scope: Scope, seq: number, limit: number): Promise<readonly Commit[]>;
  checkpoint(scope: Scope, ref: CheckpointRef): Promise<Snapshot>;
  /** Undefined: this channel was never registered. */
  channel(name: string): Promise<ChannelState | undefined>;
  /** Capacity units charged to this journal's reads and writes since it was made. */
  readonly units: { readonly read: number; readonly write: number };
}

/** The append-only log and what stands beside it. @throws {JournalError} */
export interface Journal extends JournalReader {
  /** Writes `commit` at (scope, seq) if nothing is there yet: whole, once, or not at all. */
  append(commit: Commit): Promise<'appended' | 'taken'>;
  /** The commit at (scope, seq), if any: what became of a write whose answer was lost. */
  commitAt(scope: Scope, seq: number): Promise<Commit | undefined>;
  /** Takes the scope's lease if it is free, over, mine already, or longer than a lease may be. */
  lease(scope: Scope, lease: Lease, nowMs: number): Promise<'mine' | Lease>;
  /** Remembers the health, and gives the lease back. */
  saveHealth(scope: Scope, health: Health): Promise<void>;
  /**
   * Replaces the starts of a scope's head row if they are still `before`. Only runs that watch the
   * scope write them, so runs of different scopes never contend.
   */
  saveStarts(scope: Scope, before: Starts, after: Starts): Promise<'saved' | 'taken'>;
  /**
   * Stores all parts, then makes them current at once, then removes older ones. Answers which
   * checkpoint is current then: another tick's, when that one stands at least as far. One that is
   * `damaged` is replaced even where it stands as far; where not even its reference can be read, it
   * is named by the text that stands in its place.
   */
  saveCheckpoint(
    scope: Scope,
    snapshot: Snapshot,
    writer: string,
    damaged?: CheckpointRef | string,
  ): Promise<CheckpointRef>;
  /** Replaces a channel's state if it is still `before` (undefined: not there yet). */
  moveChannel(
    name: string,
    before: ChannelState | undefined,
    after: ChannelState,
  ): Promise<'moved' | 'taken'>;
}

/** What a repair may do, and nothing else. @throws {JournalError} */
export interface JournalRepair extends Pick<Journal, 'lease' | 'saveCheckpoint'> {
  removeParts(scope: Scope, names: readonly string[]): Promise<void>;
}

export type JournalFailure =
  /** Nothing was read or written. */
  | 'failed'
  /** A write may or may not have been applied: its answer was lost. */
  | 'unknown'
  /** What is stored cannot be read. */
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

/** Says this error that a write may or may not have been applied? */
export function isUnknownOutcome(error: unknown): boolean {
  return error instanceof JournalError && error.kind === 'unknown';
}
