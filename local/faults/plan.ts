import type { Random } from '../random.ts';
import type { Fault, FaultDialect } from './fault.ts';
import { parseFaults } from './parse.ts';

/** The faults that a server has been asked for, and how often each may still hit. */
export interface FaultPlan<F extends Fault> {
  /** Replaces all faults; an empty list ends them. @throws {RangeError} naming every bad field. */
  set(faults: readonly F[]): void;
  readonly isEmpty: boolean;
  /** The faults that may still hit, in their order, with what is left of their `times`. */
  readonly pending: readonly F[];
  /** Call it once for each request. */
  forRequest(): FaultSearch<F>;
}

/**
 * The faults that hit a request, among those that fit. A server may search several times while it
 * serves a request: the chance of a fault and its use are counted once a request.
 */
export type FaultSearch<F extends Fault> = (fits: (fault: F) => boolean) => readonly F[];

/** A plan without faults. Its chances come from `random`, in the order of the requests. */
export function faultPlan<F extends Fault>(dialect: FaultDialect<F>, random: Random): FaultPlan<F> {
  let planned: readonly PlannedFault<F>[] = [];
  return {
    set(faults) {
      planned = parseFaults(faults, dialect).map((fault) => ({
        fault,
        timesLeft: fault.times ?? Number.POSITIVE_INFINITY,
      }));
    },
    get isEmpty() {
      return planned.length === 0;
    },
    get pending() {
      return planned
        .filter(({ timesLeft }) => timesLeft > 0)
        .map(({ fault, timesLeft }) =>
          fault.times === undefined ? fault : { ...fault, times: timesLeft },
        );
    },
    forRequest: () => searchOf(planned, dialect, random),
  };
}

interface PlannedFault<F> {
  readonly fault: F;
  timesLeft: number;
}

function searchOf<F extends Fault>(
  planned: readonly PlannedFault<F>[],
  { instead }: FaultDialect<F>,
  random: Random,
): FaultSearch<F> {
  const decided = new Map<PlannedFault<F>, boolean>();
  const isHit = (candidate: PlannedFault<F>): boolean => {
    const known = decided.get(candidate);
    if (known !== undefined) return known;
    const { probability } = candidate.fault;
    const hit =
      candidate.timesLeft > 0 && (probability === undefined || random.chance(probability));
    if (hit) candidate.timesLeft -= 1;
    decided.set(candidate, hit);
    return hit;
  };
  return (fits) => {
    const hits: F[] = [];
    for (const candidate of planned) {
      const { fault } = candidate;
      if (!fits(fault) || !isHit(candidate)) continue;
      hits.push(fault);
      if (instead.has(fault.kind)) break;
    }
    return hits;
  };
}
