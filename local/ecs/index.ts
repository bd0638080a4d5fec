import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../clock.ts';
import { faultPlan } from '../faults/plan.ts';
import type { Account } from '../ram/account.ts';
import { seededRandom } from '../random.ts';
import { type LocalServer, listen } from '../server.ts';
import type { AccessKey } from '../signature/access-key.ts';
import type { Directory, Session } from '../sts/directory.ts';
import { type EcsAnswer, failure, success } from './answer.ts';
import {
  ApiError,
  apiNotFound,
  internalError,
  securityTokenExpired,
  throttled,
  unsupportedHttpMethod,
} from './errors.ts';
import { createEventBus, type EventBus } from './events/bus.ts';
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
export type { EventBus } from './events/bus.ts';
export type { EventFault } from './events/fault.ts';
export type { EventShape } from './events/shapes.ts';
export type { EcsFault, EcsFaults } from './faults/fault.ts';
export type { Fleet } from './fleet/fleet.ts';
export type { Instance } from './fleet/instance.ts';
export { allows, type Status } from './fleet/lifecycle.ts';
export type { Page } from './fleet/page.ts';
export type { Undocumented } from './undocumented.ts';
export type { EcsUsage } from './usage.ts';

export interface EcsOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** The keys of the account of `fleet`; they see the same instances and share its budget. */
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
  /** Further accounts, each with a fleet and a budget of its own. */
  readonly members?: readonly Member[];
  /** The keys of roles, which open the accounts of the roles. */
  readonly sessions?: Pick<Directory, 'session'>;
  /** The account of `accessKeys`, whose policies decide; default: its keys may do everything. */
  readonly account?: Pick<Account, 'id' | 'may'>;
}

/** An account that is entered by a role. */
export interface Member {
  readonly accountId: string;
  /** Default: those of the server. */
  readonly regions?: readonly string[];
  /** Instances per region at the start, default 0. */
  readonly fleetSize?: number;
}

export interface EcsServer extends LocalServer {
  readonly fleet: Fleet;
  /** Account → its fleet: `own` is `fleet`, the others are members. */
  readonly fleets: ReadonlyMap<string, Fleet>;
  /** The fleet of a member. @throws {RangeError} when there is none. */
  fleetOf(accountId: string): Fleet;
  /** Replaces the faults; `[]` ends them. @throws {RangeError} naming every bad field. */
  setFaults(faults: EcsFaults): void;
  /** The faults that may still hit a call. */
  readonly faults: EcsFaults;
  readonly usage: EcsUsage;
  /** The state changes of all accounts, for a function that takes them. */
  readonly events: EventBus;
  /** Carries out a synchronous action during which no instance changes by itself. */
  atOneTime<T>(action: () => T): T;
}

/** An ECS endpoint on the loopback address, for one account and its members. */
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
  const members = new Map<string, Fleet>(
    (options.members ?? []).map(({ accountId, regions: own, fleetSize = 0 }, index) => {
      const of = { regionIds: own ?? regions, sizePerRegion: fleetSize, seed: seed + index + 1 };
      return [accountId, createFleet({ ...of, churnPerMinute: 0, clock: fleetClock })];
    }),
  );
  const fleetOf = (accountId: string): Fleet => {
    const found = members.get(accountId);
    if (found === undefined) throw new RangeError(`no account ${accountId}`);
    return found;
  };
  const sessionOf = (accessKeyId: string): Session | undefined =>
    options.sessions?.session(accessKeyId);
  const verify = signatureVerifier((accessKeyId) => {
    const session = sessionOf(accessKeyId);
    return session === undefined ? options.accessKeys : [session.key];
  }, Date.now);
  const inBudget = throttle(options.callsPerMinute ?? Number.POSITIVE_INFINITY, clock);
  const usage = ecsUsageMeter();
  const nextRequestId = requestIds(seed);
  const jitter = seededRandom(seed);
  const churnRandom = seededRandom(seed);
  const faults = faultPlan(ECS_FAULTS, seededRandom(seed));

  const accountOf = (session: Session | undefined): string =>
    session === undefined || session.accountId === options.account?.id
      ? OWN_ACCOUNT
      : session.accountId;

  /** What a call gets that no policy allows; of DescribeInstanceStatus it is not documented. */
  const unauthorized = (call: ApiCall, accessKeyId: string): readonly EcsFault[] => {
    const { id = '', may } = options.account ?? {};
    const regionId = call.parameters.get('RegionId') ?? '*';
    const isAllowed = may?.(accessKeyId, `ecs:${call.action}`, `acs:ecs:${regionId}:${id}:*`);
    if (isAllowed !== false) return [];
    return [{ kind: call.action === 'DescribeInstanceStatus' ? 'empty' : 'denied' }];
  };

  /** Checks the signature and the budget of a call, then carries it out. */
  const answerTo = (call: ApiCall): { answer: EcsAnswer; hits: readonly EcsFault[] } => {
    const requestId = nextRequestId();
    let hits: readonly EcsFault[] = [];
    try {
      const operation = operationOf(call);
      const accessKeyId = verify(call);
      const session = sessionOf(accessKeyId);
      if (session !== undefined && session.endMs <= clock.now()) throw securityTokenExpired();
      const account = accountOf(session);
      if (!inBudget(`${account} ${call.action} ${call.parameters.get('RegionId') ?? regions[0]}`)) {
        throw throttled(undocumented.throttlingStatus, undocumented.retryAfterMs);
      }
      hits = [...unauthorized(call, accessKeyId), ...faults.forRequest()(fitsCall(call, account))];
      refuse(hits, call, undocumented);
      const body = fleetClock.whilePaused(() => {
        const seen = account === OWN_ACCOUNT ? fleet : fleetOf(account);
        const rows = distorted(hits, operation, call, { fleet: seen, undocumented });
        churnFleet(hits, call, seen, churnRandom);
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
      await deliver(response, answer, hits, { random: jitter, usage, arrivedMs });
    } finally {
      usage.leave();
    }
  };

  const events = createEventBus(
    new Map([[options.account?.id ?? OWN_ACCOUNT, fleet], ...members]),
    {
      clock: fleetClock,
      seed,
    },
  );
  const server = await listen(handle, options.port ?? 0);
  return {
    ...server,
    events,
    close() {
      events.close();
      return server.close();
    },
    fleet,
    fleets: new Map([[OWN_ACCOUNT, fleet], ...members]),
    fleetOf,
    setFaults: faults.set,
    get faults() {
      return faults.pending;
    },
    get usage() {
      return usage.read();
    },
    atOneTime: fleetClock.whilePaused,
  };
}

/** The account of the server's own keys, in faults and among the fleets, where others have their ids. */
export const OWN_ACCOUNT = 'own';

function operationOf({ method, path, action, version }: ApiCall): EcsOperation {
  if (method !== 'GET' && method !== 'POST') throw unsupportedHttpMethod();
  const operation = ECS_OPERATIONS.get(action);
  if (path !== '/' || version !== API_VERSION || !operation) throw apiNotFound();
  return operation;
}
