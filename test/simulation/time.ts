/**
 * Virtual time: nothing happens but events, one after the other, at the times for which they were
 * set. Two events at the same time come in an order that chance decides, so that a seed decides it.
 */
export interface Time {
  /** Milliseconds since 1970. */
  now(): number;
  /** Counts everything that happens, for what lies within one millisecond. */
  moment(): number;
  /** Calls `action` after `ms`; answers how to call it off. */
  after(ms: number, action: () => void): () => void;
  sleep(ms: number): Promise<void>;
  /** Lets event after event happen until `isOver`. @throws when nothing is left to happen */
  pass(isOver: () => boolean): Promise<void>;
}

interface Event {
  readonly atMs: number;
  /** Of events at the same time, the lower one comes first. */
  readonly turn: number;
  action: (() => void) | undefined;
}

export function virtualTime(startMs: number, chance: () => number): Time {
  const events: Event[] = [];
  let nowMs = startMs;
  let moments = 0;

  const time: Time = {
    now: () => nowMs,
    moment: () => ++moments,
    after(ms, action) {
      const event: Event = { atMs: nowMs + Math.max(0, ms), turn: chance(), action };
      push(events, event);
      return () => {
        event.action = undefined;
      };
    },
    sleep: (ms) => new Promise((resolve) => time.after(ms, resolve)),
    async pass(isOver) {
      while (!isOver()) {
        const event = pop(events);
        if (event === undefined) throw new Error('nothing is left to happen');
        if (event.action === undefined) continue;
        nowMs = Math.max(nowMs, event.atMs);
        event.action();
        // All that the event has set going goes on until it waits for another event: Node.js calls
        // back here when no promise is left to go on.
        await new Promise<void>((resolve) => process.nextTick(resolve));
      }
    },
  };
  return time;
}

function isBefore(one: Event, other: Event): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.turn < other.turn);
}

/** Adds to a binary heap whose first event is the next one. */
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
