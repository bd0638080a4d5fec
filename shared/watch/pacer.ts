import type { CallsLeft } from '../core/health.ts';
import { backoffMs } from '../lib/backoff.ts';
import type { Runtime } from '../lib/runtime.ts';
import { InventoryError } from '../ports/inventory.ts';
import { reasonOf } from '../ports/reason.ts';
import type { Budget } from './budget.ts';

/**
 * Sends requests to ECS at a pace that ECS accepts: a limited number at once and a limited number a
 * minute. Throttling slows the pace down. A failure that may pass is tried again.
 */
export interface Pacer {
  /** The answer of `request`, tried again while that can help and the deadline allows. */
  call<T>(request: (deadlineMs: number) => Promise<T>, patience?: Patience): Promise<T>;
  callsLeft(): CallsLeft;
  /** Nothing more is sent: the answers have no use any more. */
  stop(): void;
  /** Calls that the budget holds besides those sent so far, which must be there again at `atMs`. */
  spareCalls(atMs: number): number;
  readonly callsPerMinute: number;
  /** Requests sent, and how many of them were throttled. */
  readonly calls: number;
  readonly throttles: number;
}

/** How hard a request is tried, and what it leaves to others. */
export interface Patience {
  /** It is not sent after this moment. */
  readonly untilMs?: number;
  /** Calls of the budget that it leaves. */
  readonly kept?: number;
  /** Attempts at it, the first included. */
  readonly maxAttempts?: number;
}

export interface Pace {
  readonly budget: Budget;
  /** No request starts after it, and none is waited for past it. */
  readonly deadlineMs: number;
}

/**
 * Requests at once, of an ECS that answers quickly. Alibaba Cloud publishes no number; eight keeps a
 * region of 10,000 instances within seconds and stays far below what throttles the console of the
 * same account.
 */
export const MIN_CONCURRENCY = 8;
/** Requests at once, of a slow one. Each needs a connection and the memory of an answer. */
export const MAX_CONCURRENCY = 32;
/** There are as many at once as it takes to send a minute's budget in this time. */
const BUDGET_SPENT_WITHIN_MS = 20_000;
/** The latency is about the mean of so many answers. */
const LATENCY_SMOOTHING = 8;

/** The code of a request for which there was time, but no call. */
export const OUT_OF_CALLS = 'OutOfCalls';

/** Attempts at one request, the first included. */
const MAX_CALL_ATTEMPTS = 4;
const FIRST_RETRY_MS = 200;
const FIRST_THROTTLE_RETRY_MS = 500;
const THROTTLE_WINDOW_MS = 60_000;
/** Throttling ends with the minute; jitter keeps the clients from all coming back at that moment. */
const MAX_RETURN_JITTER_MS = 2_000;

export function createPacer({ budget, deadlineMs }: Pace, runtime: Runtime): Pacer {
  const waiting: (() => void)[] = [];
  let concurrency = MIN_CONCURRENCY;
  let latencyMs = 0;
  let inFlight = 0;
  let pausedUntilMs = 0;
  let calls = 0;
  let throttles = 0;
  /** How often the pace was halved. Requests that are out together are throttled together. */
  let setbacks = 0;
  let isStopped = false;

  async function call<T>(
    request: (deadlineMs: number) => Promise<T>,
    { maxAttempts = MAX_CALL_ATTEMPTS, ...patience }: Patience = {},
  ): Promise<T> {
    let lastError: InventoryError | undefined;
    for (let attempt = 1; ; attempt += 1) {
      await enter(patience, lastError);
      const setbacksBefore = setbacks;
      const sentAtMs = runtime.now();
      try {
        const answer = await request(deadlineMs);
        latencyMs += (runtime.now() - sentAtMs - latencyMs) / LATENCY_SMOOTHING;
        // It grows quickly until the first throttle, and carefully after that.
        const growth = setbacks === 0 ? 1 : 1 / concurrency;
        concurrency = Math.min(Math.max(concurrency, mostAtOnce()), concurrency + growth);
        return answer;
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        if (error.kind === 'throttled') slowDown(error, setbacksBefore === setbacks);
        const waitMs = attempt < maxAttempts ? retryDelayMs(error, attempt) : undefined;
        if (waitMs === undefined || runtime.now() + waitMs >= deadlineMs) throw error;
        lastError = error;
        // The request keeps its place while it waits: a failing service gets no new requests.
        await runtime.sleep(waitMs);
      } finally {
        leave();
      }
    }
  }

  /** Waits for a place and for a turn. What is tried again does not wait behind the others. */
  async function enter(patience: Patience, lastError: InventoryError | undefined): Promise<void> {
    if (inFlight < Math.floor(concurrency)) inFlight += 1;
    else {
      await new Promise<void>((resolve) => {
        if (lastError === undefined) waiting.push(resolve);
        else waiting.unshift(resolve);
      });
    }
    try {
      await takeTurn(patience, lastError);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Waits for the pause after a throttle to end, and for a call in the budget; then takes it. */
  async function takeTurn(
    { untilMs = deadlineMs, kept = 0 }: Patience,
    lastError: InventoryError | undefined,
  ): Promise<void> {
    for (;;) {
      if (isStopped) throw stopped();
      const nowMs = runtime.now();
      const waitMs = Math.max(0, pausedUntilMs - nowMs, budget.delayMs(nowMs, kept));
      if (nowMs + waitMs >= untilMs) throw outOfTime(waitMs, lastError);
      if (waitMs === 0) break;
      await runtime.sleep(waitMs);
    }
    budget.spend();
    calls += 1;
  }

  /** By Little's law: what is sent in a second times the seconds until it is answered. */
  function mostAtOnce(): number {
    const wanted = (budget.callsPerMinute * latencyMs) / BUDGET_SPENT_WITHIN_MS;
    return Math.min(MAX_CONCURRENCY, Math.max(MIN_CONCURRENCY, wanted));
  }

  function leave(): void {
    inFlight -= 1;
    // The concurrency may have grown meanwhile, so more than one request may enter. Each one is given
    // its place at once: woken to look for one, requests would overtake each other.
    while (inFlight < Math.floor(concurrency)) {
      const enterNext = waiting.shift();
      if (enterNext === undefined) return;
      inFlight += 1;
      enterNext();
    }
  }

  function slowDown({ retryAfterMs }: InventoryError, isFirst: boolean): void {
    throttles += 1;
    if (isFirst) {
      setbacks += 1;
      concurrency = Math.max(1, concurrency / 2);
    }
    const nowMs = runtime.now();
    const jitterMs = runtime.random() * MAX_RETURN_JITTER_MS;
    const windowMs = retryAfterMs ?? THROTTLE_WINDOW_MS - (nowMs % THROTTLE_WINDOW_MS) + jitterMs;
    // Some limits are shorter than a minute: a wait past the deadline is replaced by a short one,
    // unless ECS itself has said how long.
    const isTooLate = retryAfterMs === undefined && nowMs + windowMs >= deadlineMs;
    const waitMs = isTooLate ? FIRST_THROTTLE_RETRY_MS * 2 ** setbacks + jitterMs : windowMs;
    pausedUntilMs = Math.max(pausedUntilMs, nowMs + Math.ceil(waitMs));
  }

  /** Undefined: another attempt cannot help. */
  function retryDelayMs(
    { kind, retryAfterMs = 0 }: InventoryError,
    attempt: number,
  ): number | undefined {
    if (kind === 'throttled') return Math.max(0, pausedUntilMs - runtime.now());
    if (kind === 'transient') {
      return Math.max(retryAfterMs, backoffMs(FIRST_RETRY_MS, attempt, runtime.random));
    }
    return undefined;
  }

  return {
    call,
    callsPerMinute: budget.callsPerMinute,
    callsLeft: () => budget.left(runtime.now()),
    stop() {
      isStopped = true;
    },
    spareCalls: (atMs) => budget.spare(runtime.now(), calls, atMs),
    get calls() {
      return calls;
    },
    get throttles() {
      return throttles;
    },
  };
}

function outOfTime(waitMs: number, lastError: InventoryError | undefined): InventoryError {
  const [code, reason] =
    waitMs > 0
      ? [
          OUT_OF_CALLS,
          'the call budget or a throttled account leaves no time before the deadline of this tick',
        ]
      : ['OutOfTime', 'the deadline of this tick has come'];
  const before = lastError === undefined ? '' : `; before that, ${reasonOf(lastError)}`;
  return new InventoryError('out-of-time', code, `${reason}${before}`, { cause: lastError });
}

function stopped(): InventoryError {
  return new InventoryError('transient', 'Stopped', 'this tick needs no more answers from ECS');
}
