import type { Runtime } from '../lib/runtime.ts';
import { InventoryError } from '../ports/inventory.ts';

/**
 * Sends requests to ECS no faster than they are welcome: so many at once, so many a minute, fewer
 * after being throttled, and again when a failure may pass.
 */
export interface Pacer {
  /** The answer of `request`, tried again while that can help and the deadline allows. */
  call<T>(request: (deadlineMs: number) => Promise<T>): Promise<T>;
  /** Nothing more is sent: nobody wants the answers any longer. */
  stop(): void;
  /** Requests sent, and how many of them were throttled. */
  readonly calls: number;
  readonly throttles: number;
}

/** Calls left in the current budget; it outlives a tick in a warm function. */
export interface Budget {
  tokens: number;
  filledAtMs: number;
}

export interface Pace {
  readonly callsPerMinute: number;
  /** No request starts after it, and none is waited for past it. */
  readonly deadlineMs: number;
  readonly budget: Budget;
}

/**
 * Requests at once. Alibaba Cloud publishes no number; eight keeps a region of 10,000 instances
 * within seconds and stays far below what throttles the console of the same account.
 */
export const MAX_CONCURRENCY = 8;

/** Attempts at one request, the first included. */
const MAX_ATTEMPTS = 4;
const FIRST_RETRY_MS = 200;
const FIRST_THROTTLE_RETRY_MS = 500;
const MINUTE_MS = 60_000;
/** Throttling ends with the minute; spreading the return keeps clients from coming back as one. */
const MAX_RETURN_JITTER_MS = 2_000;

export function newBudget(callsPerMinute: number, nowMs: number): Budget {
  return { tokens: callsPerMinute, filledAtMs: nowMs };
}

export function createPacer(pace: Pace, runtime: Runtime): Pacer {
  const { callsPerMinute, deadlineMs, budget } = pace;
  const waiting: (() => void)[] = [];
  let concurrency = MAX_CONCURRENCY;
  let inFlight = 0;
  let pausedUntilMs = 0;
  let calls = 0;
  let throttles = 0;
  /** Times that the pace was halved: requests that were out together are throttled together. */
  let setbacks = 0;
  let isStopped = false;

  async function call<T>(request: (deadlineMs: number) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      await enter();
      const setbacksBefore = setbacks;
      try {
        const answer = await request(deadlineMs);
        concurrency = Math.min(MAX_CONCURRENCY, concurrency + 1 / concurrency);
        return answer;
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        if (error.kind === 'throttled') slowDown(error, setbacksBefore === setbacks);
        const waitMs = retryDelayMs(error, attempt);
        if (waitMs === undefined || runtime.now() + waitMs >= deadlineMs) throw error;
        // The place is kept while waiting: a failing service gets no new requests meanwhile.
        await runtime.sleep(waitMs);
      } finally {
        leave();
      }
    }
  }

  /** Waits for a place, for the pause after a throttle to end, and for a call in the budget. */
  async function enter(): Promise<void> {
    while (inFlight >= Math.floor(concurrency)) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    inFlight += 1;
    for (;;) {
      const waitMs = Math.max(pausedUntilMs - runtime.now(), budgetDelayMs());
      if (waitMs <= 0) break;
      if (runtime.now() + waitMs >= deadlineMs) {
        leave();
        throw outOfTime(waitMs);
      }
      await runtime.sleep(waitMs);
    }
    if (isStopped || runtime.now() >= deadlineMs) {
      leave();
      throw outOfTime(0);
    }
    budget.tokens -= 1;
    calls += 1;
  }

  function leave(): void {
    inFlight -= 1;
    // Concurrency may have grown meanwhile: as many may enter as there are places.
    for (let free = Math.floor(concurrency) - inFlight; free > 0; free -= 1) waiting.shift()?.();
  }

  /** Until the budget holds a call again. It fills evenly, and to one minute's worth at most. */
  function budgetDelayMs(): number {
    const nowMs = runtime.now();
    const earned = (Math.max(0, nowMs - budget.filledAtMs) / MINUTE_MS) * callsPerMinute;
    budget.tokens = Math.min(callsPerMinute, budget.tokens + earned);
    budget.filledAtMs = nowMs;
    return budget.tokens >= 1 ? 0 : Math.ceil(((1 - budget.tokens) / callsPerMinute) * MINUTE_MS);
  }

  function slowDown({ retryAfterMs }: InventoryError, isFirst: boolean): void {
    throttles += 1;
    if (isFirst) {
      setbacks += 1;
      concurrency = Math.max(1, concurrency / 2);
    }
    const nowMs = runtime.now();
    const jitterMs = runtime.random() * MAX_RETURN_JITTER_MS;
    const minuteMs = retryAfterMs ?? MINUTE_MS - (nowMs % MINUTE_MS) + jitterMs;
    // Some limits are shorter than the minute, so one that ends too late for this tick is tried.
    const isTooLate = nowMs + minuteMs >= deadlineMs;
    const waitMs = isTooLate ? FIRST_THROTTLE_RETRY_MS * 2 ** setbacks + jitterMs : minuteMs;
    pausedUntilMs = Math.max(pausedUntilMs, nowMs + Math.ceil(waitMs));
  }

  /** Undefined: trying again cannot help, or it was tried often enough. */
  function retryDelayMs({ kind }: InventoryError, attempt: number): number | undefined {
    if (attempt >= MAX_ATTEMPTS) return undefined;
    if (kind === 'throttled') return Math.max(0, pausedUntilMs - runtime.now());
    if (kind === 'transient') {
      return Math.ceil(FIRST_RETRY_MS * 2 ** (attempt - 1) * (0.5 + runtime.random()));
    }
    return undefined;
  }

  return {
    call,
    stop() {
      isStopped = true;
    },
    get calls() {
      return calls;
    },
    get throttles() {
      return throttles;
    },
  };
}

function outOfTime(waitMs: number): InventoryError {
  return new InventoryError(
    'transient',
    'OutOfTime',
    waitMs > 0
      ? 'the call budget or a throttled account leaves no time before the deadline of this tick'
      : 'the deadline of this tick has come',
  );
}
