import { InventoryError } from '../ports/inventory.ts';
import { reasonOf } from '../ports/reason.ts';
import { OUT_OF_CALLS } from './pacer.ts';

/** Requests that got no answer, and what that means for their tick. */
export interface Unanswered {
  /** Counts a request as not answered. @throws any other error than one of ECS */
  add(error: unknown): InventoryError;
  /** Why one has failed; null when none has. */
  readonly failure: string | null;
  /** Why ECS allows no further calls; null when calls, or time, were only missing. */
  readonly refusal: string | null;
  /** Some were not sent: there was no time, or no call, left for them. */
  readonly isCut: boolean;
}

export function unansweredRequests(): Unanswered {
  let failure: string | null = null;
  let refusal: string | null = null;
  let isCut = false;
  return {
    add(error) {
      if (!(error instanceof InventoryError)) throw error;
      if (!isDelay(error)) failure ??= reasonOf(error);
      else {
        isCut = true;
        if (isRefusal(error)) refusal ??= reasonOf(error);
      }
      return error;
    },
    get failure() {
      return failure;
    },
    get refusal() {
      return refusal;
    },
    get isCut() {
      return isCut;
    },
  };
}

/** The pages that were asked for from one on, and not answered. */
export interface Gaps {
  /** Counts a page as not answered. @throws any other error than one of ECS */
  add(pageNumber: number, error: unknown): InventoryError;
  /** The first of them; null when there is none. */
  readonly first: number | null;
  /** Why there are some; null when none are, or when the next tick can go on from the first. */
  readonly failure: string | null;
  readonly isCut: boolean;
}

export function gapsFrom(firstPage: number): Gaps {
  const unanswered = unansweredRequests();
  let first: number | null = null;
  let lateness: string | null = null;
  return {
    add(pageNumber, error) {
      const failed = unanswered.add(error);
      if (isLate(failed)) lateness ??= reasonOf(failed);
      first = Math.min(first ?? pageNumber, pageNumber);
      return failed;
    },
    get first() {
      return first;
    },
    get isCut() {
      return unanswered.isCut;
    },
    get failure() {
      // ECS did not even answer the first page, or was not asked in time. Where calls were missing, the
      // next tick has more.
      const { failure, refusal } = unanswered;
      return failure ?? (first === firstPage ? (refusal ?? lateness) : null);
    },
  };
}

/** The tick's time, its calls or those that ECS allows were used up. The next tick may go on. */
function isDelay({ kind }: InventoryError): boolean {
  return kind === 'out-of-time' || kind === 'throttled';
}

/** The time was used up before the request: a slow store takes as much from the next tick. */
function isLate({ kind, code }: InventoryError): boolean {
  return kind === 'out-of-time' && code !== OUT_OF_CALLS;
}

/** ECS allows no calls, or the time was used up by calls that have failed. */
function isRefusal({ kind, cause }: InventoryError): boolean {
  return kind === 'throttled' || cause !== undefined;
}

/** After a failure that does not pass by itself, nothing that the scan has seen is believed. */
export function endsScan({ kind }: InventoryError): boolean {
  return kind === 'malformed' || kind === 'refused' || kind === 'not-found';
}
