import type { TablestoreFault } from '../../local/tablestore/index.ts';
import { fold } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { readJournal } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const REGION = 'cn-hangzhou';

describe('what ECS may do', () => {
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

  it('believes an empty answer about nobody, says so once, and says when they are back', async () => {
    product.cloud.ecs.setFaults([{ kind: 'empty', operations: ['DescribeInstanceStatus'] }]);

    const first = await product.tick();
    const second = await product.tick();
    product.cloud.ecs.setFaults([]);
    const third = await product.tick();

    expect([first, second, third].map(({ scopes }) => scopes[0]?.changes)).toEqual([0, 0, 0]);
    expect(notices(product)).toEqual(['suspicious-scan', 'suspicion-lifted']);
  });

  it('never believes a mass release while DescribeInstances is denied', async () => {
    product.cloud.ecs.setFaults([
      { kind: 'empty', operations: ['DescribeInstanceStatus'] },
      { kind: 'denied', operations: ['DescribeInstances'] },
    ]);

    const reports = [];
    for (let round = 0; round < 6; round += 1) reports.push(await product.tick());

    expect(reports.map(({ scopes }) => scopes[0]?.changes)).toEqual([0, 0, 0, 0, 0, 0]);
    // Nobody sees what becomes of them meanwhile, so this is not called well.
    expect(notices(product)).toEqual(['suspicious-scan', 'scans-failing']);
  });

  it('believes a real mass release after three scans that agree', async () => {
    const fleet = product.cloud.ecs.fleet;
    fleet.release(fleet.instances(REGION).map(({ id }) => id));

    const changes = [];
    for (let round = 0; round < 3; round += 1) {
      changes.push((await product.tick()).scopes[0]?.changes);
    }

    expect(changes).toEqual([0, 0, 120]);
    expect(notices(product)).toEqual(['suspicious-scan']);
  });

  it('releases nobody when rows shift between page reads', async () => {
    // One release behind each page that was read moves later rows forward, past the reader.
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

    const told = product
      .received('webhook')
      .flatMap((body) => JSON.parse(body).data.changes ?? [])
      .filter((change: { to: string | null }) => change.to === null)
      .map((change: { instanceId: string }) => change.instanceId);
    expect(told.sort()).toEqual(released.sort());
  });

  it('releases nobody on the word of an answer by id that shows nobody at all', async () => {
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
    product.cloud.ecs.setFaults([{ ...fault, operations: ['DescribeInstanceStatus'] }]);

    const report = await product.tick();

    expect(report.scopes).toMatchObject([{ ok: true, complete: true, instances: 120 }]);
    expect(toldIds(product)).toEqual(stopped);
  });

  it('tells changes and releases in spite of a TotalCount that is too high, but not that all is well', async () => {
    const { fleet } = product.cloud.ecs;
    const stopped = await stopSome(product, 3);
    const last = fleet.instances(REGION).at(-1);
    fleet.release([last?.id ?? '']);
    product.cloud.ecs.setFaults([
      { kind: 'total-count', add: 70, operations: ['DescribeInstanceStatus'], queries: 'listings' },
    ]);

    const report = await product.tick();

    expect([...toldIds(product)].sort()).toEqual([...stopped, last?.id].sort());
    // The rows might as well be too few: then a new instance is hidden that nobody can ask for.
    const error = 'ECS counts 189 instances, but lists only 119';
    expect(report).toMatchObject({ ok: false, scopes: [{ complete: false, clean: false, error }] });
  });

  it('commits what it saw, releases nobody and reports failure when a page cannot be read', async () => {
    const fleet = product.cloud.ecs.fleet;
    const stopped = await stopSome(product, 2);
    fleet.release([fleet.instances(REGION).at(-1)?.id ?? '']);
    product.cloud.ecs.setFaults([{ kind: 'html-error', status: 503, pages: [3] }]);

    const report = await product.tick();

    expect(report).toMatchObject({ ok: false, scopes: [{ complete: false, changes: 2 }] });
    expect(toldIds(product)).toEqual(stopped);
  });

  it('tells that scans fail after three in a row, once, and that they work again', async () => {
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

  it('leaves the other regions alone when one fails', async () => {
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

describe('what Tablestore may do', () => {
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
    expect(toldIds(product)).toEqual(stopped);
  });

  it('loses nothing over a stretch of lost answers, short pages and busy partitions', async () => {
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
    expect([...new Set(toldIds(product))]).toHaveLength(8);
  });

  it('commits every change once when two ticks run at once, and tells it once', async () => {
    const stopped = await stopSome(product, 4);
    const one = product.anotherWatch();
    const other = product.anotherWatch();

    const reports = await Promise.all([one(), other()]);
    await product.tick();

    const changes = reports.flatMap(({ scopes }) => scopes.map((scope) => scope.changes));
    expect(changes.sort()).toEqual([0, 4]);
    expect(toldIds(product)).toEqual(stopped);
    expect(product.received('dingtalk')).toHaveLength(1);
    expect(product.received('slack')).toHaveLength(1);
  });
});

describe('what receivers may do', () => {
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
        expect(product.received(name)).toHaveLength(1);
        expect(product.received(name)[0]).toContain(stopped[0]);
      }
    },
  );

  it('labels a message as a possible repeat when the answer to it was lost', async () => {
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

    expect(report.channels).toMatchObject([
      { channel: 'dingtalk', messages: 1, backlog: 0 },
      { channel: 'slack', backlog: 0 },
      { channel: 'webhook', messages: 10, backlog: 0 },
    ]);
    expect(toldIds(product)).toEqual(stopped);
    expect(product.received('dingtalk')).toHaveLength(1);
    for (const id of stopped) expect(product.received('dingtalk')[0]).toContain(id);
  });
});

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

/** The ids of all changes that the generic webhook accepted, in order. */
function toldIds(product: Product): string[] {
  return product
    .received('webhook')
    .map((body) => JSON.parse(body))
    .filter((event) => event.data.possibleRepeat === undefined)
    .flatMap((event) => event.data.changes ?? [])
    .map((change) => change.instanceId);
}

function notices(product: Product): string[] {
  return product
    .received('webhook')
    .map((body) => JSON.parse(body).data.notice)
    .filter((notice) => notice !== undefined);
}
