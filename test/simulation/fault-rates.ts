import type { Random } from '../../local/random.ts';

/** How likely each kind of fault is, at each occasion, in one history; and how the fleet changes. */
export interface FaultRates {
  readonly ecs: {
    readonly throttled: number;
    readonly reset: number;
    readonly hangs: number;
    readonly html: number;
    readonly malformed: number;
    readonly emptyPage: number;
    readonly shortPage: number;
    readonly repeatedPage: number;
    readonly falseCount: number;
    readonly emptyById: number;
    readonly shortById: number;
    /** For an id that does not exist, the answer is an error; otherwise the id is left out. */
    readonly unknownIds: number;
    readonly refused: number;
    readonly detailsRefused: number;
    /** A region fails during a whole tick. */
    readonly outage: number;
    /** The permission is missing during a whole tick: empty lists with HTTP 200. */
    readonly blind: number;
    /** A region begins to hide its fleet, for several ticks: all answers are empty. */
    readonly hides: number;
  };
  readonly tablestore: {
    readonly busy: number;
    readonly lostRequest: number;
    readonly lostAnswer: number;
    readonly slow: number;
    readonly outage: number;
  };
  readonly channels: {
    readonly refuses: number;
    readonly lostRequest: number;
    readonly lostAnswer: number;
    /** HTTP 200 from something that does not confirm; it showed the message, or did not. */
    readonly unmarked: number;
    /** The connection was never ready: the message certainly did not arrive. */
    readonly unreached: number;
    readonly throttled: number;
    readonly rejected: number;
    /** A receiver is down for a whole tick. */
    readonly outage: number;
  };
  readonly runs: {
    readonly skipped: number;
    readonly late: number;
    readonly doubled: number;
    readonly killed: number;
    readonly cold: number;
    /** The clock becomes wrong by an hour, at the start of a run or in the middle of it. */
    readonly wrongClock: number;
  };
  readonly fleet: {
    /** Changes, creations and releases per minute, whether pages are read or not. */
    readonly perMinute: number;
    /** After each page that is read. */
    readonly changesPerPage: number;
    readonly releasesPerPage: number;
    readonly creationsPerPage: number;
    /** A large part of the fleet is released at once, at most once per tick. */
    readonly massRelease: number;
  };
}

/** No faults, and a fleet that does not change. */
export const NO_FAULTS: FaultRates = {
  ecs: {
    throttled: 0,
    reset: 0,
    hangs: 0,
    html: 0,
    malformed: 0,
    emptyPage: 0,
    shortPage: 0,
    repeatedPage: 0,
    falseCount: 0,
    emptyById: 0,
    shortById: 0,
    unknownIds: 0,
    refused: 0,
    detailsRefused: 0,
    outage: 0,
    blind: 0,
    hides: 0,
  },
  tablestore: { busy: 0, lostRequest: 0, lostAnswer: 0, slow: 0, outage: 0 },
  channels: {
    refuses: 0,
    lostRequest: 0,
    lostAnswer: 0,
    unmarked: 0,
    unreached: 0,
    throttled: 0,
    rejected: 0,
    outage: 0,
  },
  runs: { skipped: 0, late: 0, doubled: 0, killed: 0, cold: 0, wrongClock: 0 },
  fleet: {
    perMinute: 0,
    changesPerPage: 0,
    releasesPerPage: 0,
    creationsPerPage: 0,
    massRelease: 0,
  },
};

/** The highest rate of each kind. */
const HIGHEST: FaultRates = {
  ecs: {
    throttled: 0.2,
    reset: 0.2,
    hangs: 0.05,
    html: 0.1,
    malformed: 0.02,
    emptyPage: 0.1,
    shortPage: 0.1,
    repeatedPage: 0.1,
    falseCount: 0.2,
    emptyById: 0.3,
    shortById: 0.2,
    unknownIds: 0.3,
    refused: 0.02,
    detailsRefused: 0.5,
    outage: 0.3,
    blind: 0.3,
    hides: 0.1,
  },
  tablestore: { busy: 0.1, lostRequest: 0.1, lostAnswer: 0.15, slow: 0.1, outage: 0.1 },
  channels: {
    refuses: 0.3,
    lostRequest: 0.2,
    lostAnswer: 0.3,
    unmarked: 0.2,
    unreached: 0.2,
    throttled: 0.2,
    rejected: 0.1,
    outage: 0.4,
  },
  runs: { skipped: 0.2, late: 0.3, doubled: 0.4, killed: 0.3, cold: 0.5, wrongClock: 0.2 },
  fleet: {
    perMinute: 6,
    changesPerPage: 1,
    releasesPerPage: 3,
    creationsPerPage: 3,
    massRelease: 0.15,
  },
};

/**
 * The rates of one history. Most kinds of faults are absent from it, so that the others occur
 * alone as well as together.
 */
export function drawFaultRates(random: Random): FaultRates {
  const severity = random.pick([0.2, 0.5, 1]);
  const share = random.pick([0.1, 0.3, 0.7]);
  const draw = <T extends Readonly<Record<string, number>>>(worst: T): T =>
    Object.fromEntries(
      Object.entries(worst).map(([kind, most]) => [
        kind,
        random.chance(share) ? most * severity * random.next() : 0,
      ]),
    ) as T;
  return {
    ecs: draw(HIGHEST.ecs),
    tablestore: draw(HIGHEST.tablestore),
    channels: draw(HIGHEST.channels),
    runs: draw(HIGHEST.runs),
    // A fleet that never changes would prove little.
    fleet: {
      ...draw(HIGHEST.fleet),
      perMinute: HIGHEST.fleet.perMinute * severity * random.next(),
    },
  };
}
