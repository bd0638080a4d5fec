import type { Random } from '../../local/random.ts';
import type { EventTime } from '../helpers/event-time.ts';

/** The instances of one region as they really are, and as they ever were. */
export interface Fleet {
  /** Ids and statuses of all that live, in the order in which they are listed. */
  readonly listing: readonly Life[];
  life(id: string): Life | undefined;
  create(status?: string): void;
  /** One instance starts, stops, or moves on; nobody, when the fleet is empty. */
  change(): void;
  release(): void;
  releaseShare(share: number): void;
  /** Has nothing happened here since the moment? */
  isQuietSince(moment: number): boolean;
}

export interface Life {
  readonly id: string;
  /** What it was from which moment on, oldest first; `null`: released. */
  readonly states: { readonly moment: number; readonly status: string | null }[];
}

const STATUSES = ['Pending', 'Starting', 'Running', 'Stopping', 'Stopped'] as const;
/** Fleets that grow by chance alone would make long histories slow. */
const MAX_SIZE = 250;
/** The one whose name nobody has heard of yet must come through as it is. */
const UNHEARD = 'Hibernating';

export interface FleetOptions {
  readonly regionId: string;
  readonly size: number;
  /** Where a new instance stands in the listing; the service promises no order. */
  readonly newest: 'first' | 'last' | 'anywhere';
}

export function simulatedFleet(options: FleetOptions, time: EventTime, random: Random): Fleet {
  const { regionId, size, newest } = options;
  const lives = new Map<string, Life>();
  const listing: Life[] = [];
  let lastMoment = 0;

  function become(life: Life, status: string | null): void {
    lastMoment = time.moment();
    life.states.push({ moment: lastMoment, status });
  }
  function remove(place: number): void {
    const [life] = listing.splice(place, 1);
    if (life !== undefined) become(life, null);
  }

  const fleet: Fleet = {
    listing,
    life: (id) => lives.get(id),
    create(status = random.pick(STATUSES)) {
      if (listing.length >= MAX_SIZE) return;
      const life: Life = { id: `i-${regionId}-${lives.size}`, states: [] };
      lives.set(life.id, life);
      const places = { first: 0, last: listing.length, anywhere: random.below(listing.length + 1) };
      listing.splice(places[newest], 0, life);
      become(life, status);
    },
    change() {
      if (listing.length === 0) return;
      const life = random.pick(listing);
      const others = STATUSES.filter((status) => status !== statusOf(life));
      become(
        life,
        random.chance(0.02) && statusOf(life) !== UNHEARD ? UNHEARD : random.pick(others),
      );
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

export function statusOf({ states }: Life): string | null {
  return states.at(-1)?.status ?? null;
}

/** What a life was all the time from `first` to `last`; undefined when it changed in between. */
export function constantStatus(
  { states }: Life,
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

/** Was it ever of this status between the two moments? */
export function wasOnce(
  { states }: Life,
  status: string | null,
  first: number,
  last: number,
): boolean {
  return states.some((state, index) => {
    const endsAt = states[index + 1]?.moment ?? Number.POSITIVE_INFINITY;
    return state.status === status && state.moment <= last && endsAt >= first;
  });
}
