import type { Random } from '../../local/random.ts';
import type { EventTime } from '../helpers/event-time.ts';

/** The instances of one region: their true states now, and at every moment before. */
export interface Fleet {
  /** All instances that exist, in the order of the listing. */
  readonly listing: readonly SimulatedInstance[];
  /** Run → when the fleet was hidden from it, since a run has last seen it. */
  readonly hiddenFrom: Map<string, number>;
  /** Called with the id of each instance whose status has changed, or that is new or released. */
  onChange: (id: string) => void;
  instance(id: string): SimulatedInstance | undefined;
  create(status?: string): void;
  /** Changes the status of one instance; does nothing when the fleet is empty. */
  change(): void;
  /** Renames one instance; its status does not show that. */
  rename(): void;
  release(): void;
  releaseShare(share: number): void;
  /** Has the fleet not changed since the moment? */
  isQuietSince(moment: number): boolean;
}

export interface SimulatedInstance {
  readonly id: string;
  name: string;
  /** Each status and the moment at which it began, oldest first; `null`: released. */
  readonly states: { readonly moment: number; readonly status: string | null }[];
}

const STATUSES = ['Pending', 'Starting', 'Running', 'Stopping', 'Stopped'] as const;
/** Fleets that grow without a limit would make long histories slow. */
const MAX_SIZE = 250;
/** A status that the product does not know must come through unchanged. */
const UNKNOWN_STATUS = 'Hibernating';

export interface FleetOptions {
  readonly regionId: string;
  readonly size: number;
  /** The place of a new instance in the listing; the service promises no order. */
  readonly newest: 'first' | 'last' | 'anywhere';
}

export function simulatedFleet(options: FleetOptions, time: EventTime, random: Random): Fleet {
  const { regionId, size, newest } = options;
  const instances = new Map<string, SimulatedInstance>();
  const listing: SimulatedInstance[] = [];
  let lastMoment = 0;
  let names = 0;

  function become(instance: SimulatedInstance, status: string | null): void {
    lastMoment = time.moment();
    instance.states.push({ moment: lastMoment, status });
    fleet.onChange(instance.id);
  }
  function remove(place: number): void {
    const [instance] = listing.splice(place, 1);
    if (instance !== undefined) become(instance, null);
  }

  const fleet: Fleet = {
    listing,
    hiddenFrom: new Map(),
    onChange: () => undefined,
    instance: (id) => instances.get(id),
    create(status = random.pick(STATUSES)) {
      if (listing.length >= MAX_SIZE) return;
      const id = `i-${regionId}-${instances.size}`;
      const instance: SimulatedInstance = { id, name: `name of ${id}`, states: [] };
      instances.set(instance.id, instance);
      const places = { first: 0, last: listing.length, anywhere: random.below(listing.length + 1) };
      listing.splice(places[newest], 0, instance);
      become(instance, status);
    },
    change() {
      if (listing.length === 0) return;
      const instance = random.pick(listing);
      const others = STATUSES.filter((status) => status !== statusOf(instance));
      become(
        instance,
        random.chance(0.02) && statusOf(instance) !== UNKNOWN_STATUS
          ? UNKNOWN_STATUS
          : random.pick(others),
      );
    },
    rename() {
      if (listing.length === 0) return;
      names += 1;
      random.pick(listing).name = `name ${names}`;
    },
    release() {
      if (listing.length > 0) remove(random.below(listing.length));
    },
    releaseShare(share) {
      const leaving = Math.ceil(listing.length * share);
      for (let left = 0; left < leaving; left += 1) fleet.release();
    },
    isQuietSince: (moment) => lastMoment < moment,
  };
  for (let count = 0; count < size; count += 1) fleet.create('Running');
  return fleet;
}

export function statusOf({ states }: SimulatedInstance): string | null {
  return states.at(-1)?.status ?? null;
}

/** The status of an instance from `first` to `last`; undefined when it changed in between. */
export function constantStatus(
  { states }: SimulatedInstance,
  first: number,
  last: number,
): string | null | undefined {
  for (let index = states.length - 1; index >= 0; index -= 1) {
    const state = states[index];
    if (state === undefined || state.moment > last) continue;
    return state.moment <= first ? state.status : undefined;
  }
  return undefined;
}

/** Did it have this status at some moment between the two? */
export function wasOnce(
  { states }: SimulatedInstance,
  status: string | null,
  first: number,
  last: number,
): boolean {
  return states.some((state, index) => {
    const endsAt = states[index + 1]?.moment ?? Number.POSITIVE_INFINITY;
    return state.status === status && state.moment <= last && endsAt >= first;
  });
}
