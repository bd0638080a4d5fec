import { parseJson } from '../../core/json.ts';
import { REGION_ID, type Scope } from '../../core/model.ts';
import { quoted } from '../../core/quoted.ts';
import { allowedRegions } from '../../core/region-pattern.ts';
import { accountAndRegionIn, scopesOf, type Target } from '../../core/target.ts';
import { headsIn, type PassedHead } from './passed-head.ts';

/** What a run sends to a shard. Times are durations, so that no two clocks are compared. */
export interface ShardOrder {
  /** The name of the environment. */
  readonly environment: string;
  /** The tick id of the run. Absent: an older version has sent the order. */
  readonly runId?: string;
  /** The keys of the scopes. */
  readonly scopes: readonly string[];
  /** Scope key → its head row, where the run knows it from the shard before. */
  readonly heads: Readonly<Record<string, PassedHead>>;
  /** So long the run waits for the report. */
  readonly reportInMs: number;
  /** After so long the next run is near, and nothing is written any more. */
  readonly endInMs: number;
}

/** An order with its scopes, as this environment's configuration has them. */
export interface AcceptedOrder extends Omit<ShardOrder, 'scopes' | 'heads'> {
  readonly scopes: readonly Scope[];
  readonly heads: ReadonlyMap<string, PassedHead>;
}

/** An event that is no order for this function. The message says why; nothing was read or written. */
export class OrderError extends Error {
  override readonly name = 'OrderError';
}

/** During a deployment, two versions may meet for seconds. */
const VERSION = 1;

export function orderText(order: ShardOrder): string {
  return JSON.stringify({ shard: VERSION, ...order });
}

/** A longer one is no shard's. Source: Function Compute "Limits", the longest timeout. */
const MAX_DURATION_MS = 86_400_000;

/**
 * The order in an event, if it is one for this environment and its scopes.
 * @throws {OrderError} naming what is wrong with it
 */
export function acceptOrder(
  event: string,
  environment: string,
  targets: readonly Target[],
): AcceptedOrder {
  const order = parseJson(event);
  if (typeof order !== 'object' || order === null || !('shard' in order)) {
    throw new OrderError(
      'the event is no order of the watch function and no event of ECS: this function watches what that ' +
        'one hands it, asks for what events name, and is not for other callers',
    );
  }
  const {
    shard,
    environment: named,
    runId,
    scopes,
    reportInMs,
    endInMs,
    heads,
  } = order as Record<string, unknown>;
  if (shard !== VERSION) {
    throw new OrderError(
      `the order has version ${quoted(shard)}, and this function knows ${VERSION}: deploy both functions together`,
    );
  }
  if (named !== environment) {
    throw new OrderError(
      `the order is of the environment ${quoted(named)}, and this function is of ${quoted(environment)}: see ECS_WATCH_NAME`,
    );
  }
  if (!Array.isArray(scopes) || scopes.length === 0) {
    throw new OrderError('the order names no scopes');
  }
  return {
    environment,
    ...(typeof runId === 'string' && { runId }),
    scopes: [...new Set(scopes)].map((key) => scopeOf(key, targets)),
    heads: headsIn(heads),
    reportInMs: durationIn('reportInMs', reportInMs),
    endInMs: durationIn('endInMs', endInMs),
  };
}

/** The key of a scope says everything of it, so that the configuration can make it again. */
function scopeOf(key: unknown, targets: readonly Target[]): Scope {
  const { account, regionId } = accountAndRegionIn(typeof key === 'string' ? key : '');
  for (const target of targets) {
    if (target.account !== account || regionId === undefined || !REGION_ID.test(regionId)) continue;
    const regions = target.regions === 'all' ? allowedRegions(target, [regionId]) : target.regions;
    if (!regions.includes(regionId)) continue;
    const scope = scopesOf(target, [regionId]).find((one) => one.key === key);
    if (scope !== undefined) return scope;
  }
  throw new OrderError(
    `the order names the scope ${quoted(key)}, which this environment does not watch: ` +
      'see WATCH_REGIONS and WATCH_CONFIG, and deploy both functions together',
  );
}

function durationIn(name: string, value: unknown): number {
  if (typeof value === 'number' && value > 0 && value <= MAX_DURATION_MS) return value;
  throw new OrderError(`the order has ${name} ${quoted(value)}, which is no time in milliseconds`);
}
