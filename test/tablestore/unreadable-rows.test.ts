import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { MINUTE_MS } from '../helpers/examples.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { rowsOfProduct, type StoredRows } from '../helpers/stored-rows.ts';

const HANGZHOU = 'main/cn-hangzhou';
const SHANGHAI = 'main/cn-shanghai';
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A row that cannot be read names itself, its scope and what to do, and stops nothing else. */
describe('a row that cannot be read', () => {
  let product: Product;
  let rows: StoredRows;
  beforeEach(async () => {
    product = await startProduct({ regions: ['cn-hangzhou', 'cn-shanghai'], fleetSize: 4 });
    rows = rowsOfProduct(product);
    await product.tick();
  });
  afterEach(() => product.close());

  it('of a channel stops this channel, until it is corrected, and nothing else', async () => {
    const { version = 0n, state = '' } = (await rows.stateCells('channels', 'slack')) ?? {};
    await rows.putState('channels', 'slack', { version, state: '{"cursor":[]}' });
    const [stopped = ''] = idsIn('cn-hangzhou');
    await product.stopInstances([stopped]);

    const report = await product.anotherWatch()();

    expect(report.scopes).toMatchObject([
      { ok: true, changes: 1 },
      { ok: true, changes: 0 },
    ]);
    const outcomes = report.channels.map(({ channel, outcome }) => [channel, outcome]);
    expect(outcomes).toEqual(
      CHANNEL_KINDS.map(({ kind }) => [kind, kind === 'slack' ? 'error' : 'delivered']),
    );
    expect(report.channels.find(({ channel }) => channel === 'slack')?.error).toBe(
      'CorruptRow: the state of channel slack cannot be read: state.cursor is a list, not an ' +
        'object (table ecs_watch_state, scope channels, item slack; npm run doctor says what to do)',
    );

    const before = product.received('slack').length;
    await rows.putState('channels', 'slack', { version, state });
    expect((await product.anotherWatch()()).ok).toBe(true);
    const news = product.received('slack').slice(before);
    expect(news).toHaveLength(1);
    expect(news[0]).toContain(stopped);
    expect(news[0]).not.toContain('possible repeat');
  });

  it('of a channel is reported in a cold function even while there is nothing to deliver', async () => {
    await rows.putState('channels', 'slack', { version: 1n, state: '{"cursor":[]}' });

    const report = await product.anotherWatch()();

    expect(report.ok).toBe(false);
    const wrong = report.channels.filter(({ outcome }) => outcome !== 'idle');
    expect(wrong).toMatchObject([{ channel: 'slack', outcome: 'error' }]);
  });

  it('of a channel may be deleted, as the doctor advises: the channel begins at the end of each journal', async () => {
    const [first = '', second = '', third = ''] = idsIn('cn-hangzhou');
    await product.stopInstances([first]);
    await product.tick();
    const delivered = product.received('slack').length;

    await rows.removeState('channels', 'slack');
    await product.stopInstances([second]);
    const lost = await product.tick();
    const registered = await product.tick();
    await product.stopInstances([third]);
    await product.tick();

    expect(lost.channels[3]?.error).toContain('has lost its position');
    expect(registered.ok).toBe(true);
    const news = product.received('slack').slice(delivered);
    expect(news).toHaveLength(1);
    expect(news[0]).toContain(third);
  });

  it('of a scope’s journal stops this scope and nothing else', async () => {
    await rows.putCommit(SHANGHAI, 2, { at: 1n, tickId: 'tick', changes: '[{"from":null}]' });
    const [stopped = ''] = idsIn('cn-hangzhou');
    await product.stopInstances([stopped]);

    const report = await product.anotherWatch()();

    expect(report.scopes).toMatchObject([
      { ok: true, changes: 1 },
      {
        ok: false,
        error: `CorruptRow: the commit ${SHANGHAI}/2 cannot be read: changes[0].instanceId is missing (table ecs_watch_journal, scope ${SHANGHAI}, seq 2; npm run doctor says what to do)`,
      },
    ]);
    expect(new Set(report.channels.map(({ outcome }) => outcome))).toEqual(new Set(['delivered']));
  });

  it('of a history that a channel waits for stops this scope of the channel and nothing else', async () => {
    product.cloud.channels.setFaults('webhook', [{ kind: 'answer', status: 503 }]);
    await product.stopInstances([idsIn('cn-hangzhou')[0] ?? '']);
    await product.tick();
    product.clock.advance(DAY_MS);
    // Now the checkpoint holds what commit 2 says, and only the channel needs it.
    await product.tick();
    product.cloud.channels.setFaults('webhook', []);
    await rows.putCommit(HANGZHOU, 2, { at: 1n, tickId: 'tick', changes: 'no JSON' });
    product.cloud.ecs.fleet.release(idsIn('cn-shanghai').slice(0, 1));
    product.clock.advance(DAY_MS);

    const report = await product.anotherWatch()();

    expect(report.scopes).toMatchObject([{ ok: true }, { ok: true, changes: 1 }]);
    expect(report.channels.find(({ channel }) => channel === 'webhook')).toMatchObject({
      outcome: 'error',
      error: expect.stringContaining(`commit ${HANGZHOU}/2 cannot be read`),
    });
    expect(JSON.parse(product.received('webhook').at(-1) ?? '')).toMatchObject({
      id: `${SHANGHAI}/2`,
    });
  });

  it('of a health is replaced by what the journal says', async () => {
    await rows.setHead(HANGZHOU, { health: '{"failures":-1}' });

    const report = await product.anotherWatch()();
    const next = await product.anotherWatch()();

    expect(report).toMatchObject({ ok: true, scopes: [{ changes: 0 }, { changes: 0 }] });
    expect(report.notes).toEqual([
      expect.stringMatching(
        /^main\/cn-hangzhou: CorruptRow: the head of main\/cn-hangzhou cannot be read: health\.failures is -1.*begins from what the journal says$/u,
      ),
    ]);
    expect(next).toMatchObject({ ok: true, notes: [] });
  });

  it.each(['{"slack":-1}', '{', 7n])(
    'of the starts (%s) is replaced, and no channel misses what is pending',
    async (starts) => {
      await product.stopInstances(idsIn('cn-hangzhou').slice(0, 1));
      // A tick that died after its commit: nothing is delivered, and the health does not know of it.
      const { health } = (await rows.stateCells(HANGZHOU, 'head')) ?? {};
      await product.tick();
      await rows.removeState('channels', 'slack');
      await rows.setHead(HANGZHOU, { health: health ?? '', starts });
      const delivered = product.received('slack').length;

      const report = await product.anotherWatch()();
      const next = await product.anotherWatch()();

      expect(report).toMatchObject({ ok: true, scopes: [{ ok: true }, { ok: true }] });
      expect(report.notes).toEqual([
        expect.stringMatching(
          /^main\/cn-hangzhou: CorruptRow: the head of main\/cn-hangzhou cannot be read: starts.*begins where the last tick ended$/u,
        ),
      ]);
      expect(product.received('slack').slice(delivered)).toEqual([
        expect.stringContaining(idsIn('cn-hangzhou')[0] ?? ''),
      ]);
      expect(next).toMatchObject({ ok: true, notes: [] });
    },
  );
  it('of the watcher’s head is named, and replaced by what its journal says', async () => {
    await rows.setHead('watcher', { health: '{"seq":"x"}' });

    const report = await product.anotherWatch()();
    const next = await product.anotherWatch()();

    expect(report).toMatchObject({ ok: true });
    expect(report.notes).toEqual([
      expect.stringMatching(
        /^watcher: CorruptRow: the head of watcher cannot be read: health\.seq is a text/u,
      ),
    ]);
    expect(next).toMatchObject({ ok: true, notes: [] });
  });

  it('of a health with a time that lies ahead is not believed, and says so', async () => {
    const ahead = Date.UTC(2050, 0, 1);
    const { health = '' } = (await rows.stateCells(HANGZHOU, 'head')) ?? {};
    const fields = JSON.parse(String(health));
    await rows.setHead(HANGZHOU, {
      health: JSON.stringify({ ...fields, lastGoodStartMs: ahead }),
    });
    await product.stopInstances(idsIn('cn-hangzhou').slice(0, 1));

    const report = await product.anotherWatch()();

    expect(report.notes).toEqual([
      `${HANGZHOU}: ignored a scan from 2050-01-01T00:00:00.000Z: no working clock has written it`,
    ]);
    const { data } = JSON.parse(product.received('webhook').at(-1) ?? '');
    expect(data.previousAt).not.toBe('2050-01-01T00:00:00.000Z');
    expect(data.changes).toHaveLength(1);
  });

  it('of a checkpoint’s reference is rebuilt from a whole journal', async () => {
    product.clock.advance(DAY_MS);
    await product.tick();
    await rows.setHead(HANGZHOU, { checkpoint: '{"seq":1,"parts":0,"writer":"tick"}' });
    const delivered = product.received('webhook').length;

    const report = await product.anotherWatch()();
    const next = await product.anotherWatch()();

    expect(report).toMatchObject({ ok: true, scopes: [{ changes: 0 }, { changes: 0 }] });
    expect(report.notes).toEqual([
      expect.stringMatching(/checkpoint\.parts is 0.*rebuilt whole from the journal$/u),
    ]);
    expect(next).toMatchObject({ ok: true, notes: [] });
    expect(product.received('webhook')).toHaveLength(delivered);
  });

  it('of a checkpoint’s reference that is no text at all is replaced while nothing else is new', async () => {
    product.clock.advance(DAY_MS);
    await product.tick();
    const head = await rows.stateCells(HANGZHOU, 'head');
    await rows.putState(HANGZHOU, 'head', { ...head, checkpoint: -1n });

    const healed = await product.anotherWatch()();
    const after = await product.anotherWatch()();

    expect(healed.notes).toEqual([
      expect.stringMatching(/checkpoint is .*, not a text.*; rebuilt whole from the journal$/u),
    ]);
    expect(after.notes).toEqual([]);
  });

  it('of a checkpoint past the end of the journal leaves no gap behind', async () => {
    product.clock.advance(DAY_MS);
    await product.tick();
    const reference = '{"seq":900,"parts":1,"writer":"tick"}';
    await rows.setHead(HANGZHOU, { checkpoint: reference, checkpointSeq: 900n });
    const [stopped = ''] = idsIn('cn-hangzhou');
    await product.stopInstances([stopped]);

    const report = await product.anotherWatch()();
    const next = await product.anotherWatch()();

    expect(report).toMatchObject({ ok: true, scopes: [{ changes: 1, seq: 2 }, { changes: 0 }] });
    expect(report.notes).toEqual([
      expect.stringMatching(/checkpoint\.seq is 900, and the last commit is 1.*rebuilt whole/u),
    ]);
    expect(next).toMatchObject({ ok: true, notes: [] });
  });

  it('of a checkpoint’s reference stops its scope where the journal has lost its beginning', async () => {
    product.clock.advance(DAY_MS);
    await product.tick();
    await rows.setHead(HANGZHOU, { checkpoint: '{' });
    await rows.removeCommit(HANGZHOU, 1);

    const report = await product.anotherWatch()();

    expect(report.scopes).toMatchObject([
      { ok: false, error: expect.stringContaining('checkpoint is not JSON') },
      { ok: true },
    ]);
  });

  it('of a lease is taken for none: truth does not depend on it', async () => {
    await rows.setHead(HANGZHOU, { leaseOwner: 'tick', leaseUntil: 'soon' });

    const report = await product.anotherWatch()();

    expect(report.scopes).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await rows.stateCells(HANGZHOU, 'head')).toMatchObject({ leaseUntil: 0n });
  });

  it.each([
    ['instances', 1e12],
    ['lastGoodAtMs', 8e15],
    ['failures', 9e15],
    ['seq', 9e15],
  ])('of a health whose %s is %d costs no call and no silence', async (field, value) => {
    const { health = '{}' } = (await rows.stateCells(HANGZHOU, 'head')) ?? {};
    const spoiled = JSON.stringify({ ...JSON.parse(String(health)), [field]: value });
    await rows.setHead(HANGZHOU, { health: spoiled });

    const report = await product.anotherWatch()();

    expect(report).toMatchObject({ ok: true, scopes: [{ calls: 1 }, { ok: true }] });
    expect(report.notes).toEqual([expect.stringContaining(`health.${field} is ${value}`)]);
    expect((await product.anotherWatch()()).notes).toEqual([]);
  });

  function idsIn(region: string): readonly string[] {
    return product.cloud.ecs.fleet.instances(region).map(({ id }) => id);
  }
});
