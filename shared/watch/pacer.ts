import { backoffMs } from '../lib/backoff.ts';
import type { Runtime } from '../lib/runtime.ts';
import { InventoryError } from '../ports/inventory.ts';
import type { Budget } from './budget.ts';

/**
 * Sends requests to ECS at a pace that ECS accepts: a limited number at once and a limited number a
 * minute. Throttling slows the pace down. A failure that may pass is tried again.
 */
export interface Pacer {
  /** The answer of `request`, tried again while that can help and the deadline allows. */
  call<T>(request: (deadlineMs: number) => Promise<T>): Promise<T>;
  /** Nothing more is sent: the answers have no use any more. */
  stop(): void;
  /** Requests sent, and how many of them were throttled. */
  readonly calls: number;
  readonly throttles: number;
}

export interface Pace {
  readonly budget: Budget;
  /** No request starts after it, and none is waited for past it. */
  readonly deadlineMs: number;
}

/**
 * Requests at once. Alibaba Cloud publishes no number; eight keeps a region of 10,000 instances
 * within seconds and stays far below what throttles the console of the same account.
 */
export const MAX_CONCURRENCY = 8;

/** Attempts at one request, the first included. */
const MAX_CALL_ATTEMPTS = 4;
const FIRST_RETRY_MS = 200;
const FIRST_THROTTLE_RETRY_MS = 500;
const THROTTLE_WINDOW_MS = 60_000;
/** Throttling ends with the minute; jitter keeps the clients from all coming back at that moment. */
const MAX_RETURN_JITTER_MS = 2_000;

export function createPacer({ budget, deadlineMs }: Pace, runtime: Runtime): Pacer {
  const waiting: (() => void)[] = [];
  let concurrency = MAX_CONCURRENCY;
  let inFlight = 0;
  let pausedUntilMs = 0;
  let calls = 0;
  let throttles = 0;
  /** How often the pace was halved. Requests that are out together are throttled together. */
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
        // The request keeps its place while it waits: a failing service gets no new requests.
        await runtime.sleep(waitMs);
      } finally {
        leave();
      }
    }
  }

  /** Waits for a place and for a turn. */
  async function enter(): Promise<void> {
    while (inFlight >= Math.floor(concurrency)) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    inFlight += 1;
    try {
      await takeTurn();
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Waits for the pause after a throttle to end, and for a call in the budget; then takes it. */
  async function takeTurn(): Promise<void> {
    for (;;) {
      if (isStopped) throw stopped();
      const nowMs = runtime.now();
      const waitMs = Math.max(0, pausedUntilMs - nowMs, budget.delayMs(nowMs));
      if (nowMs + waitMs >= deadlineMs) throw outOfTime(waitMs);
      if (waitMs === 0) break;
      await runtime.sleep(waitMs);
    }
    budget.spend();
    calls += 1;
  }

  function leave(): void {
    inFlight -= 1;
    // The concurrency may have grown meanwhile, so more than one request may enter.
    for (let free = Math.floor(concurrency) - inFlight; free > 0; free -= 1) waiting.shift()?.();
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

  /** Undefined: another attempt cannot help, or there were enough of them. */
  function retryDelayMs(
    { kind, retryAfterMs = 0 }: InventoryError,
    attempt: number,
  ): number | undefined {
    if (attempt >= MAX_CALL_ATTEMPTS) return undefined;
    if (kind === 'throttled') return Math.max(0, pausedUntilMs - runtime.now());
    if (kind === 'transient') {
      return Math.max(retryAfterMs, backoffMs(FIRST_RETRY_MS, attempt, runtime.random));
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

function stopped(): InventoryError {
  return new InventoryError('transient', 'Stopped', 'this tick needs no more answers from ECS');
}
