import type { Runtime } from '../../shared/lib/runtime.ts';

/**
 * A runtime for many sleepers at once, without any real I/O: time goes from event to event, in the
 * order of their times, so that sleeps of several runs interleave as they would in reality. The
 * source of randomness orders events of the same time, so that a seed decides that order too.
 *
 * `virtualRuntime` cannot do this: it lets every sleep pass at once, one after the other. This
 * runtime cannot serve a test with real servers: it would not wait for their answers. `serverTime` does.
 */
export interface EventTime extends Runtime {
  /** Counts everything that happens, to order what happens within one millisecond. */
  moment(): number;
  /** Lets everything happen that is due within `ms`. */
  pass(ms: number): Promise<void>;
  /** Lets one event after another happen until `isOver`. @throws when no event is left */
  passUntil(isOver: () => boolean): Promise<void>;
  /** Lets the next event happen; false: none is left. */
  next(): boolean;
}

interface Event {
  readonly atMs: number;
  /** Of events at the same time, the one with the lower turn comes first. */
  readonly turn: number;
  callback: (() => void) | undefined;
}

export function eventTime(startMs: number, random: () => number): EventTime {
  const events: Event[] = [];
  let nowMs = startMs;
  let moments = 0;

  const time: EventTime = {
    now: () => nowMs,
    random,
    moment: () => ++moments,
    setTimer(ms, callback) {
      const event: Event = { atMs: nowMs + Math.max(0, ms), turn: random(), callback };
      push(events, event);
      return () => {
        event.callback = undefined;
      };
    },
    sleep: (ms) => new Promise((resolve) => time.setTimer(ms, resolve)),
    pass(ms) {
      let isOver = false;
      time.setTimer(ms, () => {
        isOver = true;
      });
      return time.passUntil(() => isOver);
    },
    async passUntil(isOver) {
      await everythingWaits();
      while (!isOver()) {
        if (!time.next()) throw new Error('no event is left');
        await everythingWaits();
      }
    },
    next() {
      for (let event = pop(events); event !== undefined; event = pop(events)) {
        if (event.callback === undefined) continue;
        nowMs = Math.max(nowMs, event.atMs);
        event.callback();
        return true;
      }
      return false;
    },
  };
  return time;
}

/** Everything that was started runs until it waits for an event: no promise is left to settle. */
function everythingWaits(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function isBefore(one: Event, other: Event): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.turn < other.turn);
}

/** Adds an event to a binary heap whose first event is the next one. */
function push(heap: Event[], event: Event): void {
  let place = heap.push(event) - 1;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const above = heap[parent] as Event;
    if (!isBefore(event, above)) break;
    heap[place] = above;
    place = parent;
  }
  heap[place] = event;
}

function pop(heap: Event[]): Event | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && isBefore(right, heap[child] as Event)) child += 1;
    const below = heap[child] as Event;
    if (!isBefore(below, last)) break;
    heap[place] = below;
    place = child;
  }
  heap[place] = last;
  return first;
}
