import { join } from 'node:path';
import { bundleFunctions } from '../../commands/bundle.ts';
import { SHARDS_AT_ONCE } from '../../shared/watch/core/shards.ts';
import { withFolder } from '../function-process.ts';
import { type Section, table } from '../section.ts';
import { median, spread } from '../statistics.ts';
import { LATENCY_MS, type MeasuredRuns, measureRuns, SCOPES, SHARDS, TICKS } from './run.ts';
import { SHUFFLED, shuffledUnits, type Units } from './units.ts';

/** Instances of a scope: the memory of a run does not depend on them. */
const SMALL = 20;
const LARGE = 200;
const MAX_RATIO = 1.15;
/** The peak of a process differs by some percent from run to run. */
const MAX_GROWTH = 1.1;
/** Read: the lease and the end of the journal. Written: the lease and the health. */
const MAX_WARM_UNITS = 2;

/** Many scopes: the time and the memory of a run, and the units of shards that any instance gets. */
export async function shards(): Promise<Section> {
  const [small, large] = await withFolder(async (folder) => {
    await bundleFunctions(folder, ['watch']);
    const codeDir = join(folder, 'watch');
    return [await measureRuns(codeDir, SMALL), await measureRuns(codeDir, LARGE)] as const;
  });
  const { warm, cold } = await shuffledUnits();
  return {
    title: 'Many scopes',
    text: [
      `${SCOPES} scopes in ${SHARDS.length} shards, ECS at ${LATENCY_MS} ms an answer. The run and ` +
        `${SHARDS_AT_ONCE} instances of \`scan\` are processes of the built function, over the local ` +
        'Function Compute and its official client. _Waves_ are the same orders without a run: ten at ' +
        'once, and the next ten when all have reported; they are measured in turns with the second of two runs. ' +
        `Memory is the peak of the run's process through ${TICKS} steady ticks, as deployed. ` +
        'Bytes are of an order and of a report, a scope.',
      '',
      table(
        ['instances a scope', 'run, ms', 'waves, ms', '÷ waves', 'peak MB', 'order', 'report'],
        [rowOf(SMALL, small), rowOf(LARGE, large)],
      ),
      '',
      `${SHUFFLED.scopes} scopes of ${SHUFFLED.fleetSize} instances, whose shards any of ` +
        `${SHUFFLED.instances} instances of \`scan\` gets. Units of a scope in a steady tick, read + ` +
        `written: ${unitsIn(warm)} where that instance has seen the scope before ` +
        `(${warm.length} shards), ${unitsIn(cold)} where it has not (${cold.length}).`,
    ].join('\n'),
    targets: [
      {
        what: `a warm run over ${SCOPES} scopes, ECS at ${LATENCY_MS} ms`,
        figure: ratioOf(small),
        is: 'at most',
        limit: MAX_RATIO,
        unit: '× the same waves of ten shards',
      },
      {
        what: `peak memory of that run at ${LARGE} instances a scope`,
        figure: large.megabytes / small.megabytes,
        is: 'at most',
        limit: MAX_GROWTH,
        unit: `× that at ${SMALL}`,
      },
      ...(['read', 'write'] as const).map(
        (kind) =>
          ({
            what: `units to ${kind} for a scope in a warm steady shard, whichever instance had it last`,
            figure: Math.max(...warm.map((units) => units[kind])),
            is: 'at most',
            limit: MAX_WARM_UNITS,
            unit: 'units',
          }) as const,
      ),
    ],
  };
}

function ratioOf({ runMs, wavesMs }: MeasuredRuns): number {
  return median(runMs) / median(wavesMs);
}

function rowOf(instances: number, measured: MeasuredRuns): readonly (string | number)[] {
  const { runMs, wavesMs, megabytes, orderBytes, reportBytes } = measured;
  return [
    instances,
    spread(runMs, 0),
    spread(wavesMs, 0),
    `${ratioOf(measured).toFixed(2)} ×`,
    Math.round(megabytes),
    `${orderBytes} B`,
    `${reportBytes} B`,
  ];
}

/** `2 + 2`, or with the least and the most where shards differ. */
function unitsIn(all: readonly Units[]): string {
  return (['read', 'write'] as const)
    .map((kind) =>
      spread(
        all.map((units) => units[kind]),
        1,
      ).replace(/ \((.+)–\1\)/u, ''),
    )
    .join(' + ');
}
