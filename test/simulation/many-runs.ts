import { type Random, seededRandom } from '../../local/random.ts';
import type { Scope } from '../../shared/core/model.ts';
import { journalOver } from '../../shared/tablestore/journal.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { type Memory, newMemory } from '../../shared/watch/memory.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watch } from '../../shared/watch/watch.ts';
import { type EventTime, eventTime } from '../helpers/event-time.ts';
import { aScope } from '../helpers/examples.ts';
import { rightAddress } from './addresses.ts';
import { simulatedInventory } from './ecs.ts';
import { type FaultRates, NO_FAULTS } from './fault-rates.ts';
import { type Fleet, simulatedFleet } from './fleet.ts';
import { type Promises, promises } from './promises/index.ts';
import { type Receiver, simulatedChannel } from './receivers.ts';
import { NO_RULES } from './rules.ts';
import { type Crash, newRun } from './run.ts';
import { storeOutages } from './store-outages.ts';
import { newStore, type Store, simulatedClient } from './tablestore.ts';

/** Six channels that all runs share: three kinds, two names each. */
export const SHARED_RECEIVERS: readonly Receiver[] = ['ops', 'dev'].flatMap((team) => [
  { name: `dingtalk-${team}`, style: 'digest', messagesPerMinute: 18 },
  { name: `slack-${team}`, style: 'digest', messagesPerMinute: 50 },
  { name: `webhook-${team}`, style: 'commits', messagesPerMinute: Number.POSITIVE_INFINITY },
]);

export interface ManyRunsOptions {
  readonly seed: number;
  /** Scopes, each with a run of its own in every tick. */
  readonly scopes: number;
  /** Ticks in which instances change and faults happen; calm ticks follow. */
  readonly ticks: number;
  readonly rates?: Partial<Pick<FaultRates, 'tablestore' | 'channels'>>;
  /** The probability that a run of those ticks dies. */
  readonly killed?: number;
}

export interface ManyRuns {
  readonly promises: Promises;
  readonly store: Store;
  /** What every run that ended reported. */
  readonly reports: readonly WatchReport[];
  /** Messages as they were accepted: channel → `scope/seq`, with each part by itself. */
  readonly accepted: ReadonlyMap<string, readonly string[]>;
}

const START_MS = Date.UTC(2026, 10, 22, 10, 5);
const MINUTE_MS = 60_000;
const TIMEOUT_MS = 50_000;
const TICK_MS = 47_000;
const TABLE_PREFIX = 'sim_';
/** A baseline of 200 scopes takes a channel of 18 messages a minute 12 ticks. */
const MAX_NO_FAULTS_TICKS = 60;

/** What the runs of all scopes share. */
interface World {
  readonly time: EventTime;
  readonly random: Random;
  readonly store: Store;
  readonly fleets: ReadonlyMap<string, Fleet>;
  readonly promises: Promises;
  readonly accepted: ReadonlyMap<string, string[]>;
  readonly reports: WatchReport[];
}

/** Many runs at once, each over one scope, for several ticks and until everything is delivered. */
export async function playManyRuns(options: ManyRunsOptions): Promise<ManyRuns> {
  const random = seededRandom(options.seed);
  const time = eventTime(START_MS, random.next);
  const scopes = Array.from({ length: options.scopes }, (_, index) => aScope(`region-${index}`));
  const world = newWorld(time, random, scopes, options);
  const memories = new Map(scopes.map(({ key }) => [key, newMemory()]));
  const rates = { ...NO_FAULTS, ...options.rates };

  for (let index = 0; index < options.ticks + MAX_NO_FAULTS_TICKS; index += 1) {
    const isCalm = index >= options.ticks;
    if (isCalm && world.promises.isSettled()) break;
    for (const scope of scopes) {
      if (!isCalm && random.chance(0.3)) world.fleets.get(scope.regionId)?.change();
      const dies = !isCalm && random.chance(options.killed ?? 0);
      const crash: Crash | undefined = dies
        ? { operation: 1 + random.below(60), when: random.pick(['before', 'after'] as const) }
        : undefined;
      // Now and then the platform starts a new function instance.
      if (dies || random.chance(0.1)) memories.set(scope.key, newMemory());
      const memory = memories.get(scope.key) ?? newMemory();
      const tickId = `${scope.regionId}-${index}`;
      time.setTimer(random.below(500), () =>
        startRun(world, {
          scope,
          tickId,
          memory,
          rates: isCalm ? NO_FAULTS : rates,
          ...(crash && { crash }),
        }),
      );
    }
    await time.pass(MINUTE_MS);
  }
  world.promises.checkEnd();
  return world;
}

function newWorld(
  time: EventTime,
  random: Random,
  scopes: readonly Scope[],
  { rates, killed = 0 }: ManyRunsOptions,
): World {
  const fleets = new Map(
    scopes.map(({ regionId }) => [
      regionId,
      simulatedFleet({ regionId, size: 3, newest: 'last' }, time, random),
    ]),
  );
  const store = newStore();
  const kept = promises({
    tables: { journal: `${TABLE_PREFIX}journal`, state: `${TABLE_PREFIX}state` },
    store,
    receivers: SHARED_RECEIVERS,
    fleets: new Map(scopes.map(({ key, regionId }) => [key, fleets.get(regionId) as Fleet])),
    moment: time.moment,
    isSteady: rates?.tablestore === undefined && killed === 0,
    isClockRight: true,
    isAddressRight: true,
    callsPerMinute: 1_000,
    isPaced: false,
    nowMs: time.now,
    isRowsRight: true,
    isRegular: false,
    outages: storeOutages(random, MINUTE_MS),
    periodMs: MINUTE_MS,
    spoils: () => ({ all: [], isThere: () => false }),
    areReportsDue: false,
    reminders: null,
    rules: NO_RULES,
  });
  store.onWrite = kept.onWrite;
  const accepted = new Map(SHARED_RECEIVERS.map(({ name }) => [name, [] as string[]]));
  return { time, random, store, fleets, promises: kept, accepted, reports: [] };
}

interface RunOptions {
  readonly scope: Scope;
  readonly tickId: string;
  readonly memory: Memory;
  readonly rates: FaultRates;
  readonly crash?: Crash;
}

/** One run over one scope. It is followed, not waited for. */
function startRun(world: World, { scope, tickId, memory, rates, crash }: RunOptions): void {
  const { time, random, store, fleets, promises: kept } = world;
  const skew = { ms: 0, jumps: 0 };
  const run = newRun({ tickId, time, random, skew, ...(crash && { crash }) });
  const { runtime } = run;
  const deadlineMs = runtime.now() + TICK_MS;
  const journal = journalOver(
    simulatedClient(run, store, rates, () => null),
    {
      tablePrefix: TABLE_PREFIX,
      deadlineMs,
      runtime,
      redact: (text) => text,
    },
  );
  const channels = SHARED_RECEIVERS.map((receiver) =>
    simulatedChannel(run, receiver, {
      rates,
      outage: null,
      address: rightAddress(receiver.name),
      onMessage: (sender, channel, message, fate) => {
        kept.onMessage(sender, channel, message, fate);
        const { index, count } = message.part;
        const part = count > 1 ? `.${index + 1}` : '';
        if (!fate.accepted) return;
        for (const { scope: key, seq } of message.commits)
          world.accepted.get(channel)?.push(`${key}/${seq}${part}`);
      },
    }),
  );
  const regionStates = new Map([[scope.regionId, 'fine' as const]]);
  const inventory = simulatedInventory(run, {
    fleets,
    regionStates,
    rates: NO_FAULTS,
    pageSize: 50,
  });
  time.setTimer(TIMEOUT_MS, () => {
    run.isDead = true;
  });
  watch(
    { inventory, journal, channels, runtime },
    {
      tickId,
      scopes: [scope],
      callsPerMinute: 1_000,
      guard: GUARD_LIMITS,
      startMs: runtime.now(),
      deadlineMs,
      memory,
    },
  ).then(
    (report) => void world.reports.push(report),
    (error) => kept.violated(`${tickId} threw ${error instanceof Error ? error.stack : error}`),
  );
}
