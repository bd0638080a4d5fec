import { join } from 'node:path';
import { bundleSources } from '../commands/bundle.ts';
import {
  AS_DEPLOYED,
  FUNCTION_MB,
  type MeasuredTick,
  ticksOf,
  withFolder,
} from './function-process.ts';
import { type LocalCloud, withCloud, withOnly } from './local-cloud.ts';
import { type Section, table } from './section.ts';

const FLEET = 200_000;
const PAGE_SIZE = 50;
/** The default of ECS_CALLS_PER_MINUTE. */
const CALLS_PER_MINUTE = 1_000;
/** A listing leaves a quarter of the calls to suspects and names. */
const LISTING_SHARE = 0.75;
const TICKS_PER_ROUND = Math.ceil(FLEET / PAGE_SIZE / (CALLS_PER_MINUTE * LISTING_SHARE));
/** Instances that are released, and as many that are created, once there is a baseline. */
const MOVED = 5;
const MAX_TICKS = 4 * TICKS_PER_ROUND;

/** A region that needs several minutes for one scan. */
export async function rounds(): Promise<Section> {
  const { ticks, baselineTicks, changeTicks } = await withFolder(async (folder) => {
    await bundleSources({ index: 'bench/rounds-function.ts' }, join(folder, 'rounds'));
    return withCloud(FLEET, (cloud) => watched(cloud, join(folder, 'rounds', 'index.js')));
  });
  const calls = ticks.reduce((sum, tick) => sum + scopeOf(tick).calls, 0);
  return {
    title: 'A fleet larger than a tick',
    text: [
      `${FLEET} instances at 100 ms a call, with the default of ${CALLS_PER_MINUTE} calls a minute and ` +
        `a tick a minute. A round has ${FLEET / PAGE_SIZE} pages; with three quarters of the calls ` +
        `it needs ${TICKS_PER_ROUND} ticks. After the baseline, ${MOVED} instances are released and ` +
        `${MOVED} are created. Waiting takes no time: the clock is virtual, and stands still while ` +
        'the function computes or a server answers. The process has the memory settings of the deployed function.',
      '',
      table(
        ['tick', 'calls', 'pages', 'seen of the round', 'changes', 'calls took', 'peak MB'],
        ticks.map((tick, index) => {
          const scope = scopeOf(tick);
          return [
            index + 1,
            scope.calls,
            scope.pages,
            scope.round === undefined ? 'all' : scope.round.seen,
            scope.changes,
            `${Math.round(scope.scanMs / 1000)} s`,
            Math.round(tick.megabytes),
          ];
        }),
      ),
    ].join('\n'),
    targets: [
      {
        what: `ticks until the baseline of ${FLEET} instances`,
        figure: baselineTicks,
        is: 'at most',
        limit: TICKS_PER_ROUND,
        unit: 'ticks',
      },
      {
        what: 'ticks until every change among them is recorded: two rounds',
        figure: changeTicks,
        is: 'at most',
        limit: 2 * TICKS_PER_ROUND,
        unit: 'ticks',
      },
      {
        what: 'calls that they take, of those that the budget allows in this time',
        // The first minute begins with a full budget.
        figure: calls / (CALLS_PER_MINUTE * (ticks.length + 1)),
        is: 'at most',
        limit: 1,
        unit: '× budget',
      },
      {
        what: `peak memory of the watch process at ${FLEET} instances, as deployed`,
        figure: ticks.at(-1)?.megabytes ?? 0,
        is: 'at most',
        limit: FUNCTION_MB,
        unit: 'MB',
      },
    ],
  };
}

interface Watched {
  readonly ticks: readonly MeasuredTick[];
  readonly baselineTicks: number;
  /** Ticks from the changes on until all of them are recorded. */
  readonly changeTicks: number;
}

async function watched(cloud: LocalCloud, bundle: string): Promise<Watched> {
  const ticks: MeasuredTick[] = [];
  let baselineTicks = Number.POSITIVE_INFINITY;
  let recorded = 0;
  const run = { bundle, environment: silent(cloud), memory: AS_DEPLOYED, ticks: MAX_TICKS };
  for await (const tick of ticksOf(run)) {
    ticks.push(tick);
    if (!tick.report.ok) throw new Error(`a tick failed: ${JSON.stringify(tick.report)}`);
    if (ticks.length > baselineTicks) recorded += scopeOf(tick).changes;
    else if (scopeOf(tick).complete) {
      baselineTicks = ticks.length;
      await cloud.setFaults([{ kind: 'churn', releases: MOVED, creations: MOVED, times: 1 }]);
    }
    if (recorded >= 2 * MOVED) {
      return { ticks, baselineTicks, changeTicks: ticks.length - baselineTicks };
    }
  }
  return { ticks, baselineTicks, changeTicks: Number.POSITIVE_INFINITY };
}

/** Without channels: what is measured is the scan. */
function silent({ env }: LocalCloud): Readonly<Record<string, string>> {
  return { ...withOnly(null, env), WATCH_SILENT: 'true' };
}

function scopeOf({ report }: MeasuredTick) {
  const [scope] = report.scopes;
  if (scope === undefined) throw new Error('a tick without a scope');
  return scope;
}
