import { InventoryError } from '../../shared/ports/inventory.ts';
import { openBudget } from '../../shared/watch/budget.ts';
import { createPacer, MAX_CONCURRENCY, MIN_CONCURRENCY } from '../../shared/watch/pacer.ts';
import { eventTime } from '../helpers/event-time.ts';

const CALLS_PER_MINUTE = 100_000;
const DEADLINE_MS = 600_000;
const CALL_MS = 10;

/** Calls that are throttled up to the nth, and the number in flight as each of them starts. */
async function pacedCalls(
  count: number,
  throttledCalls: number,
  retryAfterMs: number,
  { callMs = CALL_MS, callsPerMinute = CALLS_PER_MINUTE } = {},
) {
  const time = eventTime(0, () => 0);
  const budget = openBudget(callsPerMinute, 0, undefined);
  const pacer = createPacer({ deadlineMs: DEADLINE_MS, budget }, time);
  const inFlightAtStart: number[] = [];
  let inFlight = 0;
  let isDone = false;
  const call = async (): Promise<void> => {
    inFlight += 1;
    inFlightAtStart.push(inFlight);
    const isThrottled = inFlightAtStart.length <= throttledCalls;
    await time.sleep(callMs);
    inFlight -= 1;
    if (isThrottled) {
      throw new InventoryError('throttled', 'Throttling.User', 'no', { retryAfterMs });
    }
  };
  const all = Promise.all(Array.from({ length: count }, () => pacer.call(call)));
  void all.then(() => {
    isDone = true;
  });
  await time.passUntil(() => isDone);
  return { throttles: pacer.throttles, afterThrottle: inFlightAtStart.slice(throttledCalls) };
}

it('halves the pace once for requests that are throttled together', async () => {
  const { throttles, afterThrottle } = await pacedCalls(40, MIN_CONCURRENCY, 500);

  expect(throttles).toBe(MIN_CONCURRENCY);
  expect(Math.max(...afterThrottle.slice(0, MIN_CONCURRENCY))).toBe(MIN_CONCURRENCY / 2);
});

it('sends requests side by side again after a throttle is over', async () => {
  const { afterThrottle } = await pacedCalls(400, MIN_CONCURRENCY, 1_000);

  expect(Math.max(...afterThrottle.slice(-100))).toBeGreaterThanOrEqual(MIN_CONCURRENCY);
});

it('sends more requests at once to an ECS that answers slowly, and no more than there is use for', async () => {
  const quick = await pacedCalls(400, 0, 0, { callMs: 10, callsPerMinute: 1_000 });
  const slow = await pacedCalls(400, 0, 0, { callMs: 400, callsPerMinute: 1_000 });
  const verySlow = await pacedCalls(400, 0, 0, { callMs: 4_000, callsPerMinute: 1_000 });

  expect(Math.max(...quick.afterThrottle)).toBe(MIN_CONCURRENCY);
  expect(Math.max(...slow.afterThrottle)).toBeGreaterThan(15);
  expect(Math.max(...verySlow.afterThrottle)).toBe(MAX_CONCURRENCY);
});

it('sends requests in their order, whichever of them is tried again', async () => {
  const time = eventTime(0, () => 0);
  const budget = openBudget(CALLS_PER_MINUTE, 0, undefined);
  const pacer = createPacer({ deadlineMs: DEADLINE_MS, budget }, time);
  const sent: number[] = [];
  const request = (place: number) => async (): Promise<void> => {
    sent.push(place);
    await time.sleep(CALL_MS);
    const isFirst = sent.filter((other) => other === place).length === 1;
    if (place === 5 && isFirst) throw new InventoryError('transient', 'ECONNRESET', 'no');
  };
  let isDone = false;
  const places = Array.from({ length: 2_000 }, (_, place) => place);
  void Promise.all(places.map((place) => pacer.call(request(place)))).then(() => {
    isDone = true;
  });
  await time.passUntil(() => isDone);

  expect([...new Set(sent)]).toEqual(places);
  expect(sent).toHaveLength(places.length + 1);
});

describe('a wait that ECS asks for', () => {
  /** The times at which requests are sent of which the first one fails. */
  async function timesAfter(
    failure: InventoryError,
  ): Promise<{ readonly timesMs: readonly number[]; readonly outcome: string }> {
    const time = eventTime(0, () => 0);
    const budget = openBudget(CALLS_PER_MINUTE, 0, undefined);
    const pacer = createPacer({ deadlineMs: DEADLINE_MS, budget }, time);
    const timesMs: number[] = [];
    let outcome = '';
    const call = async (): Promise<string> => {
      timesMs.push(time.now());
      if (timesMs.length === 1) throw failure;
      return 'answered';
    };
    void pacer.call(call).then(
      (answer) => {
        outcome = answer;
      },
      (error: InventoryError) => {
        outcome = error.code;
      },
    );
    await time.passUntil(() => outcome !== '');
    return { timesMs, outcome };
  }

  it.each([
    ['throttled', 1_234],
    ['throttled', 90_000],
    ['transient', 90_000],
  ] as const)('is kept where a request was %s, for %s ms', async (kind, retryAfterMs) => {
    const { timesMs } = await timesAfter(new InventoryError(kind, 'Code', 'no', { retryAfterMs }));

    expect(timesMs).toEqual([0, retryAfterMs]);
  });

  it.each(['throttled', 'transient'] as const)(
    'is kept past the deadline where a request was %s: nothing more is sent',
    async (kind) => {
      const error = new InventoryError(kind, 'Code', 'no', { retryAfterMs: DEADLINE_MS + 1 });

      expect(await timesAfter(error)).toEqual({ timesMs: [0], outcome: 'Code' });
    },
  );
});
