import { type Random, seededRandom } from '../../local/random.ts';
import type { Invocation } from '../../shared/core/invocation.ts';
import type { Scope } from '../../shared/core/model.ts';
import type { Target } from '../../shared/core/target.ts';
import type { Invoker } from '../../shared/ports/invoker.ts';
import { journalOver } from '../../shared/tablestore/journal.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import type { AcceptedOrder } from '../../shared/watch/core/shard-order.ts';
import { type Memory, newMemory } from '../../shared/watch/memory.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watchShard } from '../../shared/watch/shard.ts';
import { watch } from '../../shared/watch/watch.ts';
import { type EventTime, eventTime } from '../helpers/event-time.ts';
import { ENVIRONMENT, inProcess } from '../helpers/shards-in-process.ts';
import { rightAddress } from './addresses.ts';
import { simulatedInventory } from './ecs.ts';
import { type FaultRates, NO_FAULTS } from './fault-rates.ts';
import { type Fleet, simulatedFleet } from './fleet.ts';
import { type Promises, promises } from './promises/index.ts';
import { RECEIVERS, simulatedChannel } from './receivers.ts';
import { NO_RULES } from './rules.ts';
import { type Crash, type LivingRun, newRun } from './run.ts';
import { storeOutages } from './store-outages.ts';
import { type Key, newStore, type Row, type Store, simulatedClient } from './tablestore.ts';

export interface ManyScopesOptions {
  readonly seed: number;
  /** Scopes, in three accounts. */
  readonly scopes: number;
  /** Ticks in which instances change and faults happen; calm ticks follow. */
  readonly ticks: number;
  /** The mistake that is planted; absent: none. */
  readonly mistake?: string;
}

/** Counts of what happened to shards: they prove that there was something to check. */
export interface ShardTally {
  started: number;
  killed: number;
  slow: number;
  refused: number;
  full: number;
  /** Of which the answer broke off, though it ran to its end. */
  unanswered: number;
  /** Failed scans that the run has written. */
  failures: number;
}

export interface ManyScopes {
  readonly promises: Promises;
  readonly shards: ShardTally;
  /** What every run that ended reported. */
  readonly reports: readonly WatchReport[];
}

const START_MS = Date.UTC(2026, 10, 22, 10, 5);
const MINUTE_MS = 60_000;
const TIMEOUT_MS = 50_000;
const TICK_MS = 47_000;
const TABLE_PREFIX = 'sim_';
/** The endpoint is sent ten messages a minute, and owed about four a scope. */
const calmTicksFor = (scopes: number): number => Math.max(15, scopes / 2);
/** Function instances that the platform keeps warm; which one gets an order is its own choice. */
const INSTANCES = 3;
const ACCOUNTS = ['main', 'shop', 'data'];

/** The endpoint takes few messages: what one tick finds in all scopes is more than it may be sent at once. */
const CHANNELS = RECEIVERS.map((receiver) =>
  receiver.style === 'commits' ? { ...receiver, messagesPerMinute: 10 } : receiver,
);

/** Slow tables, and answers that are lost: all that a store does on a bad day. */
const BAD_DAY: FaultRates = {
  ...NO_FAULTS,
  tablestore: { busy: 0.02, lostRequest: 0.01, lostAnswer: 0.01, slow: 0.05, outage: 0 },
};

interface World {
  readonly time: EventTime;
  readonly random: Random;
  readonly store: Store;
  readonly targets: readonly Target[];
  readonly scopes: readonly Scope[];
  readonly fleets: ReadonlyMap<string, Fleet>;
  readonly promises: Promises;
  readonly shards: ShardTally;
  readonly reports: WatchReport[];
  /** Tick and scope, of each request to ECS by the run of the tick or by one of its shards. */
  readonly looks: Set<string>;
  readonly healths: ReturnType<typeof healthPromises>;
}

/** One watch function over many scopes and its shards, for several ticks and until everything is delivered. */
export async function playManyScopes(options: ManyScopesOptions): Promise<ManyScopes> {
  const random = seededRandom(options.seed);
  const time = eventTime(START_MS, random.next);
  const world = newWorld(time, random, options.scopes);
  const instances = Array.from({ length: INSTANCES }, newMemory);
  let memory = newMemory();

  const maxTicks = options.ticks + calmTicksFor(options.scopes);
  for (let index = 0; index < maxTicks; index += 1) {
    const isCalm = index >= options.ticks;
    if (isCalm && world.promises.isSettled()) break;
    if (options.mistake !== undefined && world.promises.violations.length > 0) break;
    for (const { regionId } of world.scopes) {
      if (!isCalm && random.chance(0.3)) world.fleets.get(regionId)?.change();
    }
    const crash: Crash | undefined =
      !isCalm && random.chance(0.15)
        ? { operation: 1 + random.below(20), when: random.pick(['before', 'after'] as const) }
        : undefined;
    if (crash !== undefined || random.chance(0.1)) memory = newMemory();
    const rates = isCalm ? NO_FAULTS : BAD_DAY;
    startTick(world, { tickId: `tick-${index}`, memory, instances, rates, isCalm, crash });
    await time.pass(MINUTE_MS);
  }
  world.promises.checkEnd();
  return world;
}

function newWorld(time: EventTime, random: Random, count: number): World {
  const regionIds = Array.from({ length: count }, (_, index) => `region-${index}`);
  const targets = ACCOUNTS.map((account, place) => ({
    account,
    regions: regionIds.filter((_, index) => index % ACCOUNTS.length === place),
    filterKey: [],
  }));
  const scopes = targets.flatMap(({ account, regions }) =>
    regions.map((regionId) => ({ key: `${account}/${regionId}`, account, regionId })),
  );
  const fleets = new Map(
    regionIds.map((regionId) => [
      regionId,
      simulatedFleet({ regionId, size: 3, newest: 'last' }, time, random),
    ]),
  );
  const store = newStore();
  const kept = promises({
    tables: { journal: `${TABLE_PREFIX}journal`, state: `${TABLE_PREFIX}state` },
    store,
    receivers: CHANNELS,
    fleets: new Map(scopes.map(({ key, regionId }) => [key, fleets.get(regionId) as Fleet])),
    moment: time.moment,
    areReportsDue: false,
    reminders: null,
    isSteady: false,
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
    rules: NO_RULES,
  });
  const shards = {
    started: 0,
    killed: 0,
    slow: 0,
    refused: 0,
    full: 0,
    unanswered: 0,
    failures: 0,
  };
  const healths = healthPromises(kept, shards);
  store.onWrite = (run, table, key, row) => {
    kept.onWrite(run, table, key, row);
    healths.onWrite(run, key, row);
  };
  return {
    time,
    random,
    store,
    targets,
    scopes,
    fleets,
    promises: kept,
    shards,
    reports: [],
    looks: new Set(),
    healths,
  };
}

/**
 * A failure that a run writes for a scope replaces no scan that has ended well since the run began; and one
 * is written for each scope whose shard did not start, unless there was such a scan.
 */
function healthPromises({ violated }: Promises, shards: ShardTally) {
  /** Run and scope, of each failure that a run has written. */
  const failures = new Set<string>();
  const known = new Map<
    string,
    { readonly failures: number; readonly lastGoodAtMs: number | null }
  >();
  function onWrite(run: LivingRun, [scope, item]: Key, row: Row): void {
    if (item !== 'head' || !row.has('health')) return;
    const health = JSON.parse(String(row.get('health'))) as {
      readonly failures: number;
      readonly lastGoodAtMs: number | null;
    };
    const before = known.get(scope);
    known.set(scope, health);
    const isOfRun = /^tick-\d+$/u.test(run.tickId);
    if (!isOfRun || health.failures <= (before?.failures ?? 0)) return;
    shards.failures += 1;
    failures.add(`${run.tickId} ${scope}`);
    if ((before?.lastGoodAtMs ?? 0) >= run.startMs)
      violated(`${run.tickId} has written a failure over the good health of ${scope}`);
  }

  function onReport({ tickId, startMs }: LivingRun, { scopes }: WatchReport): void {
    for (const { scope, error } of scopes) {
      const isGood = (known.get(scope)?.lastGoodAtMs ?? 0) >= startMs;
      const isDue = error?.startsWith('its shard did not start') === true && !isGood;
      if (isDue && !failures.has(`${tickId} ${scope}`))
        violated(`${tickId} has written no failure of ${scope}, whose shard did not start`);
    }
  }

  return { onWrite, onReport };
}

interface TickOptions {
  readonly tickId: string;
  readonly memory: Memory;
  readonly instances: Memory[];
  readonly rates: FaultRates;
  readonly isCalm: boolean;
  readonly crash: Crash | undefined;
}

/** One run of the watch function. It is followed, not waited for. */
function startTick(world: World, options: TickOptions): void {
  const { time, scopes, promises: kept, reports, looks, healths } = world;
  const { tickId, memory, crash } = options;
  const { run, ports } = openRun(world, options, tickId, crash);
  const startMs = run.runtime.now();
  const shards = {
    invoker: simulatedInvoker(world, options),
    functionName: 'scan',
    environment: ENVIRONMENT,
    aboveScopes: 8,
  };
  watch(
    { ...ports, shards },
    {
      tickId,
      scopes,
      callsPerMinute: 1_000,
      guard: GUARD_LIMITS,
      startMs,
      deadlineMs: startMs + TICK_MS,
      memory,
    },
  ).then(
    (report) => {
      reports.push(report);
      healths.onReport(run, report);
      for (const { scope, ok } of report.scopes) {
        if (ok && !looks.has(`${tickId} ${scope}`))
          kept.violated(`${tickId} says that ${scope} is well, but has not looked`);
      }
      for (const { channel, outcome, error } of report.channels) {
        // A row that lost its position stops a channel for good, whatever the store does.
        if (error?.includes('has lost its position'))
          kept.violated(`${channel}: ${outcome}: ${error}`);
      }
    },
    (error) => kept.violated(`${tickId} threw ${error instanceof Error ? error.stack : error}`),
  );
  time.setTimer(TIMEOUT_MS, () => {
    run.isDead = true;
  });
}

/** A run with its ports, over the store and the fleets of the world. */
function openRun(
  { time, random, store, fleets, promises: kept, looks }: World,
  { rates, tickId: tick }: Pick<TickOptions, 'rates' | 'tickId'>,
  tickId: string,
  crash: Crash | undefined,
) {
  const skew = { ms: 0, jumps: 0 };
  const run = newRun({ tickId, time, random, skew, ...(crash && { crash }) });
  const { runtime } = run;
  const journal = journalOver(
    simulatedClient(run, store, rates, () => null),
    {
      tablePrefix: TABLE_PREFIX,
      deadlineMs: runtime.now() + TICK_MS,
      runtime,
      redact: (text) => text,
    },
  );
  const channels = CHANNELS.map((receiver) =>
    simulatedChannel(run, receiver, {
      rates,
      outage: null,
      address: rightAddress(receiver.name),
      onMessage: kept.onMessage,
    }),
  );
  const regionStates = new Map([...fleets.keys()].map((regionId) => [regionId, 'fine' as const]));
  const inventory = simulatedInventory(run, {
    fleets,
    regionStates,
    rates: NO_FAULTS,
    pageSize: 50,
    onCall: ({ key }) => looks.add(`${tick} ${key}`),
  });
  return { run, ports: { inventory, journal, channels, runtime } };
}

/** Function Compute on a bad day: no room, no right, instances that die or freeze, answers that break off. */
function simulatedInvoker(world: World, options: TickOptions): Invoker {
  const { time, random, shards, targets } = world;
  const { instances, isCalm, tickId } = options;
  const happens = (probability: number): boolean => !isCalm && random.chance(probability);
  let orders = 0;

  async function runShard({ scopes, heads, runId, reportInMs, endInMs }: AcceptedOrder) {
    orders += 1;
    shards.started += 1;
    const isKilled = happens(0.15);
    const isSlow = happens(0.15);
    if (isKilled) shards.killed += 1;
    if (isSlow) shards.slow += 1;
    const crash: Crash | undefined = isKilled
      ? { operation: 1 + random.below(80), when: random.pick(['before', 'after'] as const) }
      : undefined;
    const { run, ports } = openRun(world, options, `${tickId}-shard-${orders}`, crash);
    const place = random.below(instances.length);
    if (isKilled) instances[place] = newMemory();
    time.setTimer(TIMEOUT_MS, () => {
      run.isDead = true;
    });
    // An instance that starts cold on a busy host may need a long time to its first request.
    if (isSlow) await time.sleep(15_000 + random.below(25_000));
    const startMs = run.runtime.now();
    const report = watchShard(ports, {
      tickId: run.tickId,
      scopes,
      heads,
      ...(runId !== undefined && { runId }),
      callsPerMinute: 1_000,
      guard: GUARD_LIMITS,
      startMs,
      deadlineMs: startMs + endInMs,
      reportByMs: startMs + reportInMs,
      memory: instances[place] ?? newMemory(),
    });
    return Promise.race([report, deathOf(run)]);
  }

  const real = inProcess(targets, runShard);
  return {
    async invoke(name, event, timeoutMs): Promise<Invocation> {
      await time.sleep(5 + random.below(40));
      if (happens(0.1)) {
        shards.full += 1;
        return { kind: 'unstarted', reason: 'ResourceExhausted: full', isBusy: true };
      }
      if (happens(0.1)) {
        shards.refused += 1;
        return { kind: 'unstarted', reason: 'AccessDenied: no', isBusy: false };
      }
      const answer = real.invoke(name, event, timeoutMs);
      if (!happens(0.1)) return answer;
      shards.unanswered += 1;
      await time.sleep(random.below(2_000));
      return { kind: 'unknown', reason: 'its answer broke off: ECONNRESET' };
    },
  };

  /** Function Compute reports that a process is gone soon after. */
  async function deathOf(run: LivingRun): Promise<never> {
    while (!run.isDead) await time.sleep(500);
    throw new Error('Process exited unexpectedly before completing request');
  }
}
