import { ecsInventory } from '../shared/ecs/inventory.ts';
import { SYSTEM_RUNTIME } from '../shared/lib/runtime.ts';
import { PAGE_SIZE } from '../shared/ports/inventory.ts';
import { openBudget } from '../shared/watch/budget.ts';
import type { Scan } from '../shared/watch/core/listing.ts';
import { pacedFleet } from '../shared/watch/fleet.ts';
import { createPacer, MAX_CONCURRENCY } from '../shared/watch/pacer.ts';
import { scan as scanFleet } from '../shared/watch/scan.ts';
import { type LocalCloud, REGION, withCloud } from './local-cloud.ts';
import {
  bareScan,
  libcloud,
  officialClient,
  officialClientByDefault,
  type Peer,
  popCore,
} from './peers.ts';
import { type Section, type Target, table } from './section.ts';
import { median, ratio, repeat, spread, timed } from './statistics.ts';

const LATENCIES_MS = [20, 50, 100] as const;

/** Our scans of a fleet at each latency: few of the largest, which take half a minute each. */
const OURS: readonly { readonly fleet: number; readonly runs: readonly number[] }[] = [
  { fleet: 1_000, runs: [9, 9, 9] },
  { fleet: 10_000, runs: [9, 5, 3] },
  { fleet: 50_000, runs: [3, 2, 1] },
  { fleet: 100_000, runs: [3, 1, 1] },
];
/** The promise: from this fleet on, the ratio of a scan's time to its bound, by latency. */
const TARGET_FLEET = 10_000;
const MAX_RATIO: Readonly<Record<number, number>> = { 20: 1.15, 50: 1.1, 100: 1.1 };
/** How much the time per instance may differ between the smallest and the largest such fleet. */
const MAX_DRIFT = 1.15;

/** Peers read serially, so the larger fleet is read at the lowest latency only. */
const PEER_CASES: readonly { readonly fleet: number; readonly latenciesMs: readonly number[] }[] = [
  { fleet: 1_000, latenciesMs: LATENCIES_MS },
  { fleet: 5_000, latenciesMs: [20] },
];

/** Wall time of a scan against its bound, and against other clients with the same fleet. */
export async function scan(): Promise<Section> {
  const ours: Ours[] = [];
  for (const { fleet, runs } of OURS) ours.push(...(await measureOurs(fleet, runs)));
  const peers: Compared[] = [];
  for (const { fleet, latenciesMs } of PEER_CASES) {
    peers.push(...(await comparePeers(fleet, latenciesMs)));
  }
  return {
    title: 'A scan',
    text: [
      'The bound is pages × latency ÷ concurrency: the time of the calls when nothing else ' +
        `takes time. Ours reads ${MAX_CONCURRENCY} pages at once and knows the count of the scan ` +
        'before, as each tick but the first does. _Bare_ is the limit of this machine: the same ' +
        'pages, with the same concurrency, by plain HTTP without a package and without reading the ' +
        'answers. Ratios are medians, with the least and the most.',
      '',
      table(
        ['instances', 'latency', 'calls', 'bound', 'runs', 'ours ÷ bound', 'bare ÷ bound'],
        ours.map((row) => [
          row.fleet,
          `${row.latencyMs} ms`,
          row.pages,
          `${Math.round(row.boundMs)} ms`,
          row.ratios.length,
          spread(row.ratios),
          row.bare.length > 0 ? spread(row.bare) : '–',
        ]),
      ),
      '',
      'The same fleets side by side, one scan each:',
      '',
      table(
        ['instances', 'latency', 'client', 'page', 'calls', 'wall', '÷ ours'],
        peers.map((row) => [
          row.fleet,
          `${row.latencyMs} ms`,
          row.client,
          row.pageSize,
          row.calls,
          `${Math.round(row.ms)} ms`,
          `${ratio(row.ms / row.oursMs)} ×`,
        ]),
      ),
    ].join('\n'),
    targets: [...LATENCIES_MS.map((ms) => wallTarget(ms, ours)), driftTarget(ours)],
  };
}

interface Ours {
  readonly fleet: number;
  readonly latencyMs: number;
  readonly pages: number;
  readonly boundMs: number;
  /** Wall time ÷ bound of each run. */
  readonly ratios: readonly number[];
  readonly bare: readonly number[];
}

function measureOurs(fleet: number, runs: readonly number[]): Promise<readonly Ours[]> {
  return withCloud(fleet, async (cloud) => {
    const scanOnce = scanner(cloud, fleet);
    const { pages } = await scanOnce();
    const rows: Ours[] = [];
    for (const [place, latencyMs] of LATENCIES_MS.entries()) {
      await cloud.setFaults([{ kind: 'latency', latencyMs: latencyMs }]);
      const boundMs = (pages * latencyMs) / MAX_CONCURRENCY;
      const bare: number[] = [];
      const ratios = await repeat(runs[place] ?? 1, async () => {
        const { ms } = await timed(scanOnce);
        // Bare reads of a large fleet would double the time of this section for one figure.
        if (fleet <= TARGET_FLEET || latencyMs === Math.min(...LATENCIES_MS)) {
          bare.push((await timed(() => bareScan(cloud, pages, MAX_CONCURRENCY))).ms / boundMs);
        }
        return ms / boundMs;
      });
      rows.push({ fleet, latencyMs, pages, boundMs, ratios, bare });
    }
    return rows;
  });
}

/** Scans of a fleet by the product's own code, with the count of the scan before. */
export function scanner(cloud: LocalCloud, expectedCount: number): () => Promise<Scan> {
  const { accessKeyId, accessKeySecret, ecs: endpoint } = cloud;
  const { now } = SYSTEM_RUNTIME;
  const inventory = ecsInventory({
    credentials: { accessKeyId, accessKeySecret },
    endpoint,
    runtime: SYSTEM_RUNTIME,
    redact: (text) => text,
  });
  const scope = { key: `main/${REGION}`, account: 'main', regionId: REGION };
  return async () => {
    const pace = {
      budget: openBudget(1_000_000, now(), undefined),
      deadlineMs: now() + MAX_SCAN_MS,
    };
    const fleet = pacedFleet(inventory, scope, createPacer(pace, SYSTEM_RUNTIME));
    const result = await scanFleet(fleet, { page: 1, expectedCount, seen: expectedCount });
    if (!result.clean) throw new Error(`a scan failed: ${result.failure}`);
    return result;
  };
}

const MAX_SCAN_MS = 120_000;

interface Compared {
  readonly fleet: number;
  readonly latencyMs: number;
  readonly client: string;
  readonly pageSize: number;
  readonly calls: number;
  readonly ms: number;
  readonly oursMs: number;
}

function comparePeers(fleet: number, latenciesMs: readonly number[]): Promise<readonly Compared[]> {
  return withCloud(fleet, async (cloud) => {
    const scanOnce = scanner(cloud, fleet);
    await scanOnce();
    const debian = libcloud();
    const peers = [officialClient, popCore, officialClientByDefault, ...(debian ? [debian] : [])];
    const rows: Compared[] = [];
    for (const latencyMs of latenciesMs) {
      await cloud.setFaults([{ kind: 'latency', latencyMs: latencyMs }]);
      const ours = await timed(scanOnce);
      const row = { fleet, latencyMs, oursMs: ours.ms };
      const { pages } = ours.result;
      rows.push({ ...row, client: 'ours', pageSize: PAGE_SIZE, calls: pages, ms: ours.ms });
      for (const peer of peers) {
        rows.push({ ...row, ...(await listing(cloud, peer, fleet)) });
      }
    }
    return rows;
  });
}

async function listing(cloud: LocalCloud, peer: Peer, fleet: number) {
  const before = await cloud.ecsCalls();
  const { ms, result } = await timed(() => peer.list(cloud));
  if (result.ids.size !== fleet)
    throw new Error(`${peer.name} listed ${result.ids.size} of ${fleet}`);
  const calls = (await cloud.ecsCalls()) - before;
  return { client: peer.name, pageSize: peer.pageSize, calls, ms: result.ms ?? ms };
}

function wallTarget(latencyMs: number, ours: readonly Ours[]): Target {
  const rows = ours.filter((row) => row.latencyMs === latencyMs && row.fleet >= TARGET_FLEET);
  return {
    what: `wall time of a scan, ${latencyMs} ms a call, ${TARGET_FLEET} instances and more, worst median`,
    figure: Math.max(...rows.map(({ ratios }) => median(ratios))),
    is: 'at most',
    limit: MAX_RATIO[latencyMs] ?? 1,
    unit: '× bound',
  };
}

function driftTarget(ours: readonly Ours[]): Target {
  const drifts = LATENCIES_MS.map((latencyMs) => {
    const perInstance = ours
      .filter((row) => row.latencyMs === latencyMs && row.fleet >= TARGET_FLEET)
      .map(({ fleet, boundMs, ratios }) => (boundMs * median(ratios)) / fleet);
    return Math.max(...perInstance) / Math.min(...perInstance);
  });
  return {
    what: 'time per instance, slowest ÷ fastest fleet from 10,000 to 100,000, worst latency',
    figure: Math.max(...drifts),
    is: 'at most',
    limit: MAX_DRIFT,
    unit: '×',
  };
}
