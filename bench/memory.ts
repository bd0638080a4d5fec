import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../commands/bundle.ts';
import { heapFlags } from '../local/fc/instance.ts';
import { environmentOf, type LocalCloud, ROOT, withCloud } from './local-cloud.ts';
import { type Section, table } from './section.ts';

const FLEETS: readonly number[] = [1_000, 10_000, 100_000];
const TICKS = 4;
/** The memory of the function in s.yaml. */
const FUNCTION_MB = 512;
const AS_DEPLOYED = heapFlags(FUNCTION_MB);
/** The defaults of Node.js on this machine: with much memory, garbage is collected late. */
const AS_HERE: readonly string[] = [];
/** The promise for the largest fleet. */
const MAX_MEGABYTES = 300;

/** The peak memory of a process of the built watch function. */
export async function memory(): Promise<Section> {
  const dir = await mkdtemp(join(tmpdir(), 'ecs-watch-bench-'));
  try {
    await bundleFunctions(dir, ['watch']);
    const bundle = join(dir, 'watch', 'index.js');
    const rows: Row[] = [];
    for (const fleet of FLEETS) {
      for (const heap of [AS_HERE, AS_DEPLOYED]) {
        rows.push(await withCloud(fleet, (cloud) => peaks(cloud, bundle, fleet, heap)));
      }
    }
    const largest = rows.at(-1);
    return {
      title: 'Memory',
      text: [
        'Peak resident memory of a process that runs the built watch function, in MB: through ' +
          `${TICKS} ticks that start with the baseline, and through ${TICKS} of a fresh process ` +
          `that starts by loading the checkpoint. _As deployed_ is \`${AS_DEPLOYED.join(' ')}\`, ` +
          `which Node.js chooses by itself in a function of ${FUNCTION_MB} MB; _as here_ is without limits, ` +
          'where garbage is collected later the more memory a machine has.',
        '',
        table(
          ['instances', 'heap', 'first tick', `${TICKS} ticks`, 'cold tick', `${TICKS} ticks`],
          rows.map(({ fleet, heap, first, cold }) => [
            fleet,
            heap === AS_DEPLOYED ? 'as deployed' : 'as here',
            ...[first, cold].flatMap((peak) => [
              Math.round(peak[0] ?? 0),
              Math.round(peak.at(-1) ?? 0),
            ]),
          ]),
        ),
      ].join('\n'),
      targets: [
        {
          what: `peak memory of the watch process at ${largest?.fleet ?? 0} instances, as deployed`,
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
  readonly heap: readonly string[];
  /** The peak after each tick, in MB. */
  readonly first: readonly number[];
  readonly cold: readonly number[];
}

async function peaks(
  cloud: LocalCloud,
  bundle: string,
  fleet: number,
  heap: readonly string[],
): Promise<Row> {
  const first = await run(cloud, bundle, heap);
  return { fleet, heap, first, cold: await run(cloud, bundle, heap) };
}

async function run(
  cloud: LocalCloud,
  bundle: string,
  heap: readonly string[],
): Promise<readonly number[]> {
  const child = fork(join(ROOT, 'bench', 'run-ticks.cjs'), [bundle, String(TICKS)], {
    // Without the TypeScript loader of this process.
    execArgv: [...heap],
    env: { ...environmentOf(cloud) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const megabytes: number[] = [];
  child.on('message', ({ ok, peakKilobytes }: TickMessage) => {
    if (ok) megabytes.push(peakKilobytes / 1024);
  });
  await once(child, 'exit');
  if (megabytes.length !== TICKS) throw new Error('a tick of the bundle failed');
  return megabytes;
}

interface TickMessage {
  readonly ok: boolean;
  readonly peakKilobytes: number;
}
