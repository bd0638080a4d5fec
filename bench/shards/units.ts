import { scanHandler, watchHandler } from '../../functions/watch/index.ts';
import { startInvokeApi } from '../../local/fc/index.ts';
import { LOCAL_KEYS, startLocalCloud } from '../../local/index.ts';
import { seededRandom } from '../../local/random.ts';
import type { ShardReport } from '../../shared/watch/core/shard-report.ts';
import { CONTEXT, regionsOf, variablesOf } from './scopes.ts';

/** Scopes, function instances, and runs in which any instance gets any shard. */
export const SHUFFLED = { scopes: 30, instances: 3, runs: 12, fleetSize: 20 } as const;
/** The first run has the baselines, and the second one takes over where channels begin. */
const SETTLING_RUNS = 2;

/** Capacity units of one scope in a steady tick. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

/** Units a scope of each steady shard, by whether the instance that got it had seen it before. */
export interface ShuffledUnits {
  readonly warm: readonly Units[];
  readonly cold: readonly Units[];
}

export async function shuffledUnits(): Promise<ShuffledUnits> {
  const { scopes, fleetSize, runs } = SHUFFLED;
  const cloud = await startLocalCloud({ regions: regionsOf(scopes), fleetSize });
  const environment = variablesOf(cloud.environment);
  const context = { ...CONTEXT, credentials: LOCAL_KEYS };
  const random = seededRandom(1);
  const units = { warm: [] as Units[], cold: [] as Units[] };
  let run = 0;
  const idle = Array.from({ length: SHUFFLED.instances }, () => ({
    scan: scanHandler(environment, () => undefined),
    seen: new Set<string>(),
  }));
  const scan = {
    name: 'ecs-watch-scan',
    async invoke(event: Buffer) {
      const [instance] = idle.splice(random.below(idle.length), 1);
      if (instance === undefined) throw new Error('there are more shards at once than instances');
      const body = Buffer.from(await instance.scan(event, context));
      idle.push(instance);
      const report = JSON.parse(body.toString()) as ShardReport;
      const shard = report.scopes.map((scope) => scope.report.scope).join();
      const { read, write } = report.units;
      const count = report.scopes.length;
      if (run >= SETTLING_RUNS) {
        const kind = instance.seen.has(shard) ? 'warm' : 'cold';
        units[kind].push({ read: read / count, write: write / count });
      }
      instance.seen.add(shard);
      return { kind: 'returned' as const, requestId: 'r-1', body };
    },
    enqueue: () => 'r-1',
    drain: async () => undefined,
    close: async () => undefined,
  };
  const api = await startInvokeApi({ find: () => scan, accessKeys: [LOCAL_KEYS] });
  try {
    const watch = watchHandler({ ...environment, FUNCTIONS_ENDPOINT: api.url }, () => undefined);
    for (; run < runs; run += 1) {
      const report = await watch(Buffer.from('{}'), context);
      if (!report.ok) throw new Error(`a tick failed: ${JSON.stringify(report)}`);
    }
  } finally {
    await Promise.all([api.close(), cloud.close()]);
  }
  return units;
}
