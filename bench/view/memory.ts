import { get, getSigned, rateOf, usageOf } from './client.ts';
import type { RunningServer } from './processes.ts';

const WARM_REQUESTS = 10_000;
const REQUESTS = 100_000;
const BATCH = 1_000;
/** A runtime of Function Compute sends a process one request at a time; a few go faster. */
const CONNECTIONS = 4;
/** Ticks that commit changes go on meanwhile: one after so many requests. */
const REQUESTS_PER_TICK = 10_000;

export interface Growth {
  readonly requests: number;
  /** After 10,000 requests and after all, once the garbage was collected. */
  readonly early: { readonly rss: number; readonly heapUsed: number };
  readonly late: { readonly rss: number; readonly heapUsed: number };
}

/** Requests of every kind, with queries that do not come again, while the fleet changes. */
export async function measureGrowth(
  view: RunningServer,
  tick: () => Promise<unknown>,
): Promise<Growth> {
  let early = await usageOf(view.url, true);
  for (let sent = 0; sent < REQUESTS; sent += BATCH) {
    if (sent % REQUESTS_PER_TICK === 0) await tick();
    if (sent === WARM_REQUESTS) early = await usageOf(view.url, true);
    const batch = Array.from({ length: BATCH }, (_, index) => requestOf(sent + index));
    await rateOf(view.url, batch, 200, CONNECTIONS);
  }
  return { requests: REQUESTS, early, late: await usageOf(view.url, true) };
}

/** Most are cheap ones, as they are in use; each hundredth is a list that was not asked for before. */
function requestOf(index: number): Buffer {
  const kind = index % 100;
  if (kind === 0) return get(`/instances?text=${index.toString(36)}&limit=100`);
  if (kind === 1) return get(`/instances?fields=instanceId,status&limit=${1 + (index % 1_000)}`);
  if (kind < 4) return get('/metrics');
  if (kind < 10) return get('/instances?status=Running&limit=100');
  return getSigned({
    RegionId: 'cn-hangzhou',
    PageSize: '50',
    PageNumber: String(1 + (index % 200)),
  });
}
