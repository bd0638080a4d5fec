import type { Handler } from '../../../functions/view/index.ts';
import { seededRandom } from '../../../local/random.ts';
import type { LocalServer } from '../../../local/server.ts';
import { fold } from '../../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT } from '../../../shared/core/model.ts';
import { minuteOf, momentOf } from '../../../shared/view/replica/core/minute.ts';
import { readJournal } from '../../helpers/journal-of.ts';
import type { Product } from '../../helpers/product.ts';
import { HANGZHOU, popCore } from '../../local/ecs/clients.ts';
import { REPLICA_KEY, replicaHandler, serve, startSignedProduct, tickInPlace } from './helpers.ts';

const SEED = 13;
const MINUTES = 3;
const MINUTE_MS = 60_000;

const random = seededRandom(SEED);
let product: Product;
let server: LocalServer;

beforeAll(async () => {
  product = await startSignedProduct({ fleetSize: 170 });
  // Four instances of the function answer in turn, and every fifth request meets a new one.
  const pool: Handler[] = Array.from({ length: 4 }, () => replicaHandler(product));
  server = await serve(() => {
    const place = random.below(pool.length);
    if (random.chance(0.2)) pool[place] = replicaHandler(product);
    return pool[place] ?? replicaHandler(product);
  });
});
afterAll(async () => {
  await server.close();
  await product.close();
});

it(`a listing within a minute is whole, while instances come and go (seed ${SEED})`, async () => {
  const { clock } = product;
  const tick = tickInPlace(product);
  const call = popCore(server, 'POST', REPLICA_KEY);
  for (let minute = 0; minute < 3; minute += 1) {
    await tick();
    toNextMinute();
  }

  for (let minute = 0; minute < MINUTES; minute += 1) {
    const beginMs = clock.now();
    const rows: string[] = [];
    const totals = new Set<unknown>();
    for (let page = 1; page <= Math.ceil(Number([...totals][0] ?? 50) / 50); page += 1) {
      const query = { RegionId: HANGZHOU, PageSize: 50, PageNumber: page };
      const { InstanceStatuses, TotalCount } = await call('DescribeInstanceStatus', query);
      totals.add(TotalCount);
      rows.push(
        ...(InstanceStatuses?.InstanceStatus ?? []).map((row) => `${row.InstanceId} ${row.Status}`),
      );
      clock.advance(4_000);
      churn();
      await tick();
    }

    expect([...totals]).toEqual([rows.length]);
    expect(rows).toEqual(await recordedAt(momentOf(minuteOf(beginMs))));
    expect(minuteOf(clock.now())).toBe(minuteOf(beginMs));
    toNextMinute();
  }
});

function toNextMinute(): void {
  const { clock } = product;
  clock.advance(MINUTE_MS - (clock.now() % MINUTE_MS));
}

/** Instances are released, made, stopped and started between two pages. */
function churn(): void {
  const { fleet } = product.cloud.ecs;
  const idsIn = (status: string) =>
    fleet
      .instances(HANGZHOU)
      .filter((instance) => instance.status === status)
      .map(({ id }) => id);
  fleet.releaseAny(HANGZHOU, random.below(4), random);
  fleet.create(HANGZHOU, random.below(4));
  fleet.stop(idsIn('Running').slice(0, random.below(5)));
  fleet.start(idsIn('Stopped').slice(0, random.below(5)));
}

/** What the journal, read to its end, says of a moment of the past. */
async function recordedAt(momentMs: number): Promise<readonly string[]> {
  const commits = (await readJournal(product)).filter(({ atMs }) => atMs <= momentMs);
  const { instances } = fold(EMPTY_SNAPSHOT, commits);
  return [...instances].map(([id, { status }]) => `${id} ${status}`).sort();
}
