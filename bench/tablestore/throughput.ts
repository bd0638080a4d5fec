import { createHash } from 'node:crypto';
import { type Answer, type Connection, openConnection } from './connection.ts';
import { type Run, run, succeeded, timed } from './load.ts';
import {
  createTableBody,
  getRangeBody,
  getRowBody,
  httpRequest,
  pageOf,
  putRowBody,
  ROW_BYTES,
  textOf,
} from './requests.ts';
import type { TablestoreAddresses } from './server-process.ts';

/** What is sent in one run, and over how many connections. */
export interface Load {
  readonly operation: 'PutRow' | 'GetRow' | 'GetRange';
  readonly connections: number;
  /** Rows that are put, got, or in the range. */
  readonly rows: number;
}

/** One figure of several runs: rows a second, or of ranges megabytes of rows a second. */
export interface Figure {
  readonly load: Load;
  readonly rates: readonly number[];
  /** The same answers from the server that does nothing but HTTP, each run just after the one above. */
  readonly bareRates: readonly number[];
  /** The greatest share of the time in which the load itself was computing. */
  readonly busyShare: number;
}

const RUNS = 7;
const BYTES_PER_MB = 1e6;
/** How often a run reads one range, so that the run is long enough to measure. */
const READS_PER_RUN = 4;

interface Place {
  readonly addresses: TablestoreAddresses;
  readonly bareUrl: string;
}

/** @param loads in an order in which rows are put before they are read. */
export async function measure(place: Place, loads: readonly Load[]): Promise<readonly Figure[]> {
  await createTable(place.addresses);
  const figures: Figure[] = [];
  let rowsPut = 0;
  for (const load of loads) {
    const connections = await openConnections(place.addresses.tablestore, load.connections);
    const bareConnections = await openConnections(place.bareUrl, load.connections);
    const once = load.operation === 'GetRange' ? readRanges : sendRows;
    const runs: (readonly [real: Rate, bare: Rate])[] = [];
    for (let index = 0; index < RUNS; index += 1) {
      const isPut = load.operation === 'PutRow';
      const from = isPut ? rowsPut : 0;
      runs.push(await once({ place, load, from, connections, bareConnections }));
      if (isPut) rowsPut += load.rows;
    }
    for (const connection of [...connections, ...bareConnections]) connection.close();
    figures.push({
      load,
      rates: runs.map(([{ rate }]) => rate),
      bareRates: runs.map(([, { rate }]) => rate),
      busyShare: Math.max(...runs.map(([{ busyShare }]) => busyShare)),
    });
  }
  return figures;
}

interface Rate {
  readonly rate: number;
  readonly busyShare: number;
}

interface Once {
  readonly place: Place;
  readonly load: Load;
  /** The number of the first row. */
  readonly from: number;
  readonly connections: readonly Connection[];
  readonly bareConnections: readonly Connection[];
}

async function createTable(addresses: TablestoreAddresses): Promise<void> {
  const [connection] = await openConnections(addresses.tablestore, 1);
  succeeded(await connection.send(httpRequest(addresses, 'CreateTable', createTableBody())));
  connection.close();
}

async function openConnections(url: string, count: number): Promise<[Connection, ...Connection[]]> {
  const others = Array.from({ length: count - 1 }, () => openConnection(url));
  return [await openConnection(url), ...(await Promise.all(others))];
}

/** Puts or gets each row once. */
async function sendRows(once: Once): Promise<readonly [Rate, Rate]> {
  const { place, load, from, connections, bareConnections } = once;
  const bodyOf = load.operation === 'PutRow' ? putRowBody : getRowBody;
  const requests = (answerBytes: number): readonly Buffer[] =>
    Array.from({ length: load.rows }, (_, index) =>
      httpRequest(place.addresses, load.operation, bodyOf(from + index), answerBytes),
    );
  const real = await run(connections, requests(0));
  for (const [index, answer] of real.sample) {
    checkDigest(answer);
    if (load.operation === 'GetRow') checkTexts(answer.body, from + index, from + index + 1);
  }
  const bare = await run(bareConnections, requests(real.sample.get(0)?.body.length ?? 0));
  const rateOf = ({ seconds, busyShare }: Run): Rate => ({ rate: load.rows / seconds, busyShare });
  return [rateOf(real), rateOf(bare)];
}

/** Reads a range page by page, to its end. */
async function readRanges(once: Once): Promise<readonly [Rate, Rate]> {
  const { place, load, from, connections, bareConnections } = once;
  const [connection] = connections;
  if (connection === undefined) throw new RangeError('a range is read over one connection');
  const request = (start: Buffer | undefined, answerBytes: number): Buffer =>
    httpRequest(place.addresses, 'GetRange', getRangeBody(from, load.rows, start), answerBytes);
  const readRange = async (): Promise<readonly Answer[]> => {
    const pages: Answer[] = [];
    let start: Buffer | undefined;
    do {
      const page = succeeded(await connection.send(request(start, 0)));
      pages.push(page);
      start = pageOf(page.body).next_start_primary_key;
    } while (start !== undefined);
    return pages;
  };
  const read = async (): Promise<readonly Answer[]> => {
    const pages: Answer[] = [];
    for (let index = 0; index < READS_PER_RUN; index += 1) pages.push(...(await readRange()));
    return pages;
  };
  const real = await timed(read);
  for (const page of real.result) checkDigest(page);
  const pagesOfOne = real.result.slice(0, real.result.length / READS_PER_RUN);
  checkTexts(Buffer.concat(pagesOfOne.map(({ body }) => body)), from, load.rows);
  const bare = await run(
    bareConnections,
    real.result.map(({ body }) => request(undefined, body.length)),
  );
  const megabytes = (READS_PER_RUN * load.rows * ROW_BYTES) / BYTES_PER_MB;
  const rateOf = ({ seconds, busyShare }: Pick<Run, 'seconds' | 'busyShare'>): Rate => ({
    rate: megabytes / seconds,
    busyShare,
  });
  return [rateOf(real), rateOf(bare)];
}

function checkDigest({ head, body }: Answer): void {
  const [, digest] = /^x-ots-contentmd5: (.+)$/im.exec(head) ?? [];
  if (digest !== createHash('md5').update(body).digest('base64')) {
    throw new Error('an answer is not what its digest says');
  }
}

/** The rows from `from` to before `to`, in their order. */
function checkTexts(body: Buffer, from: number, to: number): void {
  let position = 0;
  for (let number = from; number < to; number += 1) {
    position = body.indexOf(textOf(number), position);
    if (position === -1) throw new Error(`row ${number} is missing in an answer`);
  }
}
