import * as TableStore from 'tablestore';
import { CHANNEL_KINDS } from '../shared/channels/index.ts';
import { type LocalCloud, newWatch, REGION, withCloud } from './local-cloud.ts';
import { scanner } from './scan.ts';
import { type Section, table } from './section.ts';
import { median, repeat, spread, timed } from './statistics.ts';

const FLEETS: readonly number[] = [1_000, 10_000, 100_000];
const LATENCY_MS = 20;
const RUNS: Readonly<Record<number, number>> = { 1000: 9, 10000: 9, 100000: 3 };
/** The promise about time holds from this fleet on. */
const TARGET_FLEET = 10_000;
const MAX_RATIO = 1.1;
/** Read: the lease, the end of the scope's journal, and that of the watcher's own. Written: the lease, the health. */
const MAX_WARM_UNITS = { read: 3, write: 2 } as const;
/** A capacity unit of reading. Source: Tablestore "Capacity units". */
const UNIT_BYTES = 4_096;
/**
 * What a cold tick reads besides the checkpoint and the tail: the lease, the heads of the scope and of the
 * watcher, the list of what is watched and the ends of both journals, one unit each; the rows of the
 * channels of the local cloud, one by one, and two for all of them as a range; and the rounding of the
 * checkpoint's parts, of which the largest fleet here has three.
 */
const MAX_COLD_REST = 6 + CHANNEL_KINDS.length + 2 + 3;

/** The cost of a tick when nothing has changed: capacity units, and time besides the scan. */
export async function steady(): Promise<Section> {
  const rows: Row[] = [];
  for (const fleet of FLEETS) rows.push(await withCloud(fleet, (cloud) => measure(cloud, fleet)));
  const large = rows.filter(({ fleet }) => fleet >= TARGET_FLEET);
  const worst = (of: readonly Row[], figure: (row: Row) => number) => Math.max(...of.map(figure));
  return {
    title: 'A tick over an unchanged fleet',
    text: [
      `${LATENCY_MS} ms a call. A warm tick is one of a function that ran before; a cold one ` +
        'loads the checkpoint and the commits after it, the tail, first; a small fleet has no ' +
        'checkpoint yet, and its baseline is the tail. Units are capacity units of Tablestore, ' +
        'read and written. ' +
        'The scan alone is measured in turns with warm ticks; ratios are of medians.',
      '',
      table(
        [
          'instances',
          'checkpoint',
          'tail units',
          'warm units',
          'cold units',
          'scan alone, ms',
          'warm tick, ms',
          '÷ scan',
          'cold tick, ms',
        ],
        rows.map((row) => [
          row.fleet,
          `${Math.round(row.stored.checkpointBytes / 1024)} KB`,
          row.stored.tailUnits,
          `${row.warm.read} + ${row.warm.write}`,
          `${row.cold.read} + ${row.cold.write}`,
          spread(row.scanMs, 0),
          spread(row.tickMs, 0),
          `${(median(row.tickMs) / median(row.scanMs)).toFixed(2)} ×`,
          Math.round(row.coldMs),
        ]),
      ),
    ].join('\n'),
    targets: [
      {
        what: `a warm tick over ${TARGET_FLEET} unchanged instances and more`,
        figure: worst(large, ({ tickMs, scanMs }) => median(tickMs) / median(scanMs)),
        is: 'at most',
        limit: MAX_RATIO,
        unit: '× the scan alone',
      },
      ...(['read', 'write'] as const).map(
        (kind) =>
          ({
            what: `units to ${kind} in a warm steady tick, any fleet`,
            figure: worst(rows, ({ warm }) => warm[kind]),
            is: 'at most',
            limit: MAX_WARM_UNITS[kind],
            unit: 'units',
          }) as const,
      ),
      {
        what: 'units to read in a cold steady tick, besides checkpoint ÷ 4 KB and the tail',
        figure: worst(
          rows,
          ({ cold, stored }) => cold.read - stored.checkpointBytes / UNIT_BYTES - stored.tailUnits,
        ),
        is: 'at most',
        limit: MAX_COLD_REST,
        unit: 'units',
      },
    ],
  };
}

interface Row {
  readonly fleet: number;
  readonly stored: Stored;
  readonly warm: Units;
  readonly cold: Units;
  readonly scanMs: readonly number[];
  readonly tickMs: readonly number[];
  readonly coldMs: number;
}

interface Units {
  readonly read: number;
  readonly write: number;
}

async function measure(cloud: LocalCloud, fleet: number): Promise<Row> {
  // The second run still stores where channels begin.
  await newWatch(cloud)();
  await newWatch(cloud)();
  await cloud.setFaults([{ kind: 'latency', latencyMs: LATENCY_MS }]);
  const tick = newWatch(cloud);
  const cold = await timed(tick);
  const scanOnce = scanner(cloud, fleet);
  await tick();
  const turns = await repeat(RUNS[fleet] ?? 1, async () => ({
    scan: await timed(scanOnce),
    tick: await timed(tick),
  }));
  return {
    fleet,
    stored: await readStored(cloud),
    warm: {
      read: Math.max(...turns.map((turn) => turn.tick.result.units.read)),
      write: Math.max(...turns.map((turn) => turn.tick.result.units.write)),
    },
    cold: cold.result.units,
    scanMs: turns.map((turn) => turn.scan.ms),
    tickMs: turns.map((turn) => turn.tick.ms),
    coldMs: cold.ms,
  };
}

/** What a cold function has to read, as Tablestore reports it. */
interface Stored {
  readonly checkpointBytes: number;
  /** Capacity units for reading the commits after the checkpoint. */
  readonly tailUnits: number;
}

async function readStored(cloud: LocalCloud): Promise<Stored> {
  const client = new TableStore.Client({
    accessKeyId: cloud.accessKeyId,
    secretAccessKey: cloud.accessKeySecret,
    endpoint: cloud.tablestore,
    instancename: cloud.instance,
    maxRetries: 0,
    httpOptions: { timeout: 5_000 },
  });
  const scope = `main/${REGION}`;
  const range = (tableName: string, from: object, to: object) =>
    client.getRange({
      tableName,
      direction: TableStore.Direction.FORWARD,
      inclusiveStartPrimaryKey: [{ scope }, from],
      exclusiveEndPrimaryKey: [{ scope }, to],
    });
  const { rows = [] } = await range('ecs_watch_state', { item: 'part/' }, { item: 'part0' });
  // part/SEQ/WRITER/INDEX
  const name = String(rows[0]?.primaryKey?.[1]?.value ?? 'part/0');
  const firstSeq = TableStore.Long.fromString(String(Number(name.split('/')[1]) + 1));
  const tail = await range('ecs_watch_journal', { seq: firstSeq }, { seq: TableStore.INF_MAX });
  const charged = tail.consumed?.capacityUnit;
  return {
    checkpointBytes: rows
      .flatMap(({ attributes = [] }) => attributes)
      .reduce((sum, { columnValue }) => sum + (columnValue as Buffer).length, 0),
    tailUnits: typeof charged === 'object' ? (charged.read ?? 0) : 0,
  };
}
