import type { ChannelName } from '../../local/channels/index.ts';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { fold } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT, type Instance } from '../../shared/core/model.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { MINUTE_MS, SCOPE } from '../helpers/examples.ts';
import { readJournal } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { viewOf } from '../helpers/view-of.ts';

const CHANNELS = CHANNEL_KINDS.map(({ kind }) => kind as ChannelName);

const REGION = 'cn-hangzhou';
/** In ticks. Further apart, the first of them would say that some were missed. */
const HOUR = 20;

describe('an instance that is renamed', () => {
  let product: Product;
  let id: string;
  let oldName: string;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 30 });
    await product.tick();
    product.cloud.channels.inbox.clear();
    const [instance] = running();
    id = instance?.id ?? '';
    oldName = instance?.name ?? '';
  });
  afterEach(() => product.close());

  it('has its new name after an hour, in the journal and the view, without a message', async () => {
    await rename('new-name');

    const reports = await ticks(HOUR + 3);

    expect(reports.every(({ ok, notes }) => ok && notes.length === 0)).toBe(true);
    expect(await knownName()).toBe('new-name');
    const [, commit, ...more] = await readJournal(product);
    expect(more).toEqual([]);
    expect(commit).toMatchObject({
      changes: [],
      details: [{ instanceId: id, before: { name: oldName }, after: { name: 'new-name' } }],
    });
    expect(commit?.notice).toBeUndefined();
    const show = viewOf(product);
    expect((await show('/instances')).instances).toContainEqual(
      expect.objectContaining({ instanceId: id, name: 'new-name', sinceKnown: false }),
    );
    // Nothing has happened to the instance.
    expect((await show('/changes')).changes).toEqual([]);
    expect((await show(`/instances/${id}`)).history).toMatchObject([{ baseline: true }]);
    expect(product.cloud.channels.inbox.list()).toEqual([]);
  });

  it('costs one request an hour in a fleet of that size', async () => {
    const before = describes();

    await ticks(3 * HOUR);

    expect(describes() - before).toBe(2);
  });

  it('is announced under its new name when it is released before that is committed', async () => {
    await ticks(HOUR - 1);
    await rename('new-name');
    // An hour after the last commit it would be committed at once, so that another one is made.
    await product.stopInstances(
      running()
        .slice(1, 2)
        .map((other) => other.id),
    );
    await ticks(3);
    expect(await knownName()).toBe(oldName);

    product.cloud.channels.inbox.clear();
    product.cloud.ecs.fleet.release([id]);
    await product.tick();

    const commits = await readJournal(product);
    expect(commits.at(-1)).toMatchObject({
      details: [{ instanceId: id, before: { name: oldName }, after: { name: 'new-name' } }],
      changes: [{ instanceId: id, to: null, name: 'new-name' }],
    });
    for (const channel of CHANNELS) {
      expect(product.received(channel).join()).toContain('new-name');
    }
  });

  it('has its new name at once when its status changes, too', async () => {
    await rename('new-name');
    await product.stopInstances([id]);

    await product.tick();

    const commits = await readJournal(product);
    expect(commits.at(-1)).toMatchObject({
      details: [{ instanceId: id, after: { name: 'new-name' } }],
      changes: [{ instanceId: id, to: 'Stopped', name: 'new-name' }],
    });
    expect(product.received('dingtalk').join()).toContain('new-name');
  });

  it('has a changed address and no tag any more, where those have changed', async () => {
    product.cloud.ecs.fleet.modify(id, { tags: [], publicIp: '198.18.9.9', eip: undefined });

    await ticks(HOUR + 3);

    const instance = (await snapshot()).get(id);
    expect(instance?.tags).toBeUndefined();
    expect(instance?.publicIps).toEqual(['198.18.9.9']);
  });

  it('keeps its old name where DescribeInstances is denied, which is noted once', async () => {
    await rename('new-name');
    product.cloud.ecs.setFaults([{ kind: 'denied', operations: ['DescribeInstances'] }]);

    const reports = await ticks(2 * HOUR + 3);

    expect(reports.every(({ ok, scopes }) => ok && scopes[0]?.clean === true)).toBe(true);
    expect(reports.flatMap(({ notes }) => notes)).toEqual([
      `${SCOPE.key}: names are not kept up to date: Forbidden.RAM`,
    ]);
    expect(await knownName()).toBe(oldName);
  });

  it('has its new name after a while, although each tick is a new process', async () => {
    await product.close();
    product = await startProduct({ fleetSize: 250 });
    await product.tick();
    for (const one of product.cloud.ecs.fleet.instances(REGION)) {
      product.cloud.ecs.fleet.modify(one.id, { name: `new ${one.id}` });
    }

    await ticks(2 * HOUR, () => product.anotherWatch()());

    const instances = [...(await snapshot())];
    expect(instances).toHaveLength(250);
    expect(instances.filter(([one, { name }]) => name !== `new ${one}`)).toEqual([]);
  });

  it('is not asked for with calls that the next scan needs', async () => {
    const before = describes();

    // A page of 50 and one request: the scan of each minute takes both.
    await ticks(2 * HOUR, product.anotherWatch({ ECS_CALLS_PER_MINUTE: '1' }));
    const scarce = describes() - before;
    await ticks(2 * HOUR, product.anotherWatch({ ECS_CALLS_PER_MINUTE: '3' }));

    expect(scarce).toBe(0);
    expect(describes() - before).toBeGreaterThanOrEqual(1);
  });

  async function rename(instanceName: string): Promise<void> {
    await product.ecs('ModifyInstanceAttribute', { InstanceId: id, InstanceName: instanceName });
  }

  async function ticks(count: number, tick = product.tick): Promise<readonly WatchReport[]> {
    const reports: WatchReport[] = [];
    for (let number = 0; number < count; number += 1) {
      reports.push(await tick());
      product.clock.advance(2 * MINUTE_MS);
    }
    return reports;
  }

  async function snapshot(): Promise<ReadonlyMap<string, Instance>> {
    return fold(EMPTY_SNAPSHOT, await readJournal(product)).instances;
  }

  async function knownName(): Promise<string | undefined> {
    return (await snapshot()).get(id)?.name;
  }

  function running() {
    return product.cloud.ecs.fleet.instances(REGION).filter(({ status }) => status === 'Running');
  }

  function describes(): number {
    return product.cloud.ecs.usage.calls.DescribeInstances ?? 0;
  }
});
