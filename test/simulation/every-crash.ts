import assert from 'node:assert/strict';
import { seededRandom } from '../../local/random.ts';
import { type ChannelOutages, NO_CHANNEL_OUTAGES } from './channel-outages.ts';
import { NO_FAULTS } from './fault-rates.ts';
import { type Cloud, newCloud, startRun } from './history.ts';
import { NO_MISHAPS } from './mishaps.ts';
import { RECEIVERS } from './receivers.ts';
import { NO_RULES, type Rules, withFallback } from './rules.ts';
import type { Crash } from './run.ts';

/**
 * The tick that dies: the first one ever, one that remembers earlier ones, one after a restart, or one that
 * sends the messages of a channel to its fallback.
 */
export type CrashedKind = 'first' | 'warm' | 'cold' | 'standing in';

/** What came of the crashes before and after each exchange of one tick with the outside. */
export interface EveryCrash {
  readonly operations: number;
  readonly broken: readonly string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const DINGTALK_IS_DOWN: ChannelOutages = {
  at: (channel) => (channel === 'dingtalk' ? 'down' : null),
};
/** By the fourth tick in which the channel fails, the fallback takes over. */
const SLACK_STANDS_IN: Rules = withFallback({
  channel: 'dingtalk',
  to: 'slack',
  afterMs: 2.5 * MINUTE_MS,
});

export interface Crashes {
  readonly kind: CrashedKind;
  /** The first exchange at which the tick dies. */
  readonly first: number;
  /** 1: it dies at every exchange from there on; 2: at every second one; and so on. */
  readonly step: number;
}

/** Lets a tick die before and after exchanges with the outside, and later ticks go on. */
export async function playEveryCrash({ kind, first, step }: Crashes): Promise<EveryCrash> {
  const operations = await operationsOfATick(kind);
  const broken: string[] = [];
  for (let operation = first; operation <= operations; operation += step) {
    for (const when of ['before', 'after'] as const) {
      const violations = await violationsAfter(kind, { operation, when });
      broken.push(...violations.map((what) => `${when} exchange ${operation}: ${what}`));
    }
  }
  return { operations, broken };
}

async function operationsOfATick(kind: CrashedKind): Promise<number> {
  const cloud = await cloudWithNews(kind);
  const run = startRun(cloud, NO_FAULTS, { tickId: 'whole' });
  await cloud.time.pass(MINUTE_MS);
  await endOf(cloud);
  assert(cloud.promises.isSettled(), 'what a whole tick leaves behind is delivered');
  return run.operations;
}

async function violationsAfter(kind: CrashedKind, crash: Crash): Promise<readonly string[]> {
  const cloud = await cloudWithNews(kind);
  const run = startRun(cloud, NO_FAULTS, { tickId: 'dying', crash });
  await cloud.time.pass(MINUTE_MS);
  assert(run.isDead, 'the run has died');
  await endOf(cloud);
  cloud.promises.checkEnd();
  return cloud.promises.violations;
}

/** Chats hold good news back for ten minutes. */
const MAX_TICKS = 15;

/** Ticks until everything is shown: some at least. A channel that has failed works again. */
async function endOf(cloud: Cloud): Promise<void> {
  cloud.channelOutages = NO_CHANNEL_OUTAGES;
  for (let index = 0; index < MAX_TICKS; index += 1) {
    if (index > 2 && cloud.promises.isSettled()) return;
    startRun(cloud, NO_FAULTS, { tickId: `after-${index}` });
    await cloud.time.pass(MINUTE_MS);
  }
}

/** A fleet whose baseline is a day old, with changes since. */
async function cloudWithNews(kind: CrashedKind): Promise<Cloud> {
  // After a run that died, every message may be labelled as a repeat.
  const deadly = { ...NO_FAULTS, runs: { ...NO_FAULTS.runs, killed: 1 } };
  const isStandingIn = kind === 'standing in';
  const rules = isStandingIn ? SLACK_STANDS_IN : NO_RULES;
  const cloud = newCloud(seededRandom(1), deadly, NO_MISHAPS, RECEIVERS, 0, rules);
  const fleets = [...cloud.fleets.values()];
  for (const fleet of fleets) while (fleet.listing.length < 12) fleet.create();
  if (kind === 'first') return cloud;
  startRun(cloud, NO_FAULTS, { tickId: 'baseline' });
  await cloud.time.pass(DAY_MS);
  for (const fleet of fleets) {
    fleet.change();
    fleet.release();
    fleet.create();
  }
  if (isStandingIn) {
    cloud.channelOutages = DINGTALK_IS_DOWN;
    for (let index = 0; index < 3; index += 1) {
      startRun(cloud, NO_FAULTS, { tickId: `failing-${index}` });
      await cloud.time.pass(MINUTE_MS);
    }
  }
  if (kind === 'cold') cloud.instances.length = 0;
  return cloud;
}
