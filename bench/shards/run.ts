import { join } from 'node:path';
import { systemClock } from '../../local/clock.ts';
import { type FunctionRuntime, startFunction, startInvokeApi } from '../../local/fc/index.ts';
import { LOCAL_KEYS, LOCAL_ROLE_KEYS, startLocalCloud } from '../../local/index.ts';
import type { PassedHead } from '../../shared/watch/core/passed-head.ts';
import { orderText } from '../../shared/watch/core/shard-order.ts';
import type { ShardReport } from '../../shared/watch/core/shard-report.ts';
import { SHARDS_AT_ONCE, type Shard, shardsOf } from '../../shared/watch/core/shards.ts';
import { AS_DEPLOYED, ticksOf } from '../function-process.ts';
import { REGION } from '../local-cloud.ts';
import { timed } from '../statistics.ts';
import { CONTEXT, KEY_VARIABLES, regionsOf, TIMEOUT_SECONDS, variablesOf } from './scopes.ts';

export const SCOPES = 300;
export const LATENCY_MS = 100;
/** Runs that are measured, in turns with waves; another turn comes first, and makes them warm. */
const TURNS = 5;
/** The waves leave heads behind that the run does not know: its first tick reads them, its second is measured. */
const TICKS_A_TURN = 2;
export const TICKS = (TURNS + 1) * TICKS_A_TURN;
/** The baselines are found in the first of these ticks in which nothing fails. */
const WARMING_TICKS = 10;

export const SHARDS: readonly Shard[] = shardsOf(
  regionsOf(SCOPES).map((regionId) => ({ key: `main/${regionId}`, account: 'main', regionId })),
);

/** Runs over all scopes, whose baselines another process has found and announced. */
export interface MeasuredRuns {
  readonly runMs: readonly number[];
  readonly wavesMs: readonly number[];
  /** Peak memory of the process of the run. */
  readonly megabytes: number;
  /** Bytes a scope. */
  readonly orderBytes: number;
  readonly reportBytes: number;
}

/** `codeDir`: of the built watch function. The run and each shard is a process of its own. */
export async function measureRuns(codeDir: string, fleetSize: number): Promise<MeasuredRuns> {
  const cloud = await startLocalCloud({ regions: regionsOf(SCOPES), fleetSize });
  const environment = variablesOf(cloud.environment);
  const shards = observed(
    startFunction(
      {
        name: 'ecs-watch-scan',
        codeDir,
        handler: 'index.scan',
        timeoutSeconds: TIMEOUT_SECONDS,
        environment,
        reservedConcurrency: SHARDS_AT_ONCE,
      },
      { credentials: LOCAL_ROLE_KEYS, region: REGION, clock: systemClock, onLog: () => undefined },
    ),
  );
  const api = await startInvokeApi({ find: () => shards.scan, accessKeys: [LOCAL_KEYS] });
  const run = {
    bundle: join(codeDir, 'index.js'),
    environment: {
      ...environment,
      ...KEY_VARIABLES,
      FUNCTIONS_ENDPOINT: api.url,
    },
    memory: AS_DEPLOYED,
    context: CONTEXT,
  };
  const runMs: number[] = [];
  const wavesMs: number[] = [];
  let megabytes = 0;
  try {
    // Ten functions that start at once on a busy machine may keep each other from Tablestore.
    for await (const { report } of ticksOf({ ...run, ticks: WARMING_TICKS })) if (report.ok) break;
    cloud.ecs.setFaults([{ kind: 'latency', latencyMs: LATENCY_MS }]);
    let ticks = 0;
    const beforeTick = async () => {
      if (ticks % TICKS_A_TURN === 0) wavesMs.push((await timed(() => waves(shards))).ms);
    };
    for await (const tick of ticksOf({ ...run, ticks: TICKS, beforeTick })) {
      const { ok, ms, scopes } = tick.report;
      if (!ok) throw new Error(`a tick failed: ${scopes.find(({ error }) => error)?.error}`);
      ticks += 1;
      if (ticks % TICKS_A_TURN === 0) runMs.push(ms);
      megabytes = tick.megabytes;
    }
  } finally {
    await Promise.all([api, shards.scan, cloud].map((each) => each.close()));
  }
  const { orders, reports } = shards.bytes;
  return {
    // The first of either is cold.
    runMs: runMs.slice(1),
    wavesMs: wavesMs.slice(1),
    megabytes,
    orderBytes: Math.round(orders / shards.heads.size),
    reportBytes: Math.round(reports / shards.heads.size),
  };
}

interface Observed {
  readonly scan: FunctionRuntime;
  /** Scope key → its head as the last shard has left it, as a run keeps it. */
  readonly heads: ReadonlyMap<string, PassedHead>;
  /** Of the last order and report of each shard. */
  readonly bytes: { readonly orders: number; readonly reports: number };
}

/** The function `scan`, and what a run learns from its reports. */
function observed(scan: FunctionRuntime): Observed {
  const heads = new Map<string, PassedHead>();
  const sizes = new Map<string, { readonly order: number; readonly report: number }>();
  return {
    heads,
    get bytes() {
      const all = [...sizes.values()];
      return {
        orders: all.reduce((sum, { order }) => sum + order, 0),
        reports: all.reduce((sum, { report }) => sum + report, 0),
      };
    },
    scan: {
      ...scan,
      async invoke(event) {
        const result = await scan.invoke(event);
        if (result.kind !== 'returned') throw new Error(`a shard ${JSON.stringify(result)}`);
        const report = JSON.parse(result.body.toString()) as ShardReport;
        for (const [key, head] of Object.entries(report.heads)) heads.set(key, head);
        const first = report.scopes[0]?.report.scope ?? '';
        sizes.set(first, { order: event.length, report: result.body.length });
        return result;
      },
    },
  };
}

/** All shards without a run: ten at once, and the next ten when all of these have reported. */
async function waves({ scan, heads }: Observed): Promise<void> {
  const orders = SHARDS.map((shard) => {
    const scopes = shard.map(({ key }) => key);
    const known = [...heads].filter(([key]) => scopes.includes(key));
    const longMs = TIMEOUT_SECONDS * 500;
    const order = { environment: 'ecs-watch', scopes, heads: Object.fromEntries(known) };
    return Buffer.from(orderText({ ...order, reportInMs: longMs, endInMs: longMs }));
  });
  for (let first = 0; first < orders.length; first += SHARDS_AT_ONCE) {
    const wave = orders.slice(first, first + SHARDS_AT_ONCE);
    await Promise.all(wave.map((order) => scan.invoke(order)));
  }
}
