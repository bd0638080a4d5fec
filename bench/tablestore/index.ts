import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Section, table } from '../section.ts';
import { type Layers, measureLayers } from './layers.ts';
import { measureOfficialClient } from './official-client.ts';
import { ROW_BYTES } from './requests.ts';
import { startBareProcess, startTablestoreProcess } from './server-process.ts';
import { spreadOf } from './spread.ts';
import { type Figure, type Load, measure } from './throughput.ts';

/**
 * What the local Tablestore can do: rows put and got, ranges read, in memory and durable, and where the time goes.
 * The server runs in a process of its own.
 */
const CONNECTIONS = 32;
const RANGE_ROWS = 5000;

const IN_MEMORY: readonly Load[] = [
  { operation: 'PutRow', connections: 1, rows: 2000 },
  { operation: 'GetRow', connections: 1, rows: 2000 },
  { operation: 'PutRow', connections: CONNECTIONS, rows: 6000 },
  { operation: 'GetRow', connections: CONNECTIONS, rows: 6000 },
  { operation: 'GetRange', connections: 1, rows: RANGE_ROWS },
];

/** Fewer puts: each waits for the disk. */
const DURABLE: readonly Load[] = [
  { operation: 'PutRow', connections: 1, rows: 200 },
  { operation: 'PutRow', connections: CONNECTIONS, rows: 2000 },
  { operation: 'GetRow', connections: 1, rows: 1000 },
  { operation: 'GetRow', connections: CONNECTIONS, rows: 4000 },
  { operation: 'GetRange', connections: 1, rows: RANGE_ROWS },
];

export async function tablestore(): Promise<Section> {
  const [busyBefore = 0] = loadavg();
  const memory = await measureServer('memory', IN_MEMORY);
  // Directly after it, so that the load of a shared machine has hardly changed.
  const layers = await measureLayers();
  const durable = await inTemporaryDirectory((data) => measureServer(data, DURABLE));
  const official = await measureWithOfficialClient();
  const put = figureOf(memory, 'PutRow');
  const get = figureOf(memory, 'GetRow');
  const range = figureOf(memory, 'GetRange', 1);
  return {
    title: 'The local Tablestore',
    text: [
      `Rows of ${ROW_BYTES} bytes (names and values) and distinct keys, sent as whole, signed HTTP requests by ` +
        'another process over connections that stay open. A range is read page by page to its end; MB are 10⁶ ' +
        'bytes of rows. _Bare HTTP_ is the median of a node:http server that answers as many bytes without looking ' +
        'at the request, each run just after one of Tablestore: its ratio holds on other machines. _Load busy_ is ' +
        'the share of the time in which the load was computing itself: far below 100 %, the server is what is measured. ' +
        `Before it all, ${busyBefore.toFixed(1)} programs wanted the ${cpus().length} cores: whatever else runs takes its part of these figures.`,
      table(
        ['', 'connections', 'least', 'median', 'most', '', 'bare HTTP', '÷ bare', 'load busy'],
        [...figureRows('in memory', memory), ...figureRows('durable', durable)],
      ),
      'The unmodified npm client, 32 calls under way, in memory. It takes more time for a call than the server does, ' +
        'so that these figures are its own.',
      table(
        ['', 'least', 'median', 'most', ''],
        [
          ['puts', ...spreadCells(official.puts), 'rows/s'],
          ['gets', ...spreadCells(official.gets), 'rows/s'],
        ],
      ),
      'Where the time of a request goes, in µs, in memory, each figure from the run that was disturbed least. _Whole_ and ' +
        `_HTTP_ are what Tablestore and bare HTTP take at ${CONNECTIONS} connections; the layers are timed in one process, ` +
        'one call after the other. The rest is what the layers cost more in a server than alone: the promises between ' +
        'them, the collection of garbage.',
      table(
        ['', 'whole', 'HTTP', 'signatures', 'codec', 'engine', 'store', 'the rest'],
        [splitRow('put', put, layers.PutRow), splitRow('get', get, layers.GetRow)],
      ),
    ].join('\n\n'),
    targets: [
      target(`Tablestore in memory, ${CONNECTIONS} connections, puts`, put, 4000, 'rows/s'),
      target(`Tablestore in memory, ${CONNECTIONS} connections, gets`, get, 6000, 'rows/s'),
      target(`Tablestore in memory, ranges of ${RANGE_ROWS} rows`, range, 50, 'MB/s'),
    ],
  };
}

async function measureServer(data: string, loads: readonly Load[]): Promise<readonly Figure[]> {
  const bare = await startBareProcess();
  const server = await startTablestoreProcess(data);
  try {
    return await measure({ addresses: server.addresses, bareUrl: bare.addresses.url }, loads);
  } finally {
    await Promise.all([server.stop(), bare.stop()]);
  }
}

async function measureWithOfficialClient(): ReturnType<typeof measureOfficialClient> {
  const server = await startTablestoreProcess('memory');
  try {
    return await measureOfficialClient(server.addresses);
  } finally {
    await server.stop();
  }
}

async function inTemporaryDirectory<T>(task: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-tablestore-'));
  try {
    return await task(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function figureOf(
  figures: readonly Figure[],
  operation: Load['operation'],
  connections = CONNECTIONS,
): Figure {
  const figure = figures.find(
    ({ load }) => load.operation === operation && load.connections === connections,
  );
  if (figure === undefined) throw new RangeError(`nothing was measured of ${operation}`);
  return figure;
}

const NAMES = { PutRow: 'puts', GetRow: 'gets', GetRange: 'ranges' } as const;

function figureRows(where: string, figures: readonly Figure[]): (string | number)[][] {
  return figures.map(({ load, rates, bareRates, busyShare }) => [
    `${NAMES[load.operation]} ${where}`,
    load.connections,
    ...spreadCells(rates),
    load.operation === 'GetRange' ? 'MB/s' : 'rows/s',
    Math.round(spreadOf(bareRates).median),
    (spreadOf(rates).median / spreadOf(bareRates).median).toFixed(2),
    `${Math.round(100 * busyShare)} %`,
  ]);
}

function spreadCells(rates: readonly number[]): number[] {
  const { least, median, most } = spreadOf(rates);
  return [least, median, most].map(Math.round);
}

function splitRow(what: string, figure: Figure, layers: Layers): (string | number)[] {
  const microseconds = (rates: readonly number[]): number => 1e6 / spreadOf(rates).most;
  const whole = microseconds(figure.rates);
  const parts = [
    microseconds(figure.bareRates),
    layers.signatures,
    layers.codec,
    layers.engine,
    layers.store,
  ];
  const rest = whole - parts.reduce((sum, part) => sum + part, 0);
  return [what, ...[whole, ...parts, rest].map(Math.round)];
}

function target(
  what: string,
  { rates }: Figure,
  limit: number,
  unit: string,
): Section['targets'][number] {
  return { what, figure: spreadOf(rates).median, is: 'at least', limit, unit };
}
