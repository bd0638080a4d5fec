import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../clock.ts';
import { faultPlan } from '../faults/plan.ts';
import { seededRandom } from '../random.ts';
import { type LocalServer, listen } from '../server.ts';
import type { AccessKey } from '../signature/access-key.ts';
import { type EcsAnswer, failure, success } from './answer.ts';
import {
  ApiError,
  apiNotFound,
  internalError,
  throttled,
  unsupportedHttpMethod,
} from './errors.ts';
import { churnFleet } from './faults/churn.ts';
import { deliver } from './faults/deliver.ts';
import { distorted } from './faults/distort.ts';
import { ECS_FAULTS, type EcsFault, type EcsFaults } from './faults/fault.ts';
import { fitsCall } from './faults/fits.ts';
import { refuse } from './faults/refuse.ts';
import { createFleet, type Fleet } from './fleet/fleet.ts';
import { API_VERSION, ECS_OPERATIONS } from './operations/index.ts';
import type { EcsOperation } from './operations/operation.ts';
import { pausableClock } from './pausable-clock.ts';
import { type ApiCall, readCall } from './request.ts';
import { requestIds } from './request-id.ts';
import { signatureVerifier } from './signature/verify.ts';
import { throttle } from './throttle.ts';
import { UNDOCUMENTED_DEFAULTS, type Undocumented } from './undocumented.ts';
import { type EcsUsage, ecsUsageMeter } from './usage.ts';

export type { AccessKey } from '../signature/access-key.ts';
export type { EcsFault, EcsFaults } from './faults/fault.ts';
export type { Fleet } from './fleet/fleet.ts';
export type { Instance } from './fleet/instance.ts';
export type { Status } from './fleet/lifecycle.ts';
export type { Page } from './fleet/page.ts';
export type { Undocumented } from './undocumented.ts';
export type { EcsUsage } from './usage.ts';

export interface EcsOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** The keys of the account; they see the same fleet and share its budget. */
  readonly accessKeys: readonly AccessKey[];
  /** Default: cn-hangzhou. */
  readonly regions?: readonly string[];
  /** Instances per region at the start, default 0. */
  readonly fleetSize?: number;
  /** Where all randomness begins, default 1. */
  readonly seed?: number;
  /** Changes per minute that the fleet makes by itself, on average over all regions, default 0. */
  readonly churnPerMinute?: number;
  /** What may be called in a minute for each API and region; default: any number. */
  readonly callsPerMinute?: number;
  /** What the fleet and the throttle live by; signatures are judged by the time of the machine. */
  readonly clock?: Clock;
  readonly undocumented?: Partial<Undocumented>;
}

export interface EcsServer extends LocalServer {
  readonly fleet: Fleet;
  /** Replaces the faults; `[]` ends them. @throws {RangeError} naming every bad field. */
  setFaults(faults: EcsFaults): void;
  readonly usage: EcsUsage;
}

/** An ECS endpoint on the loopback address, for one account. */
export async function startEcs(options: EcsOptions): Promise<EcsServer> {
  const { clock = systemClock, seed = 1, regions = ['cn-hangzhou'] } = options;
  const undocumented = { ...UNDOCUMENTED_DEFAULTS, ...options.undocumented };
  const fleetClock = pausableClock(clock);
  const fleet = createFleet({
    regionIds: regions,
    sizePerRegion: options.fleetSize ?? 0,
    churnPerMinute: options.churnPerMinute ?? 0,
    seed,
    clock: fleetClock,
  });
  const verify = signatureVerifier(options.accessKeys, Date.now);
  const inBudget = throttle(options.callsPerMinute ?? Number.POSITIVE_INFINITY, clock);
  const usage = ecsUsageMeter();
  const nextRequestId = requestIds(seed);
  const jitter = seededRandom(seed);
  const churnRandom = seededRandom(seed);
  const faults = faultPlan(ECS_FAULTS, seededRandom(seed));

  /** Checks the signature and the budget of a call, then carries it out. */
  const answerTo = (call: ApiCall): { answer: EcsAnswer; hits: readonly EcsFault[] } => {
    const requestId = nextRequestId();
    let hits: readonly EcsFault[] = [];
    try {
      const operation = operationOf(call);
      verify(call);
      if (!inBudget(`${call.action} ${call.parameters.get('RegionId') ?? regions[0]}`)) {
        throw throttled(undocumented.throttlingStatus, undocumented.retryAfterMs);
      }
      hits = faults.forRequest()(fitsCall(call));
      refuse(hits, call, undocumented);
      const body = fleetClock.whilePaused(() => {
        const rows = distorted(hits, operation, call, { fleet, undocumented });
        churnFleet(hits, call, fleet, churnRandom);
        return rows;
      });
      return { answer: success(call, requestId, body), hits };
    } catch (cause) {
      const error = cause instanceof ApiError ? cause : internalError(cause);
      if (error.code === 'Throttling.User') usage.throttled();
      return { answer: failure(call, requestId, error), hits };
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrivedMs = performance.now();
    usage.enter();
    try {
      const call = await readCall(request);
      if (ECS_OPERATIONS.has(call.action)) usage.called(call.action);
      const { answer, hits } = answerTo(call);
      await deliver(response, answer, hits, jitter, arrivedMs);
    } finally {
      usage.leave();
    }
  };

  const server = await listen(handle, options.port ?? 0);
  return {
    ...server,
    fleet,
    setFaults: faults.set,
    get usage() {
      return usage.read();
    },
  };
}

function operationOf({ method, path, action, version }: ApiCall): EcsOperation {
  if (method !== 'GET' && method !== 'POST') throw unsupportedHttpMethod();
  const operation = ECS_OPERATIONS.get(action);
  if (path !== '/' || version !== API_VERSION || !operation) throw apiNotFound();
  return operation;
}
