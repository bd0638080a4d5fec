import { DescribeInstanceStatusRequest } from '@alicloud/ecs20140526';
import { FUNCTION_SIZE } from './function-process.ts';
import {
  environmentOf,
  type LocalCloud,
  newWatch,
  REGION,
  withCloud,
  withOnly,
} from './local-cloud.ts';
import { HOURS_A_MONTH, type Month, monthOf, type TickCost } from './month.ts';
import { officialEcs } from './peers.ts';
import { PRICES, UNKNOWN } from './prices.ts';
import { type Section, table } from './section.ts';
import { median, repeat } from './statistics.ts';

const FLEETS: readonly number[] = [100, 10_000, 100_000];
const LATENCY_MS = 50;
const RUNS: Readonly<Record<number, number>> = { 100: 5, 10000: 3, 100000: 1 };
/** Of the fleet, released and as much created, in a busy tick. */
const CHANGING_SHARE = 0.01;
/** The share of the ticks that are busy: 72 a day. */
const BUSY_SHARE = 0.05;

/** What a month costs, as far as the prices are known. */
export async function cost(): Promise<Section> {
  const rows: Row[] = [];
  for (const fleet of FLEETS) rows.push(await withCloud(fleet, (cloud) => measure(cloud, fleet)));
  return {
    title: 'What a month costs',
    text: [
      `A month of ${HOURS_A_MONTH / 24} days with a tick a minute, of one region and one DingTalk robot. ECS answers after ` +
        `${LATENCY_MS} ms, Tablestore and the robot at once. In a busy tick, ${100 * CHANGING_SHARE} % of the fleet is gone and as much ` +
        `is new; ${100 * BUSY_SHARE} % of the ticks are busy. Ticks are warm. _Seconds_ are the time of a tick, or the time that its ` +
        `computing takes with the ${FUNCTION_SIZE.cpu} cores of the function, if that is longer. _Units_ are capacity units of Tablestore, read ` +
        'and written. A scan that needs more than 1000 calls takes several ticks, unless `ECS_CALLS_PER_MINUTE` is higher, as it is here.',
      '',
      table(
        ['instances', 'tick', 'calls', 'seconds', 'units'],
        rows.flatMap(({ fleet, quiet, busy }) => [
          tickCells(fleet, 'quiet', quiet),
          tickCells(fleet, 'busy', busy),
        ]),
      ),
      '',
      'In CNY, at list prices of mainland China. Function Compute bills the time of a tick; where it keeps an instance for a minute ' +
        'after each request, it bills memory and disk of the time in between as well, which it introduces step by step since March 2026. – is not known.',
      '',
      table(
        [
          'instances',
          'CU of the function',
          'function',
          'kept a minute',
          'units read',
          'reads',
          'units written',
          'writes',
          'storage, traffic',
        ],
        rows.map(monthCells),
      ),
      '',
      'Prices:',
      '',
      ...Object.values(PRICES).map(
        ({ value, unit, source, date }) => `- ${value} ${unit} ([${date}](${source}))`,
      ),
      '',
      `Not known: ${UNKNOWN.join('; ')}. The view costs only in hours in which it is read.`,
    ].join('\n'),
    targets: [],
  };
}

interface Row {
  readonly fleet: number;
  readonly quiet: TickCost;
  readonly busy: TickCost;
  readonly month: Month;
}

function tickCells(fleet: number, kind: string, tick: TickCost): readonly (string | number)[] {
  const { calls, seconds, read, write } = tick;
  return [fleet, kind, calls, seconds.toFixed(2), `${read} + ${write}`];
}

function monthCells({ fleet, month }: Row): readonly (string | number)[] {
  return [
    fleet,
    Math.round(month.functionUnits),
    month.released.toFixed(2),
    month.held.toFixed(2),
    Math.round(month.reads),
    month.readAmount.toFixed(2),
    Math.round(month.writes),
    '–',
    '–',
  ];
}

async function measure(cloud: LocalCloud, fleet: number): Promise<Row> {
  // A team has one robot: the others of the local cloud are left out.
  const environment = withOnly('dingtalk', environmentOf(cloud));
  const tick = newWatch(cloud, environment);
  // The baseline, and a tick that stores its checkpoint and sends the message about it.
  await repeat(2, tick);
  const latency = { kind: 'latency', latencyMs: LATENCY_MS } as const;
  await cloud.setFaults([latency]);
  const runs = RUNS[fleet] ?? 1;
  const quiet = middleOf(await repeat(runs, () => costOf(tick)));
  const busy: TickCost[] = [];
  for (let run = 0; run < runs; run += 1) {
    await change(cloud, fleet);
    await cloud.setFaults([latency]);
    busy.push(await costOf(tick));
  }
  const busyTick = middleOf(busy);
  return {
    fleet,
    quiet,
    busy: busyTick,
    month: monthOf(quiet, busyTick, BUSY_SHARE, FUNCTION_SIZE),
  };
}

/** The fleet changes while another client reads a page, so that the next tick sees it settled. */
async function change(cloud: LocalCloud, fleet: number): Promise<void> {
  const moved = Math.max(1, Math.round(fleet * CHANGING_SHARE));
  await cloud.setFaults([{ kind: 'churn', releases: moved, creations: moved, times: 1 }]);
  const request = new DescribeInstanceStatusRequest({ regionId: REGION, pageSize: 1 });
  await officialEcs(cloud).describeInstanceStatus(request);
}

async function costOf(tick: ReturnType<typeof newWatch>): Promise<TickCost> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  const { scopes, units } = await tick();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(before);
  const computing = (user + system) / 1e6 / FUNCTION_SIZE.cpu;
  return {
    calls: scopes.reduce((sum, scope) => sum + scope.calls, 0),
    seconds: Math.max(seconds, computing),
    ...units,
  };
}

function middleOf(ticks: readonly TickCost[]): TickCost {
  const middle = (of: (tick: TickCost) => number): number => median(ticks.map(of));
  return {
    calls: middle(({ calls }) => calls),
    seconds: middle(({ seconds }) => seconds),
    read: middle(({ read }) => read),
    write: middle(({ write }) => write),
  };
}
