import { type ScanHandler, scanHandler, watchHandler } from '../../functions/watch/index.ts';
import type { EventFault, EventShape } from '../../local/ecs/index.ts';
import { LOCAL_ACCOUNT, LOCAL_KEYS } from '../../local/index.ts';
import { seededRandom } from '../../local/random.ts';
import { examineChain } from '../../shared/core/chain.ts';
import { fold } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import type { PushReport } from '../../shared/watch/push.ts';
import { MINUTE_MS } from '../helpers/examples.ts';
import { readJournal } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const CONTEXT = { credentials: LOCAL_KEYS, function: { timeout: 50 }, accountId: LOCAL_ACCOUNT };
const PUSH = { WATCH_PUSH: 'true', ECS_CALLS_PER_MINUTE: '9000' };

/** The product with events, which reach the function `scan` when the clock has come to them. */
async function startPushed(fleetSize: number, channels: readonly string[]) {
  const product = await startProduct({ fleetSize, seed: 3 });
  const others = Object.keys(product.cloud.channels.environment).filter(
    (name) => !channels.includes(name),
  );
  const unset = Object.fromEntries(others.map((name) => [name, '']));
  const environment = { ...product.environment, ...unset, ...PUSH };
  const write = (line: string): void => void product.logs.push(line);
  const watch = watchHandler(environment, write, product.runtime);
  const scan = scanHandler(environment, write, product.runtime);
  const { clock, cloud } = product;
  let nextTickMs = clock.now();
  /** Lets time go on from event to event and from tick to tick, of which there is one a minute. */
  const passUntil = async (untilMs: number): Promise<void> => {
    for (;;) {
      const eventMs = cloud.ecs.events.nextMs ?? Number.POSITIVE_INFINITY;
      const atMs = Math.min(eventMs, nextTickMs);
      if (atMs > untilMs) break;
      clock.advance(Math.max(0, atMs - clock.now()));
      await cloud.ecs.events.drain();
      if (nextTickMs > clock.now()) continue;
      nextTickMs += MINUTE_MS;
      await watch(Buffer.from('{}'), CONTEXT);
    }
    clock.advance(Math.max(0, untilMs - clock.now()));
    await cloud.ecs.events.drain();
  };
  const takeEvents = (shapes?: readonly EventShape[]): void =>
    cloud.ecs.events.postTo((event) => scan(event, CONTEXT).catch(() => undefined), shapes);
  return { product, environment, scan, passUntil, takeEvents };
}

describe('a watcher that takes events', () => {
  let product: Product;
  let fleet: Awaited<ReturnType<typeof startPushed>>;
  beforeAll(async () => {
    fleet = await startPushed(20, ['SLACK_WEBHOOK', 'WEBHOOK_URL']);
    product = fleet.product;
    await fleet.passUntil(product.clock.now());
  });
  afterAll(() => product.close());

  const running = () => {
    const all = product.cloud.ecs.fleet.instances('cn-hangzhou');
    return all.filter(({ status }) => status === 'Running');
  };
  const eventOf = (instanceId: string, changes: object = {}) => ({
    ver: '1.0',
    product: 'ECS',
    name: 'Instance:StateChange',
    userId: LOCAL_ACCOUNT,
    regionId: 'cn-hangzhou',
    content: { resourceId: instanceId, state: 'Stopped' },
    ...changes,
  });
  const invoke = async (event: unknown, scan: ScanHandler = fleet.scan) =>
    JSON.parse(await scan(Buffer.from(JSON.stringify(event)), CONTEXT)) as PushReport;
  const requests = () => JSON.stringify(product.cloud.tablestore.usage.requests);

  it('has a stop in the inbox within five seconds, while polling looks once a minute', async () => {
    const { clock, cloud } = product;
    fleet.takeEvents();
    await fleet.passUntil(clock.now() + 10_000);
    const [instance] = running();
    const stoppedAtMs = clock.now();

    await product.ecs('StopInstances', {
      RegionId: 'cn-hangzhou',
      'InstanceId.1': instance?.id ?? '',
    });
    await fleet.passUntil(stoppedAtMs + 5_000);

    cloud.ecs.events.postTo(undefined);
    const inbox = product.received('slack').filter((body) => body.includes(instance?.id ?? ''));
    expect(clock.now()).toBe(stoppedAtMs + 5_000);
    expect(inbox).toHaveLength(1);
    expect(inbox[0]).toContain('stopped');
  });

  it('believes ECS and not the event: one that is contradicted changes nothing', async () => {
    const [instance] = running();
    const before = product.received('webhook').length;

    const { scopes } = await invoke(eventOf(instance?.id ?? ''));

    expect(scopes).toMatchObject([{ shown: 1, changes: 0 }]);
    expect(scopes[0]?.notes).toEqual(['ECS says what is recorded already']);
    expect(product.received('webhook')).toHaveLength(before);
  });

  it('asks for nothing outside its zone', async () => {
    const [inside] = running();
    const zone = { WATCH_ZONE: inside?.zoneId ?? '' };
    const environment = { ...fleet.environment, ...zone };
    await product.anotherWatch({ ...PUSH, ...zone })();
    const outside = running().find(({ zoneId }) => zoneId !== inside?.zoneId);
    const [made] = product.cloud.ecs.fleet.create('cn-hangzhou', 1, () => ({
      zoneId: outside?.zoneId ?? '',
    }));
    const scan = scanHandler(environment, () => undefined, product.runtime);

    const { scopes } = await invoke(eventOf(made?.id ?? ''), scan);

    expect(scopes).toMatchObject([{ named: 1, shown: 0, changes: 0 }]);
  });

  it.each([
    ['of another account', (id: string) => eventOf(id, { userId: '42' }), /account 42,/u],
    ['that is malformed', (id: string) => eventOf(id, { content: {} }), /that is missing/u],
    ['of another service', (id: string) => eventOf(id, { product: 'RDS' }), /"RDS"/u],
  ])('refuses an event %s by name, and nothing is read or written', async (_what, make, words) => {
    const before = requests();

    await expect(invoke(make(running()[0]?.id ?? ''))).rejects.toThrow(words);

    expect(requests()).toBe(before);
  });

  it('refuses events while they are switched off, or its own account is not known, and a stranger always', async () => {
    const off = scanHandler(product.environment, () => undefined, product.runtime);
    const { accountId: _, ...nameless } = CONTEXT;
    const event = Buffer.from(JSON.stringify(eventOf('i-1')));
    const before = requests();

    await expect(invoke(eventOf('i-1'), off)).rejects.toThrow('WATCH_PUSH=true takes them');
    await expect(fleet.scan(event, nameless)).rejects.toThrow('does not name its account');
    await expect(invoke({ hello: 'you' })).rejects.toThrow('no order of the watch function');
    expect(requests()).toBe(before);
  });

  it('goes on with the others where one of several events is refused, and names that one', async () => {
    const [instance] = running();
    const events = [eventOf(instance?.id ?? ''), eventOf('i-1', { userId: '42' })];

    const report = await invoke(events);

    expect(report).toMatchObject({
      scopes: [{ named: 1, shown: 1 }],
      refused: [expect.stringContaining('the account 42')],
    });
  });
});

it('ends with the same journal whether a bad bus brings events or none does', async () => {
  const bad: readonly EventFault[] = [
    { kind: 'drop', probability: 0.5 },
    { kind: 'double', probability: 0.5 },
    { kind: 'delay', delayMs: 20_000, probability: 0.3 },
    { kind: 'reorder', probability: 0.3 },
  ];
  const ends = await Promise.all(
    [bad, undefined].map(async (faults) => {
      const { product, passUntil, takeEvents } = await startPushed(16, ['WEBHOOK_URL']);
      const { clock, cloud } = product;
      try {
        if (faults !== undefined) takeEvents(['eventbridge']);
        cloud.ecs.events.setFaults(faults ?? []);
        const random = seededRandom(11);
        const startMs = clock.now();
        await passUntil(startMs);
        for (let steps = 1; steps <= 14; steps += 1) {
          await passUntil(startMs + steps * 7_000);
          act(product, random.next());
        }
        await passUntil(startMs + 4 * MINUTE_MS);
        const commits = await readJournal(product);
        const chain = examineChain(null);
        const found = commits.flatMap((commit) => chain.next(commit));
        const { instances, released } = fold(EMPTY_SNAPSHOT, commits);
        return {
          inconsistencies: [...found, ...chain.end()],
          commits: commits.length,
          statuses: [...instances].map(([id, { status, name }]) => [id, status, name]).sort(),
          released: [...released.keys()].sort(),
          actual: cloud.ecs.fleet
            .instances('cn-hangzhou')
            .map(({ id, status, name }) => [id, status, name])
            .sort(),
        };
      } finally {
        await product.close();
      }
    }),
  );

  const [pushed, polled] = ends;
  expect(pushed?.commits).toBeGreaterThan(polled?.commits ?? 0);
  expect(ends.map(({ inconsistencies }) => inconsistencies)).toEqual([[], []]);
  expect(pushed?.statuses).toEqual(polled?.statuses);
  expect(pushed?.released).toEqual(polled?.released);
  expect(pushed?.released.length).toBeGreaterThan(0);
  expect(pushed?.statuses).toEqual(pushed?.actual);
});

/** One change, the same in both fleets. */
function act({ cloud: { ecs } }: Product, chance: number): void {
  const { fleet } = ecs;
  const all = fleet.instances('cn-hangzhou');
  const of = (wanted: string) => all.filter(({ status }) => status === wanted);
  const some = (from: typeof all) => from.slice(Math.floor(chance * from.length)).slice(0, 1);
  const ids = (chosen: typeof all) => chosen.map(({ id }) => id);
  if (chance < 0.4) fleet.stop(ids(some(of('Running'))));
  else if (chance < 0.6) fleet.start(ids(some(of('Stopped'))));
  else if (chance < 0.75) fleet.reboot(ids(some(of('Running'))));
  else if (chance < 0.85) fleet.create('cn-hangzhou', 1);
  else fleet.release(ids(some(all)));
}
