import type { Clock } from '../../clock.ts';
import { faultPlan } from '../../faults/plan.ts';
import { seededRandom } from '../../random.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { EVENT_FAULTS, type EventFault } from './fault.ts';
import { EVENT_SHAPES, type EventShape, type EventState, type StateEvent } from './shapes.ts';

/** The state changes of fleets, posted as they happen. Switched off until `postTo` is called. */
export interface EventBus {
  /** Posts every event from now on, in each of the shapes; undefined: none any more. */
  postTo(post: EventPost | undefined, shapes?: readonly EventShape[]): void;
  /** Replaces the faults; `[]` ends them. @throws {RangeError} naming every bad field. */
  setFaults(faults: readonly EventFault[]): void;
  readonly faults: readonly EventFault[];
  /** When the next event is due; undefined: none is waiting. */
  readonly nextMs: number | undefined;
  /** Posts what is due by the clock, and waits for it. It happens by itself, too; this is for a manual clock. */
  drain(): Promise<void>;
  close(): void;
}

/** Called with one event, as JSON. */
export type EventPost = (event: Buffer) => unknown;

interface Waiting {
  readonly event: StateEvent;
  dueMs: number;
  /** It waits for another one to be posted first. */
  isHeld: boolean;
}

const POLL_MS = 250;

/** `fleets`: the number of an account → its fleet. */
export function createEventBus(
  fleets: ReadonlyMap<string, Fleet>,
  { clock, seed }: { readonly clock: Clock; readonly seed: number },
): EventBus {
  const random = seededRandom(seed + 2);
  const plan = faultPlan(EVENT_FAULTS, random);
  let post: EventPost | undefined;
  let shapes: readonly EventShape[] = [];
  let waiting: Waiting[] = [];
  let poll: NodeJS.Timeout | undefined;
  let count = 0;

  const add = (event: Omit<StateEvent, 'id'>): void => {
    const hits = plan.forRequest()(
      ({ instances }) => instances === undefined || instances.includes(event.instanceId),
    );
    if (hits.some(({ kind }) => kind === 'drop')) return;
    const delayMs = hits.reduce((sum, hit) => sum + (hit.kind === 'delay' ? hit.delayMs : 0), 0);
    const isHeld = hits.some(({ kind }) => kind === 'reorder');
    count += 1;
    const id = `${String(count).padStart(8, '0')}-0000-4000-8000-000000000000`;
    const copies = hits.some(({ kind }) => kind === 'double') ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      waiting.push({ event: { ...event, id }, dueMs: event.atMs + delayMs, isHeld });
    }
  };

  for (const [accountId, fleet] of fleets) {
    fleet.onSteps(({ id: instanceId, regionId }, steps) => {
      if (post === undefined) return;
      const common = { accountId, regionId, instanceId };
      if (steps.length > 0) {
        for (const { atMs, status } of steps) add({ ...common, state: stateOf(status), atMs });
        return;
      }
      // What was still to come does not happen.
      const nowMs = clock.now();
      waiting = waiting.filter(
        ({ event }) => event.instanceId !== instanceId || event.atMs <= nowMs,
      );
      add({ ...common, state: 'Deleted', atMs: nowMs });
    });
  }

  /** Takes the events that are due, in the order of their times; one that is held is behind the others. */
  const takeDue = (): readonly StateEvent[] => {
    const nowMs = clock.now();
    const due = waiting.filter(({ dueMs }) => dueMs <= nowMs);
    const taken = due.every(({ isHeld }) => isHeld) ? [] : due;
    waiting = waiting.filter((one) => !taken.includes(one));
    const order = ({ isHeld, dueMs }: Waiting): number => (isHeld ? nowMs + 1 : dueMs);
    return taken.sort((one, other) => order(one) - order(other)).map(({ event }) => event);
  };

  const work = async (): Promise<void> => {
    const events = takeDue();
    const posts = events.flatMap((event) =>
      shapes.map((shape) => Buffer.from(JSON.stringify(EVENT_SHAPES[shape](event)))),
    );
    for (const body of posts) {
      try {
        await post?.(body);
      } catch {
        // A receiver that fails is its own concern, as it is on the real bus: the others are posted.
      }
    }
  };

  /** One after the other: the next events wait for those that are on their way. */
  let working: Promise<void> = Promise.resolve();
  const workNext = (): Promise<void> => {
    working = working.then(work);
    return working;
  };

  const close = (): void => {
    clearInterval(poll);
    waiting = [];
    post = undefined;
  };

  return {
    postTo(to, as = ['eventbridge', 'cloudmonitor']) {
      close();
      post = to;
      shapes = as;
      if (to !== undefined) poll = setInterval(workNext, POLL_MS).unref();
    },
    setFaults: plan.set,
    get faults() {
      return plan.pending;
    },
    get nextMs() {
      const times = waiting.filter(({ isHeld }) => !isHeld).map(({ dueMs }) => dueMs);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    drain: workNext,
    close,
  };
}

function stateOf(status: string): EventState {
  return status === 'Pending' ? 'Created' : (status as EventState);
}
