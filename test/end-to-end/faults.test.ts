import type { TablestoreFault } from '../../local/tablestore/index.ts';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { fold } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { MINUTE_MS } from '../helpers/examples.ts';
import { withServer } from '../helpers/http-server.ts';
import { readJournal } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { viewOf } from '../helpers/view-of.ts';

const REGION = 'cn-hangzhou';
/** The listing, without the second opinion by DescribeInstances. */
const STATUS_ONLY = ['DescribeInstanceStatus'];

describe('when ECS fails, the watcher', () => {
  let product: Product;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 120 });
    await product.tick();
    product.cloud.channels.inbox.clear();
  });
  afterEach(() => product.close());

  it('changes nothing when a page holds a malformed instance', async () => {
    const [first] = product.cloud.ecs.fleet.instances(REGION);
    product.cloud.ecs.fleet.release([first?.id ?? '']);
    product.cloud.ecs.setFaults([{ kind: 'malformed-item', missing: 'Status', pages: [2] }]);

    const report = await product.tick();

    expect(report).toMatchObject({
      ok: false,
      scopes: [{ ok: false, complete: false, changes: 0, seq: 1 }],
    });
    expect(report.scopes[0]?.error).toMatch(/^MalformedAnswer: /);
    expect(product.cloud.channels.inbox.list()).toEqual([]);
  });

  it('releases no instance on an empty listing, and announces the suspicion and its end once', async () => {
    product.cloud.ecs.setFaults([{ kind: 'empty', operations: STATUS_ONLY }]);

    const first = await product.tick();
    const second = await product.tick();
    product.cloud.ecs.setFaults([]);
    const third = await product.tick();

    expect([first, second, third].map(({ scopes }) => scopes[0]?.changes)).toEqual([0, 0, 0]);
    expect(notices(product)).toEqual(['suspicious-scan', 'suspicion-lifted']);
  });

  it('releases no instance on empty listings while DescribeInstances still shows them', async () => {
    product.cloud.ecs.setFaults([{ kind: 'empty', operations: STATUS_ONLY }]);

    const changes = await changesOfTicks(product, 4);

    expect(changes).toEqual([0, 0, 0, 0]);
    expect(notices(product)).toEqual(['suspicious-scan', 'scans-failing']);
  });

  it('starts to count again when an outage joins a smaller release that is being held', async () => {
    const { fleet } = product.cloud.ecs;
    fleet.release(idsOf(product).slice(0, 40));
    const held = await changesOfTicks(product, 2);
    product.cloud.ecs.setFaults([{ kind: 'empty', operations: STATUS_ONLY }]);

    const more = await changesOfTicks(product, 1);

    expect([...held, ...more]).toEqual([0, 0, 0]);
  });

  it('announces as back only the instances that are back', async () => {
    product.cloud.ecs.setFaults([{ kind: 'empty', operations: STATUS_ONLY }]);
    await product.tick();
    product.cloud.ecs.setFaults([]);
    product.cloud.ecs.fleet.release(idsOf(product).slice(0, 35));

    await product.tick();

    const lifted = eventsOf(product).find(({ notice }) => notice === 'suspicion-lifted');
    expect(lifted).toMatchObject({ missing: 120 - 35 });
  });

  it('never believes a mass release while DescribeInstances is denied', async () => {
    product.cloud.ecs.setFaults([
      { kind: 'empty', operations: STATUS_ONLY },
      { kind: 'denied', operations: ['DescribeInstances'] },
    ]);

    const changes = await changesOfTicks(product, 6);

    expect(changes).toEqual([0, 0, 0, 0, 0, 0]);
    // The instances are unobserved meanwhile, so the scans count as failed.
    expect(notices(product)).toEqual(['suspicious-scan', 'scans-failing']);
  });

  it('believes a real mass release after three scans that agree', async () => {
    product.cloud.ecs.fleet.release(idsOf(product).slice(0, 100));

    const changes = await changesOfTicks(product, 3);

    expect(changes).toEqual([0, 0, 100]);
    expect(notices(product)).toEqual(['suspicious-scan']);
  });

  it('believes the release of a whole fleet after ten minutes', async () => {
    product.cloud.ecs.fleet.release(idsOf(product));

    const changes = await changesOfTicks(product, 11);

    expect(changes).toEqual([...Array(10).fill(0), 120]);
    expect(notices(product)).toEqual(['suspicious-scan']);
  });

  it('reports as back, and not as new, a fleet that ECS has hidden for ten minutes', async () => {
    const ids = idsOf(product);
    const view = viewOf(product);
    product.cloud.ecs.setFaults([{ kind: 'empty' }]);
    const hidden = await changesOfTicks(product, 11);
    const releasedAt = eventsOf(product).at(-1)?.at ?? '';
    product.cloud.ecs.setFaults([]);
    product.cloud.channels.inbox.clear();

    const back = await changesOfTicks(product, 1);

    expect([...hidden, ...back]).toEqual([...Array(10).fill(0), 120, 120]);
    const isBack = { from: null, returned: true, fromSince: releasedAt };
    const changes = eventsOf(product).flatMap((event) => event.changes ?? []);
    expect(changes.map(({ instanceId }) => instanceId).sort()).toEqual([...ids].sort());
    for (const change of changes) expect(change).toMatchObject(isBack);
    const note = `back: it was reported released at ${releasedAt.slice(11, 16)} UTC, but ECS had not shown it`;
    for (const chat of ['dingtalk', 'slack'] as const) {
      expect(product.received(chat)).toHaveLength(1);
      expect(product.received(chat)[0]).toContain('120 back');
      expect(product.received(chat)[0]).toContain(note);
      expect(product.received(chat)[0]).not.toContain('new');
    }
    expect((await view('/changes')).changes[0]).toMatchObject(isBack);
    const { history } = await view(`/instances/${ids[0]}`);
    expect(history).toMatchObject([
      { from: null, returned: true },
      { to: null },
      { baseline: true },
    ]);
  });

  it('remembers across checkpoints and cold starts which instances it has called released', async () => {
    product.cloud.ecs.setFaults([{ kind: 'empty' }]);
    await changesOfTicks(product, 11);
    // A checkpoint is due after a day.
    product.clock.advance(2 * 24 * 60 * MINUTE_MS);
    await product.tick();
    product.cloud.ecs.setFaults([]);
    product.cloud.channels.inbox.clear();

    const report = await product.anotherWatch()();

    expect(report.scopes).toMatchObject([{ changes: 120 }]);
    const changes = eventsOf(product).flatMap((event) => event.changes ?? []);
    expect(changes.filter(({ returned }) => returned === true)).toHaveLength(120);
  });

  it('releases only what is gone when rows shift between page reads', async () => {
    // A release after each page read moves later rows to pages that were read already.
    const fleet = product.cloud.ecs.fleet;
    const released: string[] = [];
    const stop = fleet.onPage(() => {
      const [oldest] = fleet.instances(REGION);
      if (oldest === undefined || released.length >= 3) return;
      fleet.release([oldest.id]);
      released.push(oldest.id);
    });

    await product.tick();
    stop();
    await product.tick();

    const announced = eventsOf(product)
      .flatMap(({ changes = [] }) => changes)
      .filter(({ to }) => to === null)
      .map(({ instanceId }) => instanceId);
    expect(announced.sort()).toEqual(released.sort());
  });

  it('releases no instance on an answer by id that shows no instance at all', async () => {
    product.cloud.ecs.setFaults([
      { kind: 'short-page', rows: 2, pages: [1], queries: 'listings' },
      { kind: 'empty', queries: 'by-id' },
    ]);

    const report = await product.tick();

    expect(report).toMatchObject({ ok: false, scopes: [{ changes: 0, seq: 1 }] });
    expect(report.scopes[0]?.error).toMatch(/^Blind: asked by id/);
  });

  it.each([
    ['a reset', { kind: 'reset', times: 2 }],
    ['an HTML page with status 502', { kind: 'html-error', status: 502, times: 2 }],
    ['an empty body', { kind: 'no-body', times: 2 }],
    ['half an answer', { kind: 'half-body', times: 2 }],
    ['throttling', { kind: 'throttle', times: 1 }],
    ['a TotalCount that is too low', { kind: 'total-count', add: -70 }],
  ] as const)('finds every change in spite of %s', async (_name, fault) => {
    const stopped = await stopSome(product, 3);
    product.cloud.ecs.setFaults([{ ...fault, operations: STATUS_ONLY }]);

    const report = await product.tick();

    expect(report.scopes).toMatchObject([{ ok: true, complete: true, instances: 120 }]);
    expect(announcedIds(product)).toEqual(stopped);
  });

  it('announces changes and releases in spite of a TotalCount that is too high, and reports failure', async () => {
    const { fleet } = product.cloud.ecs;
    const stopped = await stopSome(product, 3);
    const last = fleet.instances(REGION).at(-1);
    fleet.release([last?.id ?? '']);
    product.cloud.ecs.setFaults([
      { kind: 'total-count', add: 70, operations: STATUS_ONLY, queries: 'listings' },
    ]);

    const report = await product.tick();

    expect([...announcedIds(product)].sort()).toEqual([...stopped, last?.id].sort());
    // The rows may be too few instead. A new instance that is not listed cannot be asked for by id.
    const error = 'ECS counts 189 instances, but lists only 119';
    expect(report).toMatchObject({ ok: false, scopes: [{ complete: false, clean: false, error }] });
  });

  it('commits what it saw, releases no instance and reports failure when a page cannot be read', async () => {
    const fleet = product.cloud.ecs.fleet;
    const stopped = await stopSome(product, 2);
    fleet.release([fleet.instances(REGION).at(-1)?.id ?? '']);
    product.cloud.ecs.setFaults([{ kind: 'html-error', status: 503, pages: [3] }]);

    const report = await product.tick();

    expect(report).toMatchObject({ ok: false, scopes: [{ complete: false, changes: 2 }] });
    expect(announcedIds(product)).toEqual(stopped);
  });

  it('announces once that scans fail, after three in a row, and once that they work again', async () => {
    product.cloud.ecs.setFaults([{ kind: 'denied' }]);
    const reports = [];
    for (let round = 0; round < 5; round += 1) reports.push(await product.tick());
    product.cloud.ecs.setFaults([]);
    const after = await product.tick();

    expect(reports.map(({ ok }) => ok)).toEqual([false, false, false, false, false]);
    expect(reports[0]?.scopes[0]?.error).toMatch(/^Forbidden\.RAM: .*ecs:DescribeInstanceStatus/);
    expect(after.ok).toBe(true);
    expect(notices(product)).toEqual(['scans-failing', 'scans-recovered']);
  });

  it('watches the other regions when one fails', async () => {
    const two = await startProduct({ fleetSize: 5, regions: [REGION, 'cn-shanghai'] });
    try {
      await two.tick();
      const [stopped] = two.cloud.ecs.fleet.instances(REGION);
      two.cloud.ecs.fleet.release([stopped?.id ?? '']);

      const report = await two.anotherWatch({ WATCH_REGIONS: `${REGION},cn-nowhere-9` })();

      expect(report.scopes).toMatchObject([
        { scope: `main/${REGION}`, ok: true, changes: 1 },
        { scope: 'main/cn-nowhere-9', ok: false, changes: 0 },
      ]);
      expect(report.scopes[1]?.error).toMatch(/^InvalidRegionId\.NotFound: .*WATCH_REGIONS/);
    } finally {
      await two.close();
    }
  });
});

describe('when Tablestore fails, the watcher', () => {
  let product: Product;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 30, seed: 7 });
    await product.tick();
    product.cloud.channels.inbox.clear();
  });
  afterEach(() => product.close());

  it.each<[string, TablestoreFault]>([
    ['answers are lost after the write', { kind: 'lost-answer', times: 1 }],
    ['requests are lost before the write', { kind: 'reset', times: 1 }],
    ['it is busy', { kind: 'error', code: 'OTSServerBusy', times: 2 }],
    ['it fails inside', { kind: 'error', code: 'OTSInternalServerError', times: 1 }],
  ])('commits a change once when %s', async (_name, fault) => {
    const stopped = await stopSome(product, 1);
    product.cloud.tablestore.setFaults([{ ...fault, operations: ['PutRow'] }]);

    const report = await product.tick();
    await product.tick();

    expect(report).toMatchObject({ scopes: [{ changes: 1, seq: 2 }], notes: [] });
    const commits = await readJournal(product);
    expect(commits.filter(({ notice }) => notice === undefined)).toHaveLength(1);
    expect(announcedIds(product)).toEqual(stopped);
  });

  it('loses no change through lost answers, short pages and busy partitions', async () => {
    product.cloud.tablestore.setFaults([
      { kind: 'error', code: 'OTSTimeout', probability: 0.1 },
      { kind: 'reset', probability: 0.05 },
      { kind: 'lost-answer', probability: 0.1 },
      { kind: 'short-range', probability: 0.2 },
    ]);
    for (let round = 0; round < 8; round += 1) {
      await stopSome(product, 1);
      await product.tick();
    }
    product.cloud.tablestore.setFaults([]);
    await product.tick();
    await product.tick();

    const commits = await readJournal(product);
    const snapshot = fold(EMPTY_SNAPSHOT, commits);
    const actual = product.cloud.ecs.fleet.instances(REGION).map(({ id, status }) => [id, status]);
    expect([...snapshot.instances].map(([id, { status }]) => [id, status]).sort()).toEqual(
      actual.sort(),
    );
    expect([...new Set(announcedIds(product))]).toHaveLength(8);
  });

  it('commits and announces every change once when two ticks run at once', async () => {
    const stopped = await stopSome(product, 4);
    const one = product.anotherWatch();
    const other = product.anotherWatch();

    const reports = await Promise.all([one(), other()]);
    await product.tick();

    const changes = reports.flatMap(({ scopes }) => scopes.map((scope) => scope.changes));
    expect(changes.sort()).toEqual([0, 4]);
    expect(announcedIds(product)).toEqual(stopped);
    expect(product.received('dingtalk')).toHaveLength(1);
    expect(product.received('slack')).toHaveLength(1);
  });
});

describe('when receivers fail, the watcher', () => {
  let product: Product;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 30 });
    await product.tick();
    product.cloud.channels.inbox.clear();
  });
  afterEach(() => product.close());

  it.each([
    ['dingtalk', 'HTTP 200 with nonsense', { status: 200, body: '<html>hello</html>' }],
    [
      'dingtalk',
      'an error inside HTTP 200',
      { status: 200, body: '{"errcode":-1,"errmsg":"系统繁忙"}' },
    ],
    ['slack', 'HTTP 200 with nonsense', { status: 200, body: '<html>hello</html>' }],
    ['slack', 'HTTP 500', { status: 500, body: 'rollup_error' }],
    ['webhook', 'HTTP 503', { status: 503, body: '' }],
    [
      'webhook',
      'a redirect',
      { status: 302, headers: { location: 'http://127.0.0.1:9/' }, body: '' },
    ],
  ] as const)(
    'retries %s later after %s, and delays no other channel',
    async (channel, _what, answer) => {
      const stopped = await stopSome(product, 1);
      product.cloud.channels.setFaults(channel, [{ kind: 'answer', ...answer, times: 1 }]);

      const first = await product.tick();
      const second = await product.tick();

      expect(first.ok).toBe(false);
      const failed = first.channels.filter(({ outcome }) => outcome !== 'delivered');
      expect(failed).toMatchObject([{ channel, backlog: 1 }]);
      expect(second).toMatchObject({ ok: true });
      for (const name of ['dingtalk', 'slack', 'webhook'] as const) {
        // A redirect is a refusal of everything: the others are informed of that.
        const news = product.received(name).filter((body) => !body.includes('is failing'));
        expect(news).toHaveLength(1);
        expect(news[0]).toContain(stopped[0]);
      }
    },
  );

  it('labels a message as a possible repeat when its answer was lost', async () => {
    await stopSome(product, 1);
    for (const channel of ['dingtalk', 'slack', 'webhook'] as const) {
      product.cloud.channels.setFaults(channel, [{ kind: 'lost-answer', times: 1 }]);
    }

    await product.tick();
    await product.tick();

    for (const channel of ['dingtalk', 'slack'] as const) {
      const messages = product.received(channel);
      expect(messages).toHaveLength(2);
      expect(messages[0]).not.toContain('(possible repeat)');
      expect(messages[1]).toContain('(possible repeat)');
    }
    const [first, second] = product.received('webhook').map((body) => JSON.parse(body));
    expect(second.id).toBe(first.id);
    expect(first.data.possibleRepeat).toBeUndefined();
    expect(second.data.possibleRepeat).toBe(true);
  });

  it('repeats seldom and labelled to a look-alike of Slack that never confirms, and says what to do', async () => {
    await stopSome(product, 1);
    const body = '{"ok":true}';
    product.cloud.channels.setFaults('slack', [{ kind: 'answer', status: 200, body }]);

    const reports = [];
    for (let minute = 0; minute < 30; minute += 1) reports.push(await product.tick());

    const shown = product.cloud.channels.inbox.list('slack').map((message) => message.text);
    expect(shown.map((text) => text.includes('(possible repeat)'))).toEqual([false, true, true]);
    expect(reports.at(-1)?.ok).toBe(false);
    expect(reports.at(-1)?.channels.find(({ channel }) => channel === 'slack')?.error).toContain(
      'WEBHOOK_URL',
    );
  });

  it('opens one incident for a storm, and closes it when all of its instances run again', async () => {
    const events = () => product.received('pagerduty').map((body) => JSON.parse(body));
    const alerts = () => events().flatMap(({ event_action: action = [] }) => action);
    const stopped = await stopSome(product, 15);
    await product.tick();
    expect(events()).toMatchObject([
      { event_action: 'trigger', payload: { custom_details: { down: 15 } } },
    ]);

    const [last, ...others] = stopped;
    for (const InstanceId of others) await product.ecs('StartInstance', { InstanceId });
    product.clock.advance(2 * MINUTE_MS);
    await product.tick();
    expect(alerts()).toEqual(['trigger']);
    // A function that was just started knows it from the channel's row.
    await product.ecs('StartInstance', { InstanceId: String(last) });
    product.clock.advance(2 * MINUTE_MS);
    await product.anotherWatch()();

    expect(alerts()).toEqual(['trigger', 'resolve']);
    expect(
      events().every(({ dedup_key: key = events()[0].dedup_key }) => key === events()[0].dedup_key),
    ).toBe(true);
  });

  it('catches up in order after an outage, in one digest for a chat', async () => {
    product.cloud.channels.setFaults('dingtalk', [
      { kind: 'answer', status: 502, body: 'bad gateway' },
    ]);
    product.cloud.channels.setFaults('webhook', [
      { kind: 'answer', status: 502, body: 'bad gateway' },
    ]);
    const stopped: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      stopped.push(...(await stopSome(product, 1)));
      await product.tick();
    }
    product.cloud.channels.setFaults('dingtalk', []);
    product.cloud.channels.setFaults('webhook', []);
    product.clock.advance(60 * 60 * 1000);

    const report = await product.tick();

    expect(report.channels).toMatchObject(
      CHANNEL_KINDS.map(({ kind }) => ({ channel: kind, backlog: 0 })),
    );
    expect(report.channels).toContainEqual(
      expect.objectContaining({ channel: 'dingtalk', messages: 1 }),
    );
    expect(announcedIds(product)).toEqual(stopped);
    expect(product.received('dingtalk')).toHaveLength(1);
    // Nine of them beside the notice about the webhook, which always has a line.
    for (const id of stopped.slice(0, 9)) expect(product.received('dingtalk')[0]).toContain(id);
    expect(product.received('dingtalk')[0]).toContain('In all: 10 stopped; ');
  });

  it('reads each commit about once while it catches up', async () => {
    product.cloud.channels.setFaults('webhook', [{ kind: 'answer', status: 502 }]);
    for (let minute = 0; minute < 30; minute += 1) {
      product.cloud.ecs.fleet.create(REGION, 1);
      await product.tick();
    }
    product.cloud.channels.setFaults('webhook', []);
    product.clock.advance(60 * MINUTE_MS);
    const rowsRead = () => product.cloud.tablestore.usage.tables.ecs_watch_journal?.rowsRead ?? 0;
    const before = rowsRead();

    const report = await product.tick();

    expect(report.channels.at(-1)).toMatchObject({ channel: 'webhook', backlog: 0 });
    expect(rowsRead() - before).toBeLessThan(100);
  });

  it('pings no heartbeat while a channel refuses, for an hour', async () => {
    let pings = 0;
    await withServer(
      (_request, response) => {
        pings += 1;
        response.end();
      },
      async (heartbeat) => {
        const tick = product.anotherWatch({ HEARTBEAT_URL: heartbeat });
        await tick();
        expect(pings).toBe(1);
        const body = '{"errcode":300001,"errmsg":"token is not exist"}';
        product.cloud.channels.setFaults('dingtalk', [{ kind: 'answer', status: 200, body }]);
        await stopSome(product, 1);

        const reports = [];
        for (let minute = 0; minute < 60; minute += 1) reports.push(await tick());

        expect(reports.map(({ ok }) => ok)).toEqual(Array(60).fill(false));
        expect(pings).toBe(1);
      },
    );
  });

  it('sends a message without names to a chat that refuses a name', async () => {
    product.cloud.ecs.fleet.create(REGION, 1, () => ({ name: '敏感词' }));
    const body = '{"errcode":430104,"errmsg":"包含不合适的内容"}';
    product.cloud.channels.setFaults('dingtalk', [{ kind: 'answer', status: 200, body }]);

    // That it runs is good news, which is held back for ten minutes.
    await changesOfTicks(product, 14);

    const bodies = product.cloud.channels.inbox.list('dingtalk').map((message) => message.body);
    const [first, second] = bodies.map((text) => text.includes('敏感词'));
    expect([first, second]).toEqual([true, false]);
  });
});

/** Ticks `count` times; how many changes each tick committed. */
async function changesOfTicks(product: Product, count: number): Promise<(number | undefined)[]> {
  const changes = [];
  for (let tick = 0; tick < count; tick += 1)
    changes.push((await product.tick()).scopes[0]?.changes);
  return changes;
}

function idsOf({ cloud }: Product): readonly string[] {
  return cloud.ecs.fleet.instances(REGION).map(({ id }) => id);
}

/** Stops running instances through the official client; their ids in the order of the listing. */
async function stopSome(product: Product, count: number): Promise<string[]> {
  const running = product.cloud.ecs.fleet
    .instances(REGION)
    .filter(({ status }) => status === 'Running')
    .slice(0, count)
    .map(({ id }) => id);
  await product.stopInstances(running);
  return running;
}

interface EventData {
  readonly at?: string;
  readonly possibleRepeat?: true;
  readonly notice?: string;
  readonly changes?: readonly {
    readonly instanceId: string;
    readonly to: string | null;
    readonly returned?: true;
  }[];
}

/** The data of every event that the generic webhook accepted, oldest first. */
function eventsOf(product: Product): readonly EventData[] {
  return product.received('webhook').map((body) => JSON.parse(body).data);
}

/** The instance ids of all changes that the generic webhook accepted, in order, without repeats. */
function announcedIds(product: Product): string[] {
  return eventsOf(product)
    .filter(({ possibleRepeat }) => possibleRepeat === undefined)
    .flatMap(({ changes = [] }) => changes)
    .map(({ instanceId }) => instanceId);
}

function notices(product: Product): string[] {
  return eventsOf(product).flatMap(({ notice }) => (notice === undefined ? [] : [notice]));
}
