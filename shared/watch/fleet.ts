import type { CallsLeft, Health } from '../core/health.ts';
import type { Details, Scope } from '../core/model.ts';
import type { SecondOpinion } from '../core/second-opinion.ts';
import { type Inventory, PAGE_SIZE, type Page } from '../ports/inventory.ts';
import { openBudget } from './budget.ts';
import { createPacer, type Pacer, type Patience } from './pacer.ts';
import type { Ports } from './ports.ts';
import { listingDeadlineMs, scanDeadlineMs, suspectsDeadlineMs, type Tick } from './tick.ts';

/**
 * The instances of one scope, as ECS answers for them during one tick. Every request keeps the pace
 * of the scope's account and region, and is tried again while that can help.
 * @throws {InventoryError} from each request
 */
export interface Fleet {
  readonly scope: Scope;
  /** One page of the scope's listing. What is left of the tick's time is kept for other requests. */
  page(pageNumber: number): Promise<Page>;
  /** Instances of a full page, of the smallest that ECS has answered with so far. */
  readonly pageSize: number;
  /** The statuses of at most `PAGE_SIZE` instances. */
  byIds(ids: readonly string[]): Promise<Page>;
  /** The details of at most `MAX_DETAILS` instances. */
  details(ids: readonly string[]): Promise<ReadonlyMap<string, Details>>;
  /** The same as `details`, tried once and waited for until then at most. */
  detailsOnce(ids: readonly string[], untilMs: number): Promise<ReadonlyMap<string, Details>>;
  /** Calls that this tick may still send, and yet as many as so far can be sent again at `atMs`. */
  spareCalls(atMs: number): number;
  /** What DescribeInstances says of at most `MAX_DETAILS` instances, or of the whole scope. */
  secondOpinion(ids: readonly string[] | undefined): Promise<SecondOpinion>;
  /** Does ECS confirm that this account may see the instances that DescribeInstances shows? */
  mayLook(): Promise<boolean>;
  /** The calls that the scope may still send now. */
  callsLeft(): CallsLeft;
  /** The calls that the scope may send in a minute. */
  readonly callsPerMinute: number;
  /** No further request is sent: each one fails, also one that waits for its turn. */
  stop(): void;
  /** Requests sent, and how many of them were throttled. */
  readonly calls: number;
  readonly throttles: number;
}

/** A second opinion on what vanished, a dry run, and one that is tried again. */
const OPINION_CALLS = 3;

/** The share of a budget that a listing leaves to suspects, second opinions and names. */
const KEPT_SHARE = 0.25;

/** The fleet of a scope for one tick, with what the last tick has left of its call budget. */
export function openFleet(
  { inventory, runtime }: Ports,
  tick: Tick,
  scope: Scope,
  { callsLeft }: Pick<Health, 'callsLeft'>,
): Fleet {
  const budget = openBudget(callsPerMinuteOf(tick, scope), runtime.now(), callsLeft);
  const pacer = createPacer({ budget, deadlineMs: scanDeadlineMs(tick) }, runtime);
  const spare = Math.floor(budget.callsPerMinute) - 1;
  const kept = Math.max(0, Math.min(spare, Math.ceil(budget.callsPerMinute * KEPT_SHARE)));
  return pacedFleet(inventory, scope, pacer, {
    listing: { untilMs: listingDeadlineMs(tick), kept },
    suspects: { untilMs: suspectsDeadlineMs(tick), kept: Math.min(kept, OPINION_CALLS) },
  });
}

/** Scopes of one account and region share its budget. It is divided, so that none starves. */
function callsPerMinuteOf({ scopes, callsPerMinute }: Tick, { account, regionId }: Scope): number {
  const sharing = scopes.filter(
    (scope) => scope.account === account && scope.regionId === regionId,
  ).length;
  return Math.max(1, callsPerMinute / Math.max(1, sharing));
}

/** A fleet over the port that sends single requests. */
export function pacedFleet(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  { listing = {}, suspects = {} }: { listing?: Patience; suspects?: Patience } = {},
): Fleet {
  let pageSize = PAGE_SIZE;
  const measured = async (answer: Promise<Page>): Promise<Page> => {
    const page = await answer;
    pageSize = Math.min(pageSize, page.pageSize);
    return page;
  };
  return {
    scope,
    page: (pageNumber) =>
      measured(pacer.call((deadlineMs) => inventory.page(scope, pageNumber, deadlineMs), listing)),
    get pageSize() {
      return pageSize;
    },
    byIds: (ids) =>
      measured(pacer.call((deadlineMs) => inventory.byIds(scope, ids, deadlineMs), suspects)),
    details: (ids) => pacer.call((deadlineMs) => inventory.details(scope, ids, deadlineMs)),
    detailsOnce: (ids, untilMs) =>
      pacer.call((deadlineMs) => inventory.details(scope, ids, Math.min(deadlineMs, untilMs)), {
        maxAttempts: 1,
      }),
    spareCalls: pacer.spareCalls,
    secondOpinion: (ids) =>
      pacer.call((deadlineMs) => inventory.secondOpinion(scope, ids, deadlineMs)),
    mayLook: () => pacer.call((deadlineMs) => inventory.mayLook(scope, deadlineMs)),
    callsLeft: pacer.callsLeft,
    callsPerMinute: pacer.callsPerMinute,
    stop: pacer.stop,
    get calls() {
      return pacer.calls;
    },
    get throttles() {
      return pacer.throttles;
    },
  };
}
