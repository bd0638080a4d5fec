import type { Details, Scope } from '../core/model.ts';
import type { SecondOpinion } from '../core/second-opinion.ts';

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
 * The instances of all scopes, read-only. Every call is one request to ECS, tried once: pace and
 * retries belong to the caller, which knows the deadline (milliseconds since 1970) and the budget.
 * @throws {InventoryError}
 */
export interface Inventory {
  /** One page of the scope's listing; pages count from 1. */
  page(scope: Scope, pageNumber: number, deadlineMs: number): Promise<Page>;
  /**
   * The statuses of at most `PAGE_SIZE` instances. An id missing from the answer no longer exists,
   * provided all ids fit on one page.
   */
  byIds(scope: Scope, ids: readonly string[], deadlineMs: number): Promise<Page>;
  /** Names, zones, tags and addresses of at most `MAX_DETAILS` instances. */
  details(
    scope: Scope,
    ids: readonly string[],
    deadlineMs: number,
  ): Promise<ReadonlyMap<string, Details>>;
  /**
   * What DescribeInstances says of at most `MAX_DETAILS` instances, or, without ids, of the whole
   * scope. Without permission it refuses, where DescribeInstanceStatus may answer an empty list.
   */
  secondOpinion(
    scope: Scope,
    ids: readonly string[] | undefined,
    deadlineMs: number,
  ): Promise<SecondOpinion>;
  /**
   * Does ECS confirm that this account may see the scope's instances? Only a dry run of
   * DescribeInstances can: an empty list may also be what an account without permission sees.
   */
  mayLook(scope: Scope, deadlineMs: number): Promise<boolean>;
  /** The regions that an account may use, whether they hold instances or not. */
  regionIds(account: string, deadlineMs: number): Promise<readonly string[]>;
}

/** Instances that DescribeInstances returns for one page at most. */
export const MAX_DETAILS = 100;

/** What the caller of ECS may do about a failure. */
export type InventoryFailure =
  /** Too many calls: wait, then call at a slower pace. */
  | 'throttled'
  /** A reset, a timeout, a 5xx or a page that is no JSON: the same call may succeed. */
  | 'transient'
  /** A well-formed answer that breaks what DescribeInstanceStatus promises: believe nothing of it. */
  | 'malformed'
  /** An id of the request does not exist, where ECS is expected to leave it out of its answer. */
  | 'not-found'
  /** Permission, credentials or configuration: a person must act. */
  | 'refused'
  /** Not asked: neither the call budget nor the tick had room for the call. */
  | 'out-of-time';

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
