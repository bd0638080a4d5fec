import type { Details, Scope } from '../../shared/core/model.ts';
import { type Inventory, InventoryError, type Page } from '../../shared/ports/inventory.ts';
import type { FaultRates } from './fault-rates.ts';
import { type Fleet, type SimulatedInstance, statusOf } from './fleet.ts';
import { exchange, type LivingRun, type Observation } from './run.ts';

/** The state of a region during one tick. */
export type RegionState =
  | 'fine'
  /** Every call fails or hangs. */
  | 'down'
  /** The permission is gone: lists are empty, with HTTP 200; DescribeInstances refuses. */
  | 'blind'
  /** Nothing is shown by any answer, and every permission is there. */
  | 'hidden';

export interface EcsOptions {
  readonly fleets: ReadonlyMap<string, Fleet>;
  readonly regionStates: ReadonlyMap<string, RegionState>;
  readonly rates: FaultRates;
  /** Rows of a page: 50, or fewer, whatever is asked for. */
  readonly pageSize: number;
  /** Called with each request. */
  readonly onCall?: (scope: Scope) => void;
}

/** The longest wait of the real adapter for one call. */
const CALL_TIMEOUT_MS = 10_000;

/** ECS as one run sees it, over fleets that change while their pages are read. */
export function simulatedInventory(run: LivingRun, options: EcsOptions): Inventory {
  const { fleets, regionStates, pageSize } = options;
  const { random, time } = run;
  const { ecs, fleet: churn } = options.rates;

  function fleetOf({ regionId }: Scope): Fleet {
    const fleet = fleets.get(regionId);
    if (fleet === undefined) throw new RangeError(`there is no region ${regionId}`);
    return fleet;
  }

  async function ask<T>(
    scope: Scope,
    deadlineMs: number,
    answer: (observation: Observation) => T,
  ): Promise<T> {
    const observation = observationOf(run, scope);
    options.onCall?.(scope);
    const travel = { thereMs: 5 + random.below(50), backMs: 5 + random.below(50) };
    const hangs = async (): Promise<never> => {
      const patienceMs = Math.min(CALL_TIMEOUT_MS, deadlineMs - run.runtime.now());
      await exchange(run, { thereMs: Math.max(1, patienceMs), backMs: 0 }, () => undefined);
      throw failing('transient', 'Timeout');
    };
    const regionState = regionStates.get(scope.regionId);
    if (random.chance(ecs.hangs) || (regionState === 'down' && random.chance(0.2))) return hangs();
    return exchange(run, travel, () => {
      if (regionState === 'down') throw outageError(run);
      if (random.chance(ecs.throttled)) throw failing('throttled', 'Throttling.User');
      if (random.chance(ecs.reset)) throw failing('transient', 'ECONNRESET');
      if (random.chance(ecs.html)) throw failing('transient', 'NotJson');
      if (random.chance(ecs.malformed)) throw failing('malformed', 'MalformedAnswer');
      if (random.chance(ecs.refused)) throw failing('refused', 'Forbidden.RAM');
      observation.last = time.moment();
      const { hiddenFrom } = fleetOf(scope);
      if (isHidden(scope) && !hiddenFrom.has(run.tickId)) hiddenFrom.set(run.tickId, time.now());
      observation.isHidden ||= isHidden(scope);
      return answer(observation);
    });
  }

  function pageOf(instances: readonly SimulatedInstance[], pageNumber: number): Page {
    const rows = instances.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
    const statuses = new Map(
      rows.map((instance) => [instance.id, statusOf(instance) ?? 'Stopped']),
    );
    return { statuses, rows: rows.length, totalCount: instances.length, pageSize };
  }

  return {
    page(scope, pageNumber, deadlineMs) {
      return ask(scope, deadlineMs, (observation) => {
        const fleet = fleetOf(scope);
        const shown = random.chance(ecs.repeatedPage) ? Math.max(1, pageNumber - 1) : pageNumber;
        let page = pageOf(showsNothing(scope) ? [] : fleet.listing, shown);
        if (random.chance(ecs.emptyPage)) page = { ...page, statuses: new Map(), rows: 0 };
        if (random.chance(ecs.shortPage)) page = shortened(page, random.below(page.rows + 1));
        if (random.chance(ecs.falseCount)) {
          const falseCount = page.totalCount + random.below(141) - 70;
          page = { ...page, totalCount: Math.max(0, falseCount) };
        }
        const truth = pageOf(fleet.listing, pageNumber);
        observation.hadFalseAnswers ||=
          page.rows !== truth.rows || page.totalCount !== truth.totalCount;
        observation.hadFalseAnswers ||= shown !== pageNumber;
        churnAfterPage(fleet);
        return page;
      });
    },
    byIds(scope, ids, deadlineMs) {
      return ask(scope, deadlineMs, () => {
        const fleet = fleetOf(scope);
        const isEmpty = showsNothing(scope) || random.chance(ecs.emptyById);
        const asked = new Set(isEmpty ? [] : ids);
        const found = fleet.listing.filter(({ id }) => asked.has(id));
        if (!isEmpty && found.length < asked.size && random.chance(ecs.unknownIds)) {
          throw failing('not-found', 'InvalidInstanceId.NotFound');
        }
        const page = pageOf(found, 1);
        return random.chance(ecs.shortById) ? shortened(page, random.below(page.rows + 1)) : page;
      });
    },
    details(scope, ids, deadlineMs) {
      return ask(scope, deadlineMs, () => {
        refuseDetails(scope);
        const { listing } = fleetOf(scope);
        const asked = new Set(isHidden(scope) ? [] : ids);
        const found = listing.filter(({ id }) => asked.has(id));
        return new Map<string, Details>(
          found.map(({ id, name }) => [id, { name, zoneId: zoneOf(scope.regionId, id) }]),
        );
      });
    },
    async secondOpinion(scope, ids, deadlineMs) {
      return ask(scope, deadlineMs, () => {
        if (regionStates.get(scope.regionId) === 'blind') return 'refuses';
        if (random.chance(ecs.detailsRefused)) return 'refuses';
        const asked = ids && new Set(ids);
        const listing = isHidden(scope) ? [] : fleetOf(scope).listing;
        const found = asked ? listing.some(({ id }) => asked.has(id)) : listing.length > 0;
        return found ? 'contradicts' : 'agrees';
      });
    },
    async mayLook(scope, deadlineMs) {
      return ask(scope, deadlineMs, (observation) => {
        const isBlind = regionStates.get(scope.regionId) === 'blind';
        observation.mayLook = !isBlind && !random.chance(ecs.detailsRefused);
        return observation.mayLook;
      });
    },
    async regionIds() {
      return [...fleets.keys()];
    },
  };

  function isHidden({ regionId }: Scope): boolean {
    return regionStates.get(regionId) === 'hidden';
  }

  function showsNothing(scope: Scope): boolean {
    return isHidden(scope) || regionStates.get(scope.regionId) === 'blind';
  }

  function refuseDetails({ regionId }: Scope): void {
    const isBlind = regionStates.get(regionId) === 'blind';
    if (isBlind || random.chance(ecs.detailsRefused)) throw failing('refused', 'Forbidden.RAM');
  }

  /** Changes the fleet after a page was made. */
  function churnAfterPage(fleet: Fleet): void {
    for (let left = some(churn.changesPerPage); left > 0; left -= 1) fleet.change();
    for (let left = some(churn.releasesPerPage); left > 0; left -= 1) fleet.release();
    for (let left = some(churn.creationsPerPage); left > 0; left -= 1) fleet.create();
  }

  function some(mean: number): number {
    return Math.floor(mean) + (random.chance(mean % 1) ? 1 : 0);
  }
}

function observationOf(run: LivingRun, { key }: Scope): Observation {
  const known = run.observations.get(key);
  if (known !== undefined) return known;
  const moment = run.time.moment();
  const observation: Observation = {
    first: moment,
    last: moment,
    hadFalseAnswers: false,
    isHidden: false,
    mayLook: false,
  };
  run.observations.set(key, observation);
  return observation;
}

/** A third of a region's instances is in each of its zones. */
function zoneOf(regionId: string, id: string): string {
  return `${regionId}-${'abc'[Number(id.split('-').at(-1)) % 3]}`;
}

function shortened(page: Page, rows: number): Page {
  return { ...page, statuses: new Map([...page.statuses].slice(0, rows)), rows };
}

function outageError({ random }: LivingRun): InventoryError {
  return random.chance(0.5)
    ? failing('transient', 'ServiceUnavailable')
    : failing('refused', 'Forbidden.RAM');
}

function failing(kind: InventoryError['kind'], code: string): InventoryError {
  return new InventoryError(kind, code, 'so the simulation decided');
}
