import { join } from 'node:path';
import { addressesOf } from '../commands/addresses.ts';
import { bundleFunctions } from '../commands/bundle.ts';
import { startLocalCloud } from '../local/index.ts';
import {
  AS_DEPLOYED,
  FUNCTION_MB,
  type MemorySettings,
  ticksOf,
  withFolder,
} from './function-process.ts';
import { environmentOf, type LocalCloud, withCloud } from './local-cloud.ts';
import { type Section, table } from './section.ts';

const FLEETS: readonly number[] = [1_000, 10_000, 100_000];
const TICKS = 4;
/** The defaults of Node.js on this machine: with much memory, garbage is collected late. */
const AS_HERE: MemorySettings = { flags: [], environment: {} };
/** The promise for the largest fleet. */
const MAX_MEGABYTES = 220;
/** An organisation in all regions, and the promise for it. */
const REGIONS = 30;
const REGION_FLEET = 2_000;
const MAX_REGIONS_MEGABYTES = 300;
/** The share of a fleet that is released in a busy tick: the guard does not hold it. */
const CHANGING_SHARE = 0.05;
/** What is measured is memory: on a busy machine, a first tick of a large fleet takes minutes. */
const TIMEOUT_SECONDS = '600';

/** The peak memory of a process of the built watch function. */
export async function memory(): Promise<Section> {
  return withFolder(async (folder) => {
    await bundleFunctions(folder, ['watch']);
    const bundle = join(folder, 'watch', 'index.js');
    const rows: Row[] = [];
    for (const fleet of FLEETS) {
      for (const settings of [AS_HERE, AS_DEPLOYED]) {
        rows.push(await withCloud(fleet, (cloud) => peaks(cloud, bundle, fleet, settings)));
      }
    }
    const regions = await peakOfRegions(bundle);
    const largest = rows.at(-1);
    return {
      title: 'Memory',
      text: [
        'Peak resident memory of a process that runs the built watch function, in MB: through ' +
          `${TICKS} ticks that start with the baseline, through ${TICKS} of a fresh process ` +
          `that starts by loading the checkpoint, and through ${TICKS} of another one, in each of which ` +
          `${100 * CHANGING_SHARE} % of the fleet is released and as much is created. ` +
          `_As deployed_ is \`${AS_DEPLOYED.flags.join(' ')}\`, ` +
          `which Node.js chooses by itself in a function of ${FUNCTION_MB} MB, and the variables of \`process\` in ` +
          's.yaml; _as here_ is without limits, ' +
          'where garbage is collected later the more memory a machine has.',
        '',
        table(
          [
            'instances',
            'memory',
            'first tick',
            `${TICKS} ticks`,
            'cold tick',
            `${TICKS} ticks`,
            `${TICKS} busy ticks`,
          ],
          rows.map(({ fleet, settings, first, cold, busy }) => [
            fleet,
            settings === AS_DEPLOYED ? 'as deployed' : 'as here',
            ...[first[0], first.at(-1), cold[0], cold.at(-1), busy.at(-1)].map((peak = 0) =>
              Math.round(peak),
            ),
          ]),
        ),
        '',
        `${REGIONS} regions of ${REGION_FLEET} instances each, as deployed: ${Math.round(regions)} MB ` +
          `through ${TICKS} ticks that start with the baselines.`,
      ].join('\n'),
      targets: [
        {
          what: `peak memory of the watch process at ${largest?.fleet ?? 0} instances, as deployed`,
          figure: Math.max(
            ...(largest === undefined ? [] : Object.values(peaksIn(largest)).flat()),
          ),
          is: 'at most',
          limit: MAX_MEGABYTES,
          unit: 'MB',
        },
        {
          what: `peak memory of the watch process at ${REGIONS} regions × ${REGION_FLEET} instances, as deployed`,
          figure: regions,
          is: 'at most',
          limit: MAX_REGIONS_MEGABYTES,
          unit: 'MB',
        },
      ],
    };
  });
}

interface Row {
  readonly fleet: number;
  readonly settings: MemorySettings;
  /** The peak after each tick, in MB. */
  readonly first: readonly number[];
  readonly cold: readonly number[];
  readonly busy: readonly number[];
}

function peaksIn({ first, cold, busy }: Row): Pick<Row, 'first' | 'cold' | 'busy'> {
  return { first, cold, busy };
}

async function peaks(
  cloud: LocalCloud,
  bundle: string,
  fleet: number,
  settings: MemorySettings,
): Promise<Row> {
  const run = (beforeTick?: () => Promise<void>) =>
    peaksOf(bundle, environmentOf(cloud), settings, beforeTick);
  const first = await run();
  const cold = await run();
  const moved = fleet * CHANGING_SHARE;
  const churn = { kind: 'churn', releases: moved, creations: moved, times: 1 } as const;
  return { fleet, settings, first, cold, busy: await run(() => cloud.setFaults([churn])) };
}

async function peakOfRegions(bundle: string): Promise<number> {
  const regions = Array.from({ length: REGIONS }, (_, index) => `cn-region-${index + 1}`);
  const cloud = await startLocalCloud({ regions, fleetSize: REGION_FLEET });
  try {
    const environment = environmentOf(addressesOf(cloud));
    return (await peaksOf(bundle, environment, AS_DEPLOYED)).at(-1) ?? 0;
  } finally {
    await cloud.close();
  }
}

/** The peak memory of a fresh process after each of its ticks, in MB. */
async function peaksOf(
  bundle: string,
  env: Readonly<Record<string, string>>,
  settings: MemorySettings,
  beforeTick = async (): Promise<void> => undefined,
): Promise<readonly number[]> {
  const environment = { ...env, WATCH_TIMEOUT_SECONDS: TIMEOUT_SECONDS };
  const peaks: number[] = [];
  const run = { bundle, environment, memory: settings, ticks: TICKS, beforeTick };
  for await (const { report, megabytes } of ticksOf(run)) {
    if (!report.ok) throw new Error(`a tick failed: ${JSON.stringify(report)}`);
    peaks.push(megabytes);
  }
  return peaks;
}
