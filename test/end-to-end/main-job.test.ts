import type { ChannelName } from '../../local/channels/index.ts';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { readJournal } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { roundsOf } from '../helpers/rounds.ts';

const CHANNELS = CHANNEL_KINDS.map(({ kind }) => kind as ChannelName);

/** `npm run soak`: the largest fleet, too. */
const isLarge = roundsOf('LARGE_FLEETS', 0) > 0;

describe('the main job', () => {
  let product: Product;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 60 });
  });
  afterEach(() => product.close());

  it('takes a baseline on first sight, with one notice to each channel and no flood', async () => {
    const report = await product.tick();

    expect(report.ok).toBe(true);
    expect(report.scopes).toMatchObject([{ instances: 60, complete: true, changes: 0, seq: 1 }]);
    for (const channel of CHANNELS) {
      expect(product.received(channel)).toHaveLength(1);
    }
    expect(product.received('dingtalk')[0]).toContain('Watching 60 instances');
    expect(JSON.parse(product.received('webhook')[0] ?? '')).toMatchObject({
      type: 'ecs-watch.notice',
      data: { notice: 'baseline', instances: 60 },
    });
  });

  it('takes no baseline of an empty fleet while it has no permission to see one', async () => {
    product.cloud.ecs.setFaults([
      { kind: 'empty', operations: ['DescribeInstanceStatus'] },
      { kind: 'denied', operations: ['DescribeInstances'] },
    ]);

    const report = await product.tick();

    expect(report).toMatchObject({ ok: false, scopes: [{ complete: false, seq: 0 }] });
    expect(await readJournal(product)).toEqual([]);
  });

  it('announces a stopped instance to every channel once, with its name', async () => {
    await product.tick();
    product.cloud.channels.inbox.clear();
    const instance = running(product);

    await product.stopInstances([instance.id]);
    const report = await product.tick();
    await product.tick();

    expect(report.scopes[0]?.changes).toBe(1);
    for (const channel of CHANNELS) {
      const messages = product.received(channel);
      expect(messages).toHaveLength(1);
      expect(messages[0]).toContain(instance.id);
      expect(messages[0]).toMatch(/stopped/iu);
    }
    expect(JSON.parse(product.received('webhook')[0] ?? '')).toEqual({
      specversion: '1.0',
      id: 'main/cn-hangzhou/2',
      source: '//ecs-watch/main/cn-hangzhou',
      type: 'ecs-watch.changes',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      datacontenttype: 'application/json',
      data: {
        scope: 'main/cn-hangzhou',
        seq: 2,
        at: expect.any(String),
        previousAt: expect.any(String),
        changes: [
          expect.objectContaining({
            id: 'main/cn-hangzhou/2/0',
            instanceId: instance.id,
            from: 'Running',
            to: 'Stopped',
            name: instance.name,
          }),
        ],
      },
    });
  });

  it('says nothing when nothing changed', async () => {
    await product.tick();
    product.cloud.channels.inbox.clear();

    const report = await product.tick();

    expect(report).toMatchObject({ ok: true, scopes: [{ changes: 0, seq: 1 }] });
    expect(product.cloud.channels.inbox.list()).toEqual([]);
  });

  it('announces releases and creations', async () => {
    await product.tick();
    product.cloud.channels.inbox.clear();
    const gone = running(product);

    product.cloud.ecs.fleet.release([gone.id]);
    const [born] = product.cloud.ecs.fleet.create('cn-hangzhou', 1);
    await product.tick();

    const { changes } = JSON.parse(product.received('webhook')[0] ?? '').data;
    expect(changes).toContainEqual(
      expect.objectContaining({ instanceId: gone.id, from: 'Running', to: null }),
    );
    expect(changes).toContainEqual(
      expect.objectContaining({ instanceId: born?.id, from: null, to: 'Pending' }),
    );
  });

  it('reads and writes the same few rows whatever the size of the fleet, once it is warm', async () => {
    const large = await startProduct({ fleetSize: 2_500 });
    try {
      // The second tick removes the starts that the first delivery has taken over.
      for (const { tick } of [product, large]) {
        await tick();
        await tick();
      }

      const small = await product.tick();
      const big = await large.tick();

      // The scope's lease and tail, and the tail of the watcher's own journal; lease and health.
      expect(small.units).toEqual({ read: 3, write: 2 });
      expect(big.units).toEqual({ read: 3, write: 2 });
    } finally {
      await large.close();
    }
  });
});

describe('an instance that stays stopped', () => {
  const AT_TEN_MS = Date.UTC(2026, 10, 22, 10, 5);
  const CHATS = CHANNEL_KINDS.filter(({ style }) => style === 'digest').map(
    ({ kind }) => kind as ChannelName,
  );
  let product: Product;
  let watch: Product['tick'];
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 20 }, AT_TEN_MS);
    watch = product.anotherWatch({ WATCH_REMIND: 'every 1h' });
    product.cloud.ecs.fleet.release(stopped(product));
    await watch();
  });
  afterEach(() => product.close());

  it('is said again by every chat, once a period, until it runs: from a cold function, too', async () => {
    const { id, name } = running(product);
    const other = running(product, 1);
    await product.stopInstances([id, other.id]);
    await watch();
    await until('12:00');
    product.cloud.channels.inbox.clear();

    await watch();
    await product.anotherWatch({ WATCH_REMIND: 'every 1h' })();
    await watch();

    for (const channel of CHATS) {
      expect(product.received(channel)).toHaveLength(1);
      const said = product.received(channel)[0] ?? '';
      expect(said).toMatch(/2 still stopped/u);
      expect(said).toContain(name);
    }
    for (const channel of CHANNELS.filter((each) => !CHATS.includes(each)))
      expect(product.received(channel).join()).not.toContain(id);

    await until('12:59');
    await product.ecs('StartInstance', { RegionId: 'cn-hangzhou', InstanceId: id });
    product.clock.advance(60_000);
    product.cloud.channels.inbox.clear();
    // It runs again, and the same tick looks at it before it says what stays stopped.
    await watch();

    const [said = '', ...more] = product.received('dingtalk');
    expect(more).toEqual([]);
    expect(said).toContain(`${other.name} still stopped, for 2 hours`);
    expect(said).not.toContain(`${name} still`);
  });

  it('is not said while it is not known how it is', async () => {
    const { id } = running(product);
    await product.stopInstances([id]);
    await watch();
    await until('12:00');
    product.cloud.channels.inbox.clear();
    product.cloud.ecs.setFaults([{ kind: 'denied', operations: ['DescribeInstanceStatus'] }]);

    for (let minute = 0; minute < 15; minute += 1) await watch();
    expect(product.received('slack').filter((text) => text.includes('still stopped'))).toEqual([]);

    product.cloud.ecs.setFaults([]);
    await until('13:00');
    await watch();
    expect(product.received('slack').at(-1)).toContain('still stopped');
  });

  async function until(time: string): Promise<void> {
    product.clock.advance(Date.parse(`2026-11-22T${time}Z`) - product.clock.now());
  }
});

describe('fleets of every size', () => {
  it.each([0, 1, 49, 50, 51, 100, 2_499, ...(isLarge ? [10_000] : [])])(
    'reads all of %i instances',
    async (fleetSize) => {
      const product = await startProduct({ fleetSize });
      try {
        const report = await product.tick();

        expect(report.scopes).toMatchObject([
          { instances: fleetSize, complete: true, clean: true, seq: expect.any(Number) },
        ]);
        // A cold instance of the function finds the same fleet in the checkpoint.
        const again = await product.anotherWatch()();
        expect(again.scopes).toMatchObject([{ instances: fleetSize, changes: 0 }]);
      } finally {
        await product.close();
      }
    },
  );
});

function stopped({ cloud }: Product): readonly string[] {
  const all = cloud.ecs.fleet.instances('cn-hangzhou');
  return all.filter(({ status }) => status === 'Stopped').map(({ id }) => id);
}

function running({ cloud }: Product, place = 0): { readonly id: string; readonly name: string } {
  const all = cloud.ecs.fleet.instances('cn-hangzhou');
  const found = all.filter(({ status }) => status === 'Running')[place];
  if (found === undefined) throw new Error('the fleet has no running instance');
  return found;
}
