import type { Details, Scope } from '../../shared/core/model.ts';
import { type Inventory, InventoryError, type Page } from '../../shared/ports/inventory.ts';
import { type Fleet, type Life, statusOf } from './fleet.ts';
import { exchange, type LivingRun, type Look } from './run.ts';
import type { Weather } from './weather.ts';

/** How a region is during one tick. */
export type Condition =
  | 'fine'
  /** Every call fails or hangs. */
  | 'down'
  /** The permission is gone: lists are empty, with HTTP 200; DescribeInstances refuses. */
  | 'blind';

export interface EcsOptions {
  readonly fleets: ReadonlyMap<string, Fleet>;
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly weather: Weather;
  /** Rows of a page: 50, or fewer, whatever is asked for. */
  readonly pageSize: number;
}

/** The longest that the adapter over the real API waits for one call. */
const CALL_TIMEOUT_MS = 10_000;

/** ECS as one run sees it, over fleets that go on living while their pages are read. */
export function simulatedInventory(run: LivingRun, options: EcsOptions): Inventory {
  const { fleets, conditions, pageSize } = options;
  const { random, time } = run;
  const { ecs, fleet: churn } = options.weather;

  function fleetOf({ regionId }: Scope): Fleet {
    const fleet = fleets.get(regionId);
    if (fleet === undefined) throw new RangeError(`there is no region ${regionId}`);
    return fleet;
  }

  async function ask<T>(scope: Scope, deadlineMs: number, answer: (look: Look) => T): Promise<T> {
    const look = lookOf(run, scope);
    const travel = { thereMs: 5 + random.below(50), backMs: 5 + random.below(50) };
    const hangs = async (): Promise<never> => {
      const patienceMs = Math.min(CALL_TIMEOUT_MS, deadlineMs - run.runtime.now());
      await exchange(run, { thereMs: Math.max(1, patienceMs), backMs: 0 }, () => undefined);
      throw failing('transient', 'Timeout');
    };
    const condition = conditions.get(scope.regionId);
    if (random.chance(ecs.hangs) || (condition === 'down' && random.chance(0.2))) return hangs();
    return exchange(run, travel, () => {
      if (condition === 'down') throw outageError(run);
      if (random.chance(ecs.throttled)) throw failing('throttled', 'Throttling.User');
      if (random.chance(ecs.reset)) throw failing('transient', 'ECONNRESET');
      if (random.chance(ecs.html)) throw failing('transient', 'NotJson');
      if (random.chance(ecs.malformed)) throw failing('malformed', 'MalformedAnswer');
      if (random.chance(ecs.refused)) throw failing('refused', 'Forbidden.RAM');
      look.last = time.moment();
      return answer(look);
    });
  }

  function pageOf(lives: readonly Life[], pageNumber: number): Page {
    const rows = lives.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
    const statuses = new Map(rows.map((life) => [life.id, statusOf(life) ?? 'Stopped']));
    return { statuses, rows: rows.length, totalCount: lives.length, pageSize };
  }

  return {
    page(scope, pageNumber, deadlineMs) {
      return ask(scope, deadlineMs, (look) => {
        const fleet = fleetOf(scope);
        const isBlind = conditions.get(scope.regionId) === 'blind';
        const shown = random.chance(ecs.repeatedPage) ? Math.max(1, pageNumber - 1) : pageNumber;
        let page = pageOf(isBlind ? [] : fleet.listing, shown);
        if (random.chance(ecs.emptyPage)) page = { ...page, statuses: new Map(), rows: 0 };
        if (random.chance(ecs.shortPage)) page = shortened(page, random.below(page.rows + 1));
        if (random.chance(ecs.falseCount)) {
          const falseCount = page.totalCount + random.below(141) - 70;
          page = { ...page, totalCount: Math.max(0, falseCount) };
        }
        const truth = pageOf(fleet.listing, pageNumber);
        look.wasLiedTo ||= page.rows !== truth.rows || page.totalCount !== truth.totalCount;
        look.wasLiedTo ||= shown !== pageNumber;
        live(fleet);
        return page;
      });
    },
    byIds(scope, ids, deadlineMs) {
      return ask(scope, deadlineMs, () => {
        const fleet = fleetOf(scope);
        const isBlind = conditions.get(scope.regionId) === 'blind';
        const isHidden = isBlind || random.chance(ecs.emptyById);
        const asked = new Set(isHidden ? [] : ids);
        const found = fleet.listing.filter(({ id }) => asked.has(id));
        if (!isHidden && found.length < asked.size && random.chance(ecs.unknownIds)) {
          throw failing('not-found', 'InvalidInstanceId.NotFound');
        }
        const page = pageOf(found, 1);
        return random.chance(ecs.shortById) ? shortened(page, random.below(page.rows + 1)) : page;
      });
    },
    details(scope, ids, deadlineMs) {
      return ask(scope, deadlineMs, () => {
        refuseDetails(scope);
        return new Map<string, Details>(ids.map((id) => [id, { name: `name of ${id}` }]));
      });
    },
    async secondOpinion(scope, ids, deadlineMs) {
      return ask(scope, deadlineMs, () => {
        if (conditions.get(scope.regionId) === 'blind') return 'refuses';
        if (random.chance(ecs.detailsRefused)) return 'refuses';
        const asked = ids && new Set(ids);
        const { listing } = fleetOf(scope);
        const found = asked ? listing.some(({ id }) => asked.has(id)) : listing.length > 0;
        return found ? 'contradicts' : 'agrees';
      });
    },
  };

  function refuseDetails({ regionId }: Scope): void {
    const isBlind = conditions.get(regionId) === 'blind';
    if (isBlind || random.chance(ecs.detailsRefused)) throw failing('refused', 'Forbidden.RAM');
  }

  /** What goes on behind a page that was just cut. */
  function live(fleet: Fleet): void {
    for (let left = some(churn.changesPerPage); left > 0; left -= 1) fleet.change();
    for (let left = some(churn.releasesPerPage); left > 0; left -= 1) fleet.release();
    for (let left = some(churn.creationsPerPage); left > 0; left -= 1) fleet.create();
  }

  function some(mean: number): number {
    return Math.floor(mean) + (random.chance(mean % 1) ? 1 : 0);
  }
}

function lookOf(run: LivingRun, { key }: Scope): Look {
  const known = run.looks.get(key);
  if (known !== undefined) return known;
  const moment = run.time.moment();
  const look: Look = { first: moment, last: moment, wasLiedTo: false };
  run.looks.set(key, look);
  return look;
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
