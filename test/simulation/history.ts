import { type Random, seededRandom } from '../../local/random.ts';
import type { Scope } from '../../shared/core/model.ts';
import { channelPolicy } from '../../shared/delivery/core/policy/policy.ts';
import { journalOver } from '../../shared/tablestore/journal.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { MIN_CALLS_WITH_PUSH, pollingCallsPerMinute } from '../../shared/watch/core/push-share.ts';
import { type Memory, newMemory } from '../../shared/watch/memory.ts';
import type { Ports } from '../../shared/watch/ports.ts';
import type { Tick } from '../../shared/watch/tick.ts';
import { watch } from '../../shared/watch/watch.ts';
import { eventTime } from '../helpers/event-time.ts';
import { aScope } from '../helpers/examples.ts';
import { type Address, rightAddress, simulatedAddresses } from './addresses.ts';
import { channelOutages, NO_CHANNEL_OUTAGES, type ReceiverOutage } from './channel-outages.ts';
import { type RegionState, simulatedInventory } from './ecs.ts';
import { bringEvents } from './events.ts';
import { drawFaultRates, type FaultRates, NO_FAULTS } from './fault-rates.ts';
import { type Fleet, simulatedFleet } from './fleet.ts';
import { clientOf, portsOf } from './hooks.ts';
import { drawMishaps, type Mishaps, NO_MISHAPS } from './mishaps.ts';
import { drawNote, type WantedNote, write } from './notes.ts';
import {
  type Circumstances,
  type FunctionPast,
  type Harm,
  harmOf,
  isWithoutJournal,
  newPast,
  promises,
  type Tally,
} from './promises/index.ts';
import { drawReceivers, RECEIVERS, type Receiver, simulatedChannel } from './receivers.ts';
import { drawReminders } from './reminders.ts';
import { drawSchedule } from './reports.ts';
import { drawRules, NO_RULES, type Rules } from './rules.ts';
import {
  type Crash,
  exchange,
  type LivingRun,
  NOTE_RUN,
  newRun,
  type RunOptions,
  type Skew,
} from './run.ts';
import { type Spoil, spoiledRows } from './spoils.ts';
import { storeOutages } from './store-outages.ts';
import { newStore, simulatedClient } from './tablestore.ts';

/** The result of one history. */
export interface Outcome {
  readonly seed: number;
  /** Broken promises in the order of time; empty when all held. */
  readonly violations: readonly string[];
  readonly tally: Readonly<Tally>;
}

export interface HistoryOptions {
  readonly seed: number;
  readonly ticks: number;
  /** The history ends with the tick in which the first promise is broken. */
  readonly stop?: boolean;
}

const START_MS = Date.UTC(2026, 10, 22, 10, 5);
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** As in s.yaml and functions/watch: the platform kills at the timeout, a tick ends before it. */
const TIMEOUT_MS = 50_000;
const TICK_MS = 47_000;
/** Time for the last answers, which a tick awaits for at least a millisecond each. */
const SLACK_MS = 50;
/** A store that answers nothing uses up a tick; its channels are informed within the margin. */
const LAST_RESORT_MS = 800;
const TABLE_PREFIX = 'sim_';
const REGIONS = ['cn-hangzhou', 'cn-shanghai', 'cn-beijing'] as const;
/**
 * Ticks after all faults have ended: first as usual, then far enough apart for any back-off, and for
 * so long that every new name is known: a round over the fleet, and an hour until it is committed.
 */
const QUIET_TICKS_MS = [
  ...Array(8).fill(MINUTE_MS),
  ...Array(12).fill(15 * MINUTE_MS),
  // A receiver whose quota is used up is sent one message a day.
  ...Array(6).fill(25 * HOUR_MS),
];

/** How often is asked whether a mute is over. */
const MUTED_MS = 10 * MINUTE_MS;

/** Plays one history: ticks with faults, then ticks without, in which everything must settle. */
export async function playHistory(options: HistoryOptions): Promise<Outcome> {
  const { seed, ticks, stop = false } = options;
  const random = seededRandom(seed);
  const rates = drawFaultRates(random);
  const mishaps = drawMishaps(seed);
  const cloud = newCloud(random, rates, mishaps, drawReceivers(seed), ticks);
  const { time, outages, addresses } = cloud;
  const { violations, tally } = cloud.promises;
  if (mishaps.events !== null)
    bringEvents(cloud, rates, mishaps.events, (run) => openRun(cloud, rates, run));
  const isOver = (): boolean => stop && violations.length > 0;
  // An outage of the store goes on to its end.
  for (let index = 0; index < ticks || outages.at(time.now()) !== null; index += 1) {
    if (isOver()) break;
    changeFleets(cloud, rates);
    hideFleets(cloud, rates);
    if (mishaps.addresses) addresses.change(time.now());
    if (mishaps.store && index < ticks) outages.change(time.now());
    if (mishaps.rows) cloud.spoils.change();
    if (mishaps.notes !== null && index < ticks) {
      const note = drawNote(mishaps.notes, cloud.fleets, { index, periodMs: cloud.periodMs });
      if (note !== null) time.setTimer(note.afterMs, () => writeNote(cloud, note, index));
    }
    startRuns(cloud, rates, index);
    await time.pass(cloud.periodMs);
  }
  if (mishaps.rows) await playSpoiledRows(cloud);
  addresses.correctAll();
  for (const [index, gapMs] of QUIET_TICKS_MS.entries()) {
    if (isOver()) break;
    startRun(cloud, NO_FAULTS, { tickId: `quiet-${index}` });
    await time.pass(gapMs);
    // What a mute holds is shown when it is over.
    while (gapMs > HOUR_MS && cloud.rules.isAnyMuteOn(time.now())) await time.pass(MUTED_MS);
    if (index > 1 && cloud.promises.isSettled()) break;
  }
  if (!isOver()) cloud.promises.checkEnd();
  return { seed, violations, tally };
}

/** Ticks in which nothing but rows is wrong, so that what fails has failed because of them. */
const SPOILED_TICKS = 10;

async function playSpoiledRows(cloud: Cloud): Promise<void> {
  const { time, random, fleets, spoils, periodMs } = cloud;
  for (let index = 0; index < SPOILED_TICKS; index += 1) {
    for (const fleet of fleets.values()) fleet.change();
    spoils.change();
    if (random.chance(0.5)) cloud.instances = [];
    startRun(cloud, NO_FAULTS, { tickId: `spoiled-${index}` });
    await time.pass(periodMs);
  }
  spoils.repairAll();
  // What still waits to be replaced is found by a function that reads everything.
  cloud.instances = [];
  for (const fleet of fleets.values()) fleet.change();
}

/** Everything outside the watcher, and the function instances that run it. */
export type Cloud = ReturnType<typeof newCloud>;

/** A function instance: it serves one run at a time, and keeps its memory until it dies. */
interface Instance {
  readonly memory: Memory;
  readonly past: FunctionPast;
  isBusy: boolean;
}

export function newCloud(
  random: Random,
  rates: FaultRates,
  mishaps: Mishaps = NO_MISHAPS,
  receivers: readonly Receiver[] = RECEIVERS,
  ticks = 0,
  ruled: Rules = NO_RULES,
) {
  const time = eventTime(START_MS, random.next);
  const regions = REGIONS.slice(0, random.pick([1, 1, 2, 2, 3]));
  const scopes: readonly Scope[] = regions.map(aScope);
  const newest = random.pick(['first', 'last', 'anywhere'] as const);
  const fleets = new Map<string, Fleet>(
    regions.map((regionId) => {
      const size = random.below(random.pick([2, 12, 60, 130]));
      return [regionId, simulatedFleet({ regionId, size, newest }, time, random)];
    }),
  );
  const store = newStore();
  const pageSize = random.pick([50, 50, 50, 20]);
  const drawnCalls = random.pick([1_000, 1_000, 200, 20, 8]);
  // With fewer, the configuration refuses events.
  const callsPerMinute =
    mishaps.events === null ? drawnCalls : Math.max(drawnCalls, MIN_CALLS_WITH_PUSH);
  /** The period of the timer. Checkpoints are due once a day: with a long period there are many. */
  const periodMs = random.pick([MINUTE_MS, MINUTE_MS, 5 * MINUTE_MS, 6 * HOUR_MS]);
  const outages = storeOutages(mishaps.random, periodMs);
  const tables = { journal: `${TABLE_PREFIX}journal`, state: `${TABLE_PREFIX}state` };
  const channels = receivers.map(({ name }) => name);
  const spoils = spoiledRows(mishaps, {
    tables,
    store,
    scopes: [...scopes.map(({ key }) => key), 'watcher'],
    channels,
    time,
    periodMs,
  });
  const rules =
    mishaps.rules === null
      ? ruled
      : drawRules(mishaps.rules, { channels, regions, startMs: START_MS, periodMs, ticks });
  const reminders = drawReminders(mishaps.reminders);
  const checked = promises({
    tables,
    store,
    receivers,
    fleets: new Map(scopes.map(({ key, regionId }) => [key, fleets.get(regionId) as Fleet])),
    moment: time.moment,
    isSteady: areAllZero(rates.tablestore, rates.runs) && !mishaps.store && !mishaps.rows,
    isClockRight: rates.runs.wrongClock === 0,
    isAddressRight: !mishaps.addresses,
    callsPerMinute,
    isPaced: isPaced(rates) && !mishaps.store && !mishaps.rows,
    nowMs: time.now,
    isRowsRight: !mishaps.rows,
    isRegular: isRegular(rates),
    outages,
    periodMs,
    spoils: () => spoils,
    areReportsDue: mishaps.reports,
    reminders,
    rules,
  });
  store.onWrite = checked.onWrite;
  return {
    time,
    random,
    scopes,
    receivers,
    fleets,
    store,
    promises: checked,
    pageSize,
    callsPerMinute,
    outages,
    spoils,
    addresses: simulatedAddresses(channels, { random: mishaps.random, periodMs }),
    /** Region → until when it hides its fleet. */
    hiddenUntilMs: new Map<string, number>(),
    channelOutages:
      mishaps.rules === null || ticks === 0
        ? NO_CHANNEL_OUTAGES
        : channelOutages(mishaps.rules, {
            channels,
            favourite: rules.at(START_MS).fallback?.channel,
            startMs: START_MS,
            periodMs,
            ticks,
          }),
    instances: [] as Instance[],
    rules,
    reminders,
    takesEvents: mishaps.events !== null,
    schedule: { ...drawSchedule(mishaps.reports), ...reminders?.schedule },
    periodMs,
    skew: { ms: 0, jumps: 0 } as Skew,
    running: 0,
    /** Runs that events have started so far. */
    pushes: 0,
    /** When people wrote notes: a tick may have been overtaken by one. */
    noted: [] as { readonly fromMs: number; untilMs: number }[],
  };
}

/** One run at a time, which lives, and saves what it has learned. */
function isPaced({ tablestore, runs }: FaultRates): boolean {
  return areAllZero(tablestore) && runs.doubled + runs.late + runs.killed + runs.wrongClock === 0;
}

/** Every tick of the timer is a run that lives, and no request to the store fails by itself. */
function isRegular({ tablestore, runs }: FaultRates): boolean {
  return areAllZero(tablestore) && runs.skipped + runs.killed + runs.wrongClock === 0;
}

function areAllZero(...kinds: readonly Readonly<Record<string, number>>[]): boolean {
  return kinds.flatMap(Object.values).every((probability) => probability === 0);
}

/** Changes the fleets during one minute. */
function changeFleets({ time, random, fleets }: Cloud, { fleet: churn }: FaultRates): void {
  for (const fleet of fleets.values()) {
    const events = random.below(Math.ceil(churn.perMinute * 2) + 1);
    for (let event = 0; event < events; event += 1) {
      const { change, create, release, rename } = fleet;
      const act = random.pick([change, change, change, create, release, rename]);
      time.setTimer(random.below(MINUTE_MS), () => act());
    }
    if (random.chance(churn.massRelease)) {
      const share = random.pick([0.25, 0.6, 1]);
      time.setTimer(random.below(MINUTE_MS), () => fleet.releaseShare(share));
    }
  }
}

/** Ticks for which a region hides its fleet: a moment, and more than the guard waits for. */
const HIDDEN_TICKS = [3, 8, 20] as const;

function hideFleets(cloud: Cloud, { ecs }: FaultRates): void {
  const { time, random, fleets, hiddenUntilMs, periodMs } = cloud;
  for (const regionId of fleets.keys()) {
    if (time.now() < (hiddenUntilMs.get(regionId) ?? 0) || !random.chance(ecs.hides)) continue;
    hiddenUntilMs.set(regionId, time.now() + random.pick(HIDDEN_TICKS) * periodMs);
  }
}

/** The second of two runs is on a machine whose clock is behind by as much as a right one may be. */
const LAG_MS = 25_000;

/** A person writes a note while ticks go on. Its requests have random numbers of their own. */
function writeNote(cloud: Cloud, note: WantedNote, index: number): void {
  const { time, store, skew, outages, scopes, noted } = cloud;
  const run = newRun({ tickId: `${NOTE_RUN}${index}`, time, random: note.random, skew });
  const downtime = () => outages.at(time.now())?.downtime ?? null;
  const deadlineMs = run.runtime.now() + TICK_MS;
  const journal = journalOver(simulatedClient(run, store, NO_FAULTS, downtime), {
    tablePrefix: TABLE_PREFIX,
    deadlineMs,
    runtime: run.runtime,
    redact: (text) => text,
  });
  const written = { fromMs: time.now(), untilMs: Number.POSITIVE_INFINITY };
  noted.push(written);
  write(run, journal, scopes, note, deadlineMs).then(
    () => {
      written.untilMs = time.now();
    },
    (error) => cloud.promises.violated(`${run.tickId} threw ${error?.stack ?? error}`),
  );
}

/** The runs of one minute: usually one, sometimes none, or two at once. */
function startRuns(cloud: Cloud, rates: FaultRates, index: number): void {
  const { random, time } = cloud;
  const { runs } = rates;
  if (random.chance(runs.wrongClock)) {
    const later = random.pick([-HOUR_MS, HOUR_MS, 0]);
    time.setTimer(random.below(MINUTE_MS), () => {
      cloud.skew.ms = later;
      cloud.skew.jumps += 1;
    });
  }
  if (random.chance(runs.skipped)) return;
  const count = random.chance(runs.doubled) ? 2 : 1;
  for (let copy = 0; copy < count; copy += 1) {
    const delayMs =
      (random.chance(runs.late) ? random.below(40_000) : 0) + copy * random.below(4_000);
    const crash: Crash | undefined = random.chance(runs.killed)
      ? { operation: 1 + random.below(60), when: random.pick(['before', 'after'] as const) }
      : undefined;
    const tickId = `tick-${index}${copy === 0 ? '' : 'b'}`;
    const lagMs = runs.wrongClock === 0 ? 0 : copy * LAG_MS;
    time.setTimer(delayMs, () =>
      startRun(cloud, rates, { tickId, lagMs, ...(crash && { crash }) }),
    );
  }
}

/** Starts one run, on a warm instance if one is idle, and does not wait for its end. */
export function startRun(
  cloud: Cloud,
  rates: FaultRates,
  { tickId, crash, lagMs = 0 }: Pick<RunOptions, 'tickId' | 'crash' | 'lagMs'>,
): LivingRun {
  const instance = instanceFor(cloud, rates);
  const { run, ports, outage, deadlineMs } = openRun(cloud, rates, {
    tickId,
    lagMs,
    ...(crash && { crash }),
  });
  const tick: Tick = {
    tickId,
    scopes: cloud.scopes,
    callsPerMinute: cloud.takesEvents
      ? pollingCallsPerMinute(cloud.callsPerMinute)
      : cloud.callsPerMinute,
    guard: GUARD_LIMITS,
    startMs: run.runtime.now(),
    deadlineMs,
    memory: instance.memory,
    ...cloud.schedule,
  };
  follow(cloud, rates, run, instance, watch(portsOf(ports), tick), outage);
  return run;
}

/** A run with its ports, over the store, the fleets and the receivers as they are for this run. */
function openRun(
  cloud: Cloud,
  rates: FaultRates,
  {
    tickId,
    crash,
    lagMs = 0,
    onCall = () => undefined,
  }: Pick<RunOptions, 'tickId' | 'crash' | 'lagMs'> & { onCall?(scope: Scope): void },
) {
  const { time, random, receivers, store, skew, outages } = cloud;
  const rules = cloud.rules.at(time.now());
  const isAnswerLost = cloud.reminders?.isAnswerLost;
  const run = newRun({ tickId, time, random, skew, lagMs, rules, ...(crash && { crash }) });
  const outage = outageOf(cloud, rates);
  const downtime = () =>
    outages.at(time.now())?.downtime ?? (outage.tablestore ? ('busy' as const) : null);
  const client = clientOf(simulatedClient(run, store, rates, downtime));
  const deadlineMs = run.runtime.now() + TICK_MS;
  const ports: Ports = {
    inventory: simulatedInventory(run, {
      ...cloud,
      rates,
      regionStates: outage.regions,
      onCall: (scope) => {
        cloud.promises.onCall(scope.key);
        onCall(scope);
      },
    }),
    journal: journalOver(client, {
      tablePrefix: TABLE_PREFIX,
      deadlineMs,
      runtime: run.runtime,
      redact: (text) => text,
    }),
    channels: receivers.map((receiver) => {
      const { name } = receiver;
      const channel = simulatedChannel(run, receiver, {
        rates,
        outage: outage.channels.get(name) ?? null,
        address: outage.addresses.get(name) ?? rightAddress(name),
        onMessage: cloud.promises.onMessage,
        onOutcome: cloud.promises.onOutcome,
        ...(isAnswerLost && rates !== NO_FAULTS && { isAnswerLost }),
      });
      const { config } = rules;
      return { ...channel, ...(config && { policy: channelPolicy(name, config) }) };
    }),
    heartbeat: async (timeoutMs) => {
      const backMs = random.chance(rates.channels.lostAnswer) ? timeoutMs : 20;
      await exchange(run, { thereMs: 0, backMs }, () => undefined);
    },
    runtime: run.runtime,
  };
  return { run, ports, outage, deadlineMs };
}

function instanceFor(cloud: Cloud, { runs }: FaultRates): Instance {
  const { random, outages, time } = cloud;
  const serving = outages.at(time.now())?.instances ?? 'any';
  const isCold = random.chance(runs.cold);
  if (serving === 'any' ? isCold : serving === 'new') cloud.instances = [];
  const idle = cloud.instances.find(({ isBusy }) => !isBusy);
  if (idle !== undefined) {
    idle.isBusy = true;
    return idle;
  }
  const fresh: Instance = { memory: newMemory(), past: newPast(), isBusy: true };
  cloud.instances.push(fresh);
  return fresh;
}

/** What is down during the whole of one run. */
interface Outage {
  readonly regions: ReadonlyMap<string, RegionState>;
  readonly tablestore: boolean;
  readonly channels: ReadonlyMap<string, ReceiverOutage | null>;
  /** The address of each channel, as the run was configured. */
  readonly addresses: ReadonlyMap<string, Address>;
}

function outageOf(cloud: Cloud, rates: FaultRates): Outage {
  const { fleets, receivers, random, time, hiddenUntilMs, addresses } = cloud;
  const regionState = (regionId: string): RegionState => {
    if (random.chance(rates.ecs.outage)) return 'down';
    const isHidden = rates.ecs.hides > 0 && time.now() < (hiddenUntilMs.get(regionId) ?? 0);
    if (isHidden) return 'hidden';
    return random.chance(rates.ecs.blind) ? 'blind' : 'fine';
  };
  return {
    regions: new Map([...fleets.keys()].map((regionId) => [regionId, regionState(regionId)])),
    tablestore: random.chance(rates.tablestore.outage),
    channels: new Map(
      receivers.map(({ name }) => {
        const isDown = random.chance(rates.channels.outage);
        return [name, isDown ? 'down' : cloud.channelOutages.at(name, time.now())];
      }),
    ),
    addresses: new Map(receivers.map(({ name }) => [name, addresses.of(name)])),
  };
}

/** Checks the end of a run: it ends by itself in time, or the platform kills it. */
function follow(
  cloud: Cloud,
  rates: FaultRates,
  run: LivingRun,
  instance: Instance,
  done: ReturnType<typeof watch>,
  outage: Outage,
): void {
  const { time, promises: checked, spoils } = cloud;
  const startMs = time.now();
  const atStart = spoils.all.filter(spoils.isThere);
  const { jumps } = cloud.skew;
  /** A clock that jumps during a run moves its deadline. */
  const isOnTime = (): boolean => cloud.skew.jumps === jumps;
  const { running, pushes } = cloud;
  cloud.running += 1;
  let isOver = false;
  let atEnd = 0;
  const end = (): void => {
    isOver = true;
    atEnd = run.operations;
    cloud.running -= 1;
  };
  time.setTimer(TIMEOUT_MS, () => {
    if (isOver) {
      if (run.operations > atEnd) checked.violated(`${run.tickId} went on after its report`);
      return;
    }
    end();
    if (!run.isDead && isOnTime()) checked.violated(`${run.tickId} did not end`);
    run.isDead = true;
    cloud.instances = cloud.instances.filter((other) => other !== instance);
  });
  done.then(
    (report) => {
      if (isOver) return;
      end();
      instance.isBusy = false;
      const lateMs = time.now() - startMs - TICK_MS;
      const isLastResort = run.attempts.some(isWithoutJournal);
      if (lateMs > SLACK_MS + (isLastResort ? LAST_RESORT_MS : 0) && isOnTime()) {
        checked.violated(`${run.tickId} ended ${lateMs} ms after its deadline`);
      }
      checked.onReport(
        run,
        report,
        circumstancesOf(cloud, rates, {
          instance,
          outage,
          startMs,
          wasAlone: running === 0 && cloud.pushes === pushes,
          isOnTime: isOnTime(),
          atStart,
        }),
      );
    },
    (error) =>
      checked.violated(`${run.tickId} threw ${error instanceof Error ? error.stack : error}`),
  );
}

/** What is known of a run besides its report. */
interface RunFacts {
  readonly instance: Instance;
  readonly outage: Outage;
  readonly startMs: number;
  readonly wasAlone: boolean;
  /** The clock did not jump during the run. */
  readonly isOnTime: boolean;
  readonly atStart: readonly Spoil[];
}

function circumstancesOf(
  cloud: Cloud,
  rates: FaultRates,
  { instance, outage, startMs, wasAlone, isOnTime, atStart }: RunFacts,
): Circumstances {
  const { time, receivers, outages, spoils } = cloud;
  const nowMs = time.now();
  const overlaps = ({ fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number }) =>
    fromMs <= nowMs && startMs <= untilMs;
  const { outage: _down, ...tablestore } = rates.tablestore;
  const { skipped: _skipped, late: _late, cold: _cold, ...runs } = rates.runs;
  const isStoreAsked = !outage.tablestore && !outages.all.some(overlaps);
  const isUndisturbed =
    wasAlone && isStoreAsked && !cloud.noted.some(overlaps) && areAllZero(tablestore, runs);
  const harm = harmOf(
    spoils.all.filter(overlaps),
    receivers.map(({ name }) => name),
  );
  const gone = outages.at(startMs);
  return {
    isUndisturbed,
    faultless:
      isUndisturbed && areAllZero(rates.runs) ? faultlessScopes(cloud, rates, outage, harm) : [],
    addresses: outage.addresses,
    past: instance.past,
    isCold: instance.past.runs === 0,
    isStoreGone: isOnTime && gone !== null && gone === outages.at(nowMs),
    atStart,
    harm,
  };
}

/** Scopes without a fault of their own, whatever fails in other scopes. */
function faultlessScopes(
  { scopes }: Cloud,
  rates: FaultRates,
  { regions }: Outage,
  harm: Harm,
): readonly string[] {
  const { outage: _outage, blind: _blind, hides: _hides, ...ecs } = rates.ecs;
  if (!areAllZero(ecs)) return [];
  return scopes
    .filter(({ key, regionId }) => regions.get(regionId) === 'fine' && !harm.scopes.has(key))
    .map(({ key }) => key);
}
