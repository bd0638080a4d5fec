import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../commands/bundle.ts';
import { environmentOf, type LocalCloud, ROOT, withCloud } from './local-cloud.ts';
import { type Section, table } from './section.ts';

const FLEETS: readonly number[] = [1_000, 10_000, 100_000];
const TICKS = 4;
/** The target, for the largest fleet. */
const MAX_MEGABYTES = 300;

/** The most memory that a process of the built watch function ever held. */
export async function memory(): Promise<Section> {
  const dir = await mkdtemp(join(tmpdir(), 'ecs-watch-bench-'));
  try {
    await bundleFunctions(dir, ['watch']);
    const bundle = join(dir, 'watch', 'index.js');
    const rows: Row[] = [];
    for (const fleet of FLEETS) {
      rows.push(await withCloud(fleet, (cloud) => peaks(cloud, bundle, fleet)));
    }
    const largest = rows.at(-1);
    return {
      title: 'Memory',
      text: [
        'Peak resident memory of a process that runs the built watch function with the defaults ' +
          `of Node.js, in MB: through ${TICKS} ticks that begin with the baseline, and through ` +
          `${TICKS} of a fresh process that begins by loading the checkpoint.`,
        '',
        table(
          ['instances', 'first tick', `${TICKS} ticks`, 'cold tick', `${TICKS} ticks`],
          rows.map(({ fleet, first, cold }) => [
            fleet,
            ...[first, cold].flatMap((peak) => [
              Math.round(peak[0] ?? 0),
              Math.round(peak.at(-1) ?? 0),
            ]),
          ]),
        ),
      ].join('\n'),
      targets: [
        {
          what: `peak memory of the watch process at ${largest?.fleet ?? 0} instances`,
          figure: Math.max(...(largest?.first ?? []), ...(largest?.cold ?? [])),
          is: 'at most',
          limit: MAX_MEGABYTES,
          unit: 'MB',
        },
      ],
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

interface Row {
  readonly fleet: number;
  /** The peak after each tick, in MB. */
  readonly first: readonly number[];
  readonly cold: readonly number[];
}

async function peaks(cloud: LocalCloud, bundle: string, fleet: number): Promise<Row> {
  const first = await run(cloud, bundle);
  return { fleet, first, cold: await run(cloud, bundle) };
}

async function run(cloud: LocalCloud, bundle: string): Promise<readonly number[]> {
  const child = fork(join(ROOT, 'bench', 'run-ticks.cjs'), [bundle, String(TICKS)], {
    // Not the loader of TypeScript, which this process runs with.
    execArgv: [],
    env: { ...environmentOf(cloud) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const megabytes: number[] = [];
  child.on('message', ({ ok, peakKilobytes }: Told) => {
    if (ok) megabytes.push(peakKilobytes / 1024);
  });
  await once(child, 'exit');
  if (megabytes.length !== TICKS) throw new Error('a tick of the bundle failed');
  return megabytes;
}

interface Told {
  readonly ok: boolean;
  readonly peakKilobytes: number;
}
