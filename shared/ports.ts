import type { Link } from './core/chain.ts';
import type { ChannelState, Message, Outcome } from './core/delivery.ts';
import type { Found } from './core/diagnosis.ts';
import type { SecondOpinion } from './core/guard.ts';
import type { Health } from './core/health.ts';
import type { Commit, Details, Scope, Snapshot } from './core/model.ts';

/** The doors to the outside. The stories know these, and nothing behind them. */
export interface Ports {
  readonly inventory: Inventory;
  readonly journal: Journal;
  readonly channels: readonly Channel[];
  /** Pinged after each good tick; throws when it is not received in time. Absent: nobody listens. */
  readonly heartbeat?: (timeoutMs: number) => Promise<void>;
  readonly world: World;
}

/** Time and chance, so that a test can own both. */
export interface World {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Rings once after `ms`, unless the function that it answers was called before. */
  alarm(ms: number, ring: () => void): () => void;
  /** A number in [0, 1). */
  random(): number;
}

/** One answer of DescribeInstanceStatus. */
export interface Page {
  /** Instance id → status, in the order of the answer. */
  readonly statuses: ReadonlyMap<string, string>;
  /** The rows of the answer; more than `statuses` when an id was repeated. */
  readonly rows: number;
  /** The size of the whole listing, as ECS counts it. */
  readonly totalCount: number;
  /** Rows of a full page, as ECS says; it may hold fewer than were asked for. */
  readonly pageSize: number;
}

/** Instances that DescribeInstanceStatus returns for one page at most. */
export const PAGE_SIZE = 50;

/**
 * The fleet, read-only. Every call is one request to ECS, tried once: pace and retries belong to
 * the caller, who knows the deadline (milliseconds since 1970) and the budget.
 * @throws {InventoryError}
 */
export interface Inventory {
  /** One page of the scope's listing; pages count from 1. */
  page(scope: Scope, pageNumber: number, deadlineMs: number): Promise<Page>;
  /**
   * The statuses of at most `PAGE_SIZE` instances by id: whom the answer does not show is gone, if
   * they all fit on a page of its size.
   */
  byIds(scope: Scope, ids: readonly string[], deadlineMs: number): Promise<Page>;
  /** Names, zones, tags and addresses of at most `MAX_DETAILS` instances. */
  details(
    scope: Scope,
    ids: readonly string[],
    deadlineMs: number,
  ): Promise<ReadonlyMap<string, Details>>;
  /**
   * What DescribeInstances says of the same instances (at most `MAX_DETAILS`), or, without ids, of
   * the whole scope. It refuses where DescribeInstanceStatus may answer an empty list.
   */
  secondOpinion(
    scope: Scope,
    ids: readonly string[] | undefined,
    deadlineMs: number,
  ): Promise<SecondOpinion>;
}

/** Instances that DescribeInstances returns for one page at most. */
export const MAX_DETAILS = 100;

/** What the caller of ECS may do about a failure. */
export type InventoryFailure =
  /** Too many calls: wait, and come slower. */
  | 'throttled'
  /** A reset, a timeout, a 5xx or a page that is no JSON: the same call may succeed. */
  | 'transient'
  /** A well-formed answer that is not what DescribeInstanceStatus promises: believe nothing. */
  | 'malformed'
  /** Permission, credentials or configuration: a person must act. */
  | 'refused';

/**
 * Codes by which ECS may say that an id does not exist, where DescribeInstanceStatus is expected to
 * leave it out. Source: other pages of the ECS API reference; this one is silent.
 */
export const UNKNOWN_ID = /^InvalidInstanceIds?\.NotFound$/u;

export class InventoryError extends Error {
  override readonly name = 'InventoryError';
  readonly kind: InventoryFailure;
  /** As ECS spells it (`Throttling.User`, `Forbidden.RAM`), or the network's own code. */
  readonly code: string;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: InventoryFailure,
    code: string,
    message: string,
    options: { requestId?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.code = code;
    this.requestId = options.requestId;
    this.retryAfterMs = options.retryAfterMs;
  }
}

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

/**
 * The journal row by row, for who examines it: a row that cannot be read is named and hides no
 * other one. Nothing is written, and tables that are not there hold nothing. @throws {JournalError}
 */
export interface JournalRows {
  /** At most `limit` rows of a scope past `seq`, oldest first. */
  commits(scope: Scope, seq: number, limit: number): Promise<readonly Link[]>;
  /** Undefined: nothing but a lease at most stands there. */
  head(scope: Scope): Promise<HeadRow | undefined>;
  lease(scope: Scope): Promise<Lease | undefined>;
  /** What one part (from 0) of a checkpoint holds of its snapshot. @throws {JournalError} `corrupt` */
  part(scope: Scope, ref: CheckpointRef, index: number): Promise<Snapshot>;
  /** Parts that are stored and do not belong to `current`, whoever left them. */
  strayParts(scope: Scope, current: CheckpointRef | null): Promise<readonly StrayPart[]>;
  /** Every channel that was ever registered, by name. */
  channels(): Promise<ReadonlyMap<string, Found<ChannelState>>>;
}

/** A scope's head row, each cell for itself; null: it was never written. */
export interface HeadRow {
  readonly checkpoint: Found<CheckpointRef> | null;
  readonly health: Found<Health> | null;
}

export interface StrayPart {
  readonly name: string;
  readonly writtenAtMs: number;
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

/** One configured receiver. */
export interface Channel {
  readonly name: string;
  /** A chat gets one digest of everything that is new; an endpoint gets each commit as it is. */
  readonly style: 'digest' | 'commits';
  /** How many messages a minute this receiver may be sent, by plan. */
  readonly messagesPerMinute: number;
  /**
   * One attempt, of `timeoutMs` at most; without it, as long as the channel itself has patience.
   * It answers what became of it and does not throw for anything a receiver does.
   */
  send(message: Message, timeoutMs?: number): Promise<Outcome>;
}

/** Why something failed, in one line: the service's own code and request id where there is one. */
export function reasonOf(error: unknown): string {
  if (error instanceof InventoryError || error instanceof JournalError) {
    const request = error.requestId === undefined ? '' : ` (request ${error.requestId})`;
    return `${error.code}: ${error.message}${request}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** What a cause says; one of another realm is no instance of this one's Error. */
export function messageOf(cause: unknown): string {
  return String((cause as { readonly message?: unknown } | null)?.message ?? cause);
}
