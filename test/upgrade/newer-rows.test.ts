import { gunzipSync, gzipSync } from 'node:zlib';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import type { CheckpointRef } from '../../shared/ports/journal.ts';
import { aScope, NOW_MS } from '../helpers/examples.ts';
import { FROZEN, type FrozenRow } from '../helpers/frozen-rows.ts';
import { readJournal } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { rowsOfProduct, storedRows } from '../helpers/stored-rows.ts';
import type { PlainRow } from '../helpers/tablestore.ts';
import { startTestJournal, type TablestoreJournal } from '../helpers/tablestore-journal.ts';

const SCOPE = aScope('cn-hangzhou');
/** Fields that this version does not know, among them one that an assignment would lose. */
const MORE = '"later":{"is":[true]},"__proto__":{"x":1}';

describe('rows of a newer version', () => {
  let made: TablestoreJournal;
  beforeEach(async () => {
    made = await startTestJournal();
    // The tables are made on first use.
    await made.journal().head(SCOPE);
  });
  afterEach(() => made.close());

  it('of a channel keep their fields and their columns when it moves', async () => {
    const text = `${String(frozen('channels', 'slack').cells.state).slice(0, -1)},${MORE}}`;
    const state = text.replace('"untilMs":0}', `"untilMs":0,${MORE}}`);
    const rows = storedRows(made.server);
    await rows.putState('channels', 'slack', { version: 11n, state, later: 'a column' });
    const journal = made.journal();
    const before = await journal.channel('slack');
    if (before === undefined) throw new RangeError('there is no channel');

    const moved = await journal.moveChannel('slack', before, { ...before, version: 12 });

    const stored = await rows.stateCells('channels', 'slack');
    expect(moved).toBe('moved');
    expect(stored).toMatchObject({ version: 12n, later: 'a column' });
    // The same fields, whatever their order, and those that version 0.1 did not know.
    const later =
      '"destination":null,"failingSinceMs":null,"unmarked":0,"stuck":null,"ahead":[],' +
      '"setAside":[],"maybeDeliveredAsOf":null,"held":[],"used":{"period":"","messages":0}';
    expect(sorted(String(stored?.state))).toBe(
      sorted(state.replace('"version":11', `"version":12,${later}`)),
    );
  });

  it('of a head keep their fields and their columns when it is written', async () => {
    const health = `${String(frozen(SCOPE.key, 'head').cells.health).slice(0, -1)},${MORE}}`;
    const rows = storedRows(made.server);
    await rows.putState(SCOPE.key, 'head', { health, later: 'a column' });
    const journal = made.journal();
    const head = await journal.head(SCOPE);
    if (head === undefined) throw new RangeError('there is no head');

    await journal.saveHealth(SCOPE, head.health);

    const stored = await rows.stateCells(SCOPE.key, 'head');
    expect(stored).toMatchObject({ later: 'a column' });
    expect(sorted(String(stored?.health))).toBe(sorted(health));
  });

  it('of a head may hold totals that are no numbers: they begin again, and the health is saved', async () => {
    const rows = storedRows(made.server);
    await rows.putState(SCOPE.key, 'head', { callsTotal: 'many', throttlesTotal: 5n });
    const journal = made.journal();
    const sent = { add: { calls: 7, throttles: 1 } };

    const before = (await journal.head(SCOPE))?.totals;
    await journal.saveHealth(SCOPE, NEW_HEALTH, sent);
    const repaired = (await journal.head(SCOPE))?.totals;
    await journal.saveHealth(SCOPE, NEW_HEALTH, sent);
    const after = (await journal.head(SCOPE))?.totals;

    expect([before, repaired, after]).toEqual([
      { calls: 0, throttles: 5 },
      { calls: 7, throttles: 1 },
      { calls: 14, throttles: 2 },
    ]);
  });

  it('of a head may hold totals that are no numbers: the lease is taken all the same', async () => {
    const rows = storedRows(made.server);
    const uncounted = { calls: 7, throttles: 1 };
    await rows.putState(SCOPE.key, 'head', {
      leaseOwner: 'tick-1',
      callsTotal: 'many',
      uncounted: JSON.stringify(uncounted),
    });
    const journal = made.journal();
    const lease = { owner: 'tick-2', untilMs: NOW_MS + 1 };

    const taken = await journal.lease(SCOPE, lease, NOW_MS, { uncounted, savedBy: 'tick-1' });
    await journal.saveHealth(SCOPE, NEW_HEALTH);

    expect(taken).toBe('counted');
    const head = await journal.head(SCOPE);
    expect(head).toMatchObject({ totals: { calls: 7, throttles: 1 } });
    expect(head).not.toHaveProperty('uncounted');
  });

  it.each([
    [
      'fields of a newer version',
      '{"calls":7,"throttles":1,"later":2}',
      { calls: 7, throttles: 1 },
    ],
    ['no number of calls', '{"calls":"many","throttles":1}', { calls: 0, throttles: 0 }],
    ['no JSON', '{', { calls: 0, throttles: 0 }],
  ])('of a head may leave calls with %s: they are counted once', async (_, text, counts) => {
    await storedRows(made.server).putState(SCOPE.key, 'head', {
      leaseOwner: 'tick-1',
      uncounted: text,
    });
    const journal = made.journal();
    await journal.saveHealth(SCOPE, NEW_HEALTH, { add: { calls: 5, throttles: 0 } });
    const known = { ...(await journal.head(SCOPE)), savedBy: 'tick-1' };
    const lease = { owner: 'tick-2', untilMs: NOW_MS + 1 };

    expect(await journal.lease(SCOPE, lease, NOW_MS, known)).toBe('counted');
    expect(await journal.lease(SCOPE, lease, NOW_MS, known)).toBe('mine');
    expect((await journal.head(SCOPE))?.totals).toEqual({
      calls: 5 + counts.calls,
      throttles: counts.throttles,
    });
  });

  it('of a checkpoint keep the fields of their instances in the next one', async () => {
    const { key, cells } = frozen(SCOPE.key, 'part/0000000000000002/3957d13a0058c0fb/0');
    const { base64 } = cells.data as { readonly base64: string };
    const json = gunzipSync(Buffer.from(base64, 'base64')).toString();
    const newer = json.replaceAll('{"name"', `{${MORE},"name"`);
    await storedRows(made.server).putState(SCOPE.key, String(key[1]), {
      data: gzipSync(newer),
    });
    const journal = made.journal();
    const ref: CheckpointRef = { seq: 2, parts: 1, writer: '3957d13a0058c0fb' };

    const snapshot = await journal.checkpoint(SCOPE, ref);
    const next = await journal.saveCheckpoint(SCOPE, { ...snapshot, seq: 3 }, 'tick-1');

    const item = `part/0000000000000003/${next.writer}/0`;
    const stored = await storedRows(made.server).stateCells(SCOPE.key, item);
    const text = gunzipSync(stored?.data as Buffer).toString();
    expect(newer.split(MORE)).toHaveLength(13);
    expect(sorted(text)).toBe(sorted(newer.replace('"seq":2', '"seq":3')));
  });

  function frozen(scope: string, item: string): FrozenRow {
    const row = FROZEN.state.find(({ key }) => key[0] === scope && key[1] === item);
    if (row === undefined) throw new RangeError(`there is no row ${scope}/${item}`);
    return row;
  }
});

describe('a notice of a newer version', () => {
  let product: Product;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 3 });
    await product.tick();
  });
  afterEach(() => product.close());

  it('is delivered as what it is, and stops neither a tick nor a channel', async () => {
    const notice = '{"kind":"clock-*skew*","seq":99,"skewMs":1500}';
    const cells: PlainRow = { at: 1_795_342_000_000n, tickId: 'newer', changes: '[]', notice };
    await rowsOfProduct(product).putCommit(SCOPE.key, 2, cells);

    const report = await product.anotherWatch()();

    expect(report).toMatchObject({ ok: true, notes: [], scopes: [{ changes: 0, seq: 2 }] });
    expect(JSON.parse(product.received('webhook').at(-1) ?? '')).toMatchObject({
      id: `${SCOPE.key}/2`,
      type: 'ecs-watch.notice',
      data: { seq: 2, notice: 'clock-*skew*', fields: { seq: 99, skewMs: 1500 } },
    });
    for (const chat of ['dingtalk', 'slack'] as const) {
      expect(product.received(chat).at(-1)).toMatch(/A newer version of ecs-watch recorded/u);
    }
    expect(await readJournal(product)).toHaveLength(2);
  });
});

/** JSON with the fields of every object in one order, `__proto__` included. */
function sorted(json: string): string {
  return JSON.stringify(JSON.parse(json), (_key, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}
