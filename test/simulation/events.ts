import type { Random } from '../../local/random.ts';
import type { Scope } from '../../shared/core/model.ts';
import { type PushPlan, planPush, type ReadEvent } from '../../shared/watch/core/push-events.ts';
import { pushCallsPerMinute } from '../../shared/watch/core/push-share.ts';
import { type Memory, newMemory } from '../../shared/watch/memory.ts';
import type { Ports } from '../../shared/watch/ports.ts';
import { push } from '../../shared/watch/push.ts';
import type { EventTime } from '../helpers/event-time.ts';
import type { FaultRates } from './fault-rates.ts';
import type { Fleet } from './fleet.ts';
import { portsOf, pushPortsOf } from './hooks.ts';
import type { Promises } from './promises/index.ts';
import { mostBeyond } from './promises/paced.ts';
import type { Crash, LivingRun, RunOptions } from './run.ts';

const ACCOUNT = '1234567890123456';
const TIMEOUT_MS = 50_000;
const PUSH_MS = 10_000;
/** `reservedConcurrency` of the function `scan`. */
const MAX_INSTANCES = 10;
/** The share of the calls of ECS that one instance has for events: a fifth is for all ten. */
const CALL_SHARE = 0.02;
const SLACK_CALLS = 2;
const MAX_CRASH_OPERATION = 15;
/** How late an event comes: at once, later than the next tick, and too late to be of use. */
const DELAYS_MS = [150, 800, 4_000, 90_000, 400_000] as const;

/** What events need to know of a history, and what they change in it. */
interface Watched {
  readonly time: EventTime;
  readonly scopes: readonly Scope[];
  readonly fleets: ReadonlyMap<string, Fleet>;
  readonly callsPerMinute: number;
  readonly promises: Pick<Promises, 'violated'>;
  /** Runs that are alive. */
  running: number;
  /** Runs that events have started so far. */
  pushes: number;
}

/** A new run with its ports. */
type OpenRun = (options: Pick<RunOptions, 'tickId' | 'crash'> & { onCall(scope: Scope): void }) => {
  readonly run: LivingRun;
  readonly ports: Ports;
};

/** An instance of the function `scan`. */
interface Instance {
  readonly memory: Memory;
  /** Scope key → when it has asked ECS for events. */
  readonly calls: Map<string, number[]>;
  isBusy: boolean;
}

/**
 * Events of ECS: half of what changes in the fleets, half of that twice, and in no order. Each event is a
 * run of its own, beside those of the timer.
 */
export function bringEvents(
  watched: Watched,
  { runs }: FaultRates,
  random: Random,
  openRun: OpenRun,
): void {
  const { time, scopes, fleets, callsPerMinute } = watched;
  const { violated } = watched.promises;
  const instances: Instance[] = [];
  const targets = [{ account: 'main', regions: [...fleets.keys()], filterKey: [] }];
  const accounts = new Map([[ACCOUNT, ['main']]]);

  for (const { regionId } of scopes) {
    const fleet = fleets.get(regionId);
    if (fleet === undefined) continue;
    fleet.onChange = (instanceId) => {
      if (random.chance(0.5)) return;
      const atMs = time.now();
      const event: ReadEvent = { kind: 'change', accountId: ACCOUNT, regionId, instanceId, atMs };
      for (let copies = random.chance(0.5) ? 2 : 1; copies > 0; copies -= 1) {
        time.setTimer(random.pick(DELAYS_MS), () => {
          const { asked } = planPush([event], { targets, accounts, nowMs: time.now() });
          if (asked.length > 0) startPush(asked);
        });
      }
    };
  }

  function startPush(asked: PushPlan['asked']): void {
    const instance = instances.find(({ isBusy }) => !isBusy) ?? newInstance();
    // Without a free instance, the event is refused, and lost.
    if (instance === undefined) return;
    instance.isBusy = true;
    watched.pushes += 1;
    const crash: Crash | undefined = random.chance(runs.killed)
      ? {
          operation: 1 + random.below(MAX_CRASH_OPERATION),
          when: random.pick(['before', 'after'] as const),
        }
      : undefined;
    const tickId = `push-${watched.pushes}`;
    const { run, ports } = openRun({
      tickId,
      onCall: ({ key }) => noteCall(instance, key),
      ...(crash && { crash }),
    });
    watched.running += 1;
    let isOver = false;
    const end = (): void => {
      if (!isOver) watched.running -= 1;
      isOver = true;
    };
    time.setTimer(TIMEOUT_MS, () => {
      if (isOver) return;
      end();
      run.isDead = true;
      instances.splice(instances.indexOf(instance), 1);
    });
    const startMs = run.runtime.now();
    push(pushPortsOf(portsOf(ports)), {
      tickId,
      asked,
      callsPerMinute: pushCallsPerMinute(callsPerMinute),
      startMs,
      deadlineMs: startMs + PUSH_MS,
      memory: instance.memory,
    }).then(
      () => {
        end();
        instance.isBusy = false;
      },
      (error) => violated(`${tickId} threw ${error instanceof Error ? error.stack : error}`),
    );
  }

  function newInstance(): Instance | undefined {
    if (instances.length >= MAX_INSTANCES) return undefined;
    const instance = { memory: newMemory(), calls: new Map<string, number[]>(), isBusy: false };
    instances.push(instance);
    return instance;
  }

  function noteCall({ calls }: Instance, key: Scope['key']): void {
    const times = [...(calls.get(key) ?? []), time.now()];
    calls.set(key, times);
    const excess = mostBeyond(times, callsPerMinute * CALL_SHARE);
    if (runs.wrongClock === 0 && excess > SLACK_CALLS)
      violated(`events have asked ${key} more often than their share allows`);
  }
}
