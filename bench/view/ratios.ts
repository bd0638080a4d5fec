import { ask, get, getSigned, prebuiltOf, type Rate, rateOf } from './client.ts';
import type { RunningServer } from './processes.ts';
import type { SameReads } from './same-reads.ts';

/** One kind of request, and what a program must read before it can answer it. */
interface Case {
  readonly what: string;
  /** Null: the answer of this minute is known. */
  readonly reads: keyof SameReads | null;
  readonly requests: number;
  readonly request: (index: number) => Buffer;
  readonly status: number;
  /** The promise: at least so much of the rate of a bare server that makes the same reads. */
  readonly target: number | null;
}

/** The rates of a case, pair by pair. */
export interface Measured {
  readonly case: Case;
  readonly bytes: number;
  readonly pairs: readonly Pair[];
}

export interface Pair {
  readonly view: Rate;
  /** The bytes alone. */
  readonly bare: Rate;
  /** The same bytes, after the same reads. */
  readonly reading: Rate;
}

const FILTERED = '/instances?status=Running&limit=100';
const REGION = 'cn-hangzhou';
const REPLICA_PAGES = 20;

/** Every case in turns with the bare servers, so that other work of the machine slows all alike. */
export async function measureRatios(
  view: RunningServer,
  bare: RunningServer,
  tick: () => Promise<unknown>,
  pairs: number,
): Promise<readonly Measured[]> {
  const { head } = await ask(view.url, get(FILTERED));
  const [, etag = ''] = /^etag: (.+)$/imu.exec(head) ?? [];
  const measured: Measured[] = [];
  for (const each of casesWith(etag)) {
    // The fleet does not change, but the scans go on: without them it would become stale.
    await tick();
    measured.push(await measure(view, bare, each, pairs));
  }
  return measured;
}

function casesWith(etag: string): readonly Case[] {
  return [
    {
      what: 'unchanged (304)',
      reads: 'peek',
      requests: 600,
      request: () => get(FILTERED, { 'if-none-match': etag }),
      status: 304,
      target: 0.5,
    },
    {
      what: 'page of the replica (50 rows, signature V1)',
      reads: null,
      requests: 2_000,
      request: (index) =>
        getSigned({
          RegionId: REGION,
          PageSize: '50',
          PageNumber: String(1 + (index % REPLICA_PAGES)),
        }),
      status: 200,
      target: 0.5,
    },
    {
      what: 'filtered page of 100',
      reads: 'peek',
      requests: 500,
      request: () => get(FILTERED),
      status: 200,
      target: 0.3,
    },
    {
      what: '`/metrics`',
      reads: 'metrics',
      requests: 200,
      request: () => get('/metrics'),
      status: 200,
      target: 0.3,
    },
    {
      what: 'all instances as NDJSON',
      reads: 'peek',
      requests: 24,
      request: () => get('/instances?format=ndjson'),
      status: 200,
      target: null,
    },
  ];
}

async function measure(
  view: RunningServer,
  bare: RunningServer,
  each: Case,
  count: number,
): Promise<Measured> {
  const { request, requests, status, reads } = each;
  const sample = await ask(view.url, request(0), status);
  const answer = prebuiltOf(sample);
  const all = () => Array.from({ length: requests }, (_, index) => request(index));
  const bareRate = async (before: keyof SameReads | null): Promise<Rate> => {
    const body = JSON.stringify({ answer, before });
    const told = await fetch(`${bare.url}/bench/prebuilt`, { method: 'POST', body });
    if (!told.ok) throw new Error(await told.text());
    return rateOf(bare.url, all(), status);
  };
  await rateOf(view.url, all(), status);
  const pairs: Pair[] = [];
  for (let index = 0; index < count; index += 1) {
    const first = await bareRate(null);
    const viewed = await rateOf(view.url, all(), status);
    const reading = reads === null ? first : await bareRate(reads);
    pairs.push({ view: viewed, bare: first, reading });
  }
  return { case: each, bytes: sample.body.length, pairs };
}
