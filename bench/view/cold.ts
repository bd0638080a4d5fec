import { type LocalCloud, withCloud } from '../local-cloud.ts';
import { timed } from '../statistics.ts';
import { ask, get } from './client.ts';
import { type Programs, startServer } from './processes.ts';
import { settledWatch } from './settled-watch.ts';

/** The first answer of a fresh process, and what it read of the store. */
export interface ColdAnswer {
  readonly fleet: number;
  readonly ms: number;
  readonly readUnits: number;
  readonly requests: number;
}

export async function measureCold(programs: Programs, fleet: number): Promise<ColdAnswer> {
  return withCloud(fleet, async (cloud) => {
    const tick = await settledWatch(cloud);
    await tick();
    const server = await startServer(programs, 'view', cloud);
    const before = await storeUsage(cloud);
    const { ms } = await timed(() => ask(server.url, get('/instances?status=Running&limit=100')));
    const after = await storeUsage(cloud);
    await server.stop();
    return {
      fleet,
      ms,
      readUnits: after.units - before.units,
      requests: after.requests - before.requests,
    };
  });
}

async function storeUsage({ control }: LocalCloud) {
  const { tablestore } = (await (await fetch(`${control}/usage`)).json()) as {
    readonly tablestore: {
      readonly tables: Readonly<Record<string, { readonly read: number }>>;
      readonly requests: Readonly<Record<string, number>>;
    };
  };
  const sum = (counts: readonly number[]) => counts.reduce((one, other) => one + other, 0);
  return {
    units: sum(Object.values(tablestore.tables).map(({ read }) => read)),
    requests: sum(Object.values(tablestore.requests)),
  };
}
