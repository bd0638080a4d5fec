import { type Clock, MINUTE_MS } from '../../clock.ts';
import { type Random, seededRandom } from '../../random.ts';
import { regionOf } from '../regions.ts';
import { randomTraits } from './catalogue.ts';
import { churn } from './churn.ts';
import type { Instance, StoppedMode, Traits } from './instance.ts';
import { allows, type Birth, type Move, type Step, stepsOfMove } from './lifecycle.ts';
import { type Page, type PageQuery, readPage } from './page.ts';
import { type InstanceRecord, instanceAt, type RegionRecords, regionRecords } from './records.ts';

/** The instances of the account, at the present time of the clock. */
export interface Fleet {
  readonly regionIds: readonly string[];
  /** The instances of a region, oldest first. */
  instances(regionId: string): readonly Instance[];
  find(instanceId: string): Instance | undefined;
  page(query: PageQuery): Page;

  /**
   * New instances, Pending now. `choose` sets traits; the seed chooses the others.
   * @param birth whether they start by themselves, which is the default
   */
  create(
    regionId: string,
    amount: number,
    choose?: ChooseTraits,
    birth?: Birth,
  ): readonly Instance[];
  /** @throws {RangeError} when an instance is unknown or in a state that does not allow it. */
  start(instanceIds: readonly string[]): void;
  /** @throws {RangeError} as `start` does. */
  stop(instanceIds: readonly string[], stoppedMode?: StoppedMode): void;
  /** @throws {RangeError} as `start` does. */
  reboot(instanceIds: readonly string[]): void;
  /** Gives other traits to an instance. @throws {RangeError} when it is unknown. */
  modify(instanceId: string, traits: Partial<ModifiableTraits>): void;
  /** Releases at once, whatever the state. @throws {RangeError} when an instance is unknown. */
  release(instanceIds: readonly string[]): void;
  /** Releases this many instances of a region, chosen by `random`; all when there are fewer. */
  releaseAny(regionId: string, amount: number, random: Random): void;

  /**
   * Calls `act` after each page of a listing is read, before the next one can be read. Returns a
   * function that ends the calls.
   */
  onPage(act: (page: Page) => void): () => void;
  /** Calls `act` with the next steps of an instance as soon as they are decided; none: it is released. */
  onSteps(act: (traits: Traits, steps: readonly Step[]) => void): void;
}

type ModifiableTraits = Pick<Traits, 'name' | 'tags' | 'publicIp' | 'eip'>;
type ChooseTraits = (instanceId: string, index: number) => Partial<Traits>;

export interface FleetOptions {
  readonly regionIds: readonly string[];
  readonly sizePerRegion: number;
  readonly seed: number;
  readonly churnPerMinute: number;
  readonly clock: Clock;
}

export function createFleet(options: FleetOptions): Fleet {
  const { clock, regionIds } = options;
  const random = seededRandom(options.seed);
  const regions = new Map<string, RegionRecords>(
    regionIds.map((regionId) => [regionId, regionRecords(regionOf(regionId).zoneIds)]),
  );
  const byId = new Map<string, InstanceRecord>();
  const listeners = new Set<(page: Page) => void>();
  const stepListeners = new Set<(traits: Traits, steps: readonly Step[]) => void>();
  let nextOrdinal = 1;

  const decided = ({ traits }: InstanceRecord, steps: readonly Step[]): void => {
    for (const act of stepListeners) act(traits, steps);
  };

  const region = (regionId: string): RegionRecords => {
    const records = regions.get(regionId);
    if (records === undefined) throw new RangeError(`no region ${regionId}`);
    return records;
  };
  const known = (instanceId: string): InstanceRecord => {
    const record = byId.get(instanceId);
    if (record === undefined) throw new RangeError(`no instance ${instanceId}`);
    return record;
  };

  const nextTraits = (regionId: string, createdMs: number): Traits => {
    const traits = randomTraits(regionOf(regionId), nextOrdinal, createdMs, random);
    nextOrdinal += 1;
    return traits;
  };
  const add = (traits: Traits, steps: readonly Step[]): InstanceRecord => {
    const record: InstanceRecord = {
      traits,
      steps,
      startedMs: traits.createdMs,
      stoppedMode: 'KeepCharging',
    };
    region(traits.regionId).add(record);
    byId.set(traits.id, record);
    decided(record, steps);
    return record;
  };
  const move = (record: InstanceRecord, how: Move, atMs: number): void => {
    const { status, startedMs } = instanceAt(record, atMs);
    if (!allows(how, status)) throw new RangeError(`${record.traits.id} is ${status}: no ${how}`);
    record.startedMs = startedMs;
    record.steps = stepsOfMove(how, atMs);
    record.stoppedMode = 'KeepCharging';
    decided(record, record.steps);
  };
  const remove = (record: InstanceRecord): void => {
    region(record.traits.regionId).remove(record);
    byId.delete(record.traits.id);
    decided(record, []);
  };

  const startMs = clock.now();
  for (const regionId of regionIds) {
    for (let minutes = options.sizePerRegion; minutes > 0; minutes -= 1) {
      const traits = nextTraits(regionId, startMs - minutes * MINUTE_MS);
      const status = random.chance(STOPPED_SHARE) ? 'Stopped' : 'Running';
      add(traits, [{ atMs: traits.createdMs, status }]);
    }
  }

  const catchUp = churn({
    changesPerMinute: options.churnPerMinute,
    seed: options.seed,
    startMs,
    regionIds,
    list: (regionId) => region(regionId).list(),
    create: (regionId, atMs) => add(nextTraits(regionId, atMs), stepsOfMove('run', atMs)),
    move,
    remove,
  });
  /** The time, after every change that the fleet makes by itself until then. */
  const now = (): number => {
    const nowMs = clock.now();
    catchUp(nowMs);
    return nowMs;
  };
  const moveAll = (instanceIds: readonly string[], how: Move): void => {
    const nowMs = now();
    for (const record of instanceIds.map(known)) move(record, how, nowMs);
  };

  return {
    regionIds,
    instances(regionId) {
      const nowMs = now();
      return region(regionId)
        .list()
        .map((record) => instanceAt(record, nowMs));
    },
    find(instanceId) {
      const nowMs = now();
      const record = byId.get(instanceId);
      return record && instanceAt(record, nowMs);
    },
    page(query) {
      const nowMs = now();
      const page = readPage(query, region(query.regionId), byId, nowMs);
      if (query.instanceIds === undefined) for (const act of listeners) act(page);
      return page;
    },
    create(regionId, amount, choose, birth = 'run') {
      const nowMs = now();
      return Array.from({ length: amount }, (_, index) => {
        const traits = nextTraits(regionId, nowMs);
        const chosen = { ...traits, ...choose?.(traits.id, index) };
        return instanceAt(add(chosen, stepsOfMove(birth, nowMs)), nowMs);
      });
    },
    start: (instanceIds) => moveAll(instanceIds, 'start'),
    stop(instanceIds, stoppedMode = 'KeepCharging') {
      moveAll(instanceIds, 'stop');
      for (const record of instanceIds.map(known)) record.stoppedMode = stoppedMode;
    },
    reboot: (instanceIds) => moveAll(instanceIds, 'reboot'),
    modify(instanceId, traits) {
      const record = known(instanceId);
      record.traits = { ...record.traits, ...traits };
    },
    release(instanceIds) {
      now();
      for (const record of instanceIds.map(known)) remove(record);
    },
    releaseAny(regionId, amount, choice) {
      now();
      const list = region(regionId).list();
      for (let left = Math.min(amount, list.length); left > 0; left -= 1) remove(choice.pick(list));
    },
    onPage(act) {
      listeners.add(act);
      return () => listeners.delete(act);
    },
    onSteps: (act) => void stepListeners.add(act),
  };
}

/** The first instances are a minute apart in age, and one in eight of them is stopped. */
const STOPPED_SHARE = 0.125;
