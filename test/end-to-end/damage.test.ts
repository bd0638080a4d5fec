import * as TableStore from 'tablestore';
import { LOCAL_INSTANCE, LOCAL_KEYS } from '../../local/index.ts';
import { MINUTE_MS, SCOPE } from '../helpers/examples.ts';
import { journalOf } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;
const REGION = SCOPE.regionId;

/** A checkpoint is due once a day. Here it is stored, and then its part is damaged. */
describe('a damaged checkpoint', () => {
  let product: Product;
  let tables: TableStore.Client;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 60 });
    tables = new TableStore.Client({
      accessKeyId: LOCAL_KEYS.accessKeyId,
      secretAccessKey: LOCAL_KEYS.accessKeySecret,
      endpoint: product.cloud.tablestore.url,
      instancename: LOCAL_INSTANCE,
      maxRetries: 0,
      httpOptions: { timeout: 5_000 },
    });
    await product.tick();
    await product.stopInstances(idsOf(product).slice(0, 2));
    await product.tick();
    product.clock.advance(DAY_MS);
    await product.tick();
  });
  afterEach(() => product.close());

  it.each([
    ['is missing', undefined],
    ['is no longer what was written', Buffer.from('not a checkpoint')],
  ])(
    'whose part %s is rebuilt whole from the journal, and nothing is announced',
    async (_what, data) => {
      await spoilPart(data);
      const before = product.received('webhook').length;

      const report = await product.anotherWatch()();
      const next = await product.anotherWatch()();

      expect(report).toMatchObject({ ok: true, scopes: [{ instances: 60, changes: 0 }] });
      expect(report.notes).toEqual([
        expect.stringMatching(
          /part 1 of 1 of checkpoint .* cannot be read: data .*; rebuilt whole/,
        ),
      ]);
      expect(product.received('webhook')).toHaveLength(before);
      // It was stored again: the next cold start has nothing to report.
      expect(next.notes).toEqual([]);
    },
  );

  it('over a journal whose beginning has expired causes a new baseline for unknown instances', async () => {
    await spoilPart(undefined);
    await removeCommit(1);
    const [first = '', , third = ''] = idsOf(product);
    const before = product.received('webhook').length;
    await product.ecs('StartInstances', { RegionId: REGION, 'InstanceId.1': first });
    product.clock.advance(MINUTE_MS);
    product.cloud.ecs.fleet.release([third]);

    const report = await product.anotherWatch()();
    const next = await product.anotherWatch()();

    // The journal still knew that the first instance was stopped. It did not know the third.
    const announced = product
      .received('webhook')
      .slice(before)
      .map((body) => JSON.parse(body).data);
    expect(announced).toMatchObject([
      { changes: [{ instanceId: first, from: 'Stopped', to: 'Running' }] },
      { notice: 'baseline', instances: 59, again: true },
    ]);
    expect(report.notes.join()).toContain('the journal still knew 2 instances');
    expect(product.received('dingtalk').at(-1)).toContain('a new baseline');
    expect(next).toMatchObject({ ok: true, notes: [], scopes: [{ instances: 59, changes: 0 }] });
  });

  it('over a lost beginning is not repaired by an incomplete scan', async () => {
    await spoilPart(undefined);
    await removeCommit(1);
    product.cloud.ecs.setFaults([
      { kind: 'error', code: 'InternalError', status: 500, pages: [2] },
    ]);

    const failed = await product.anotherWatch()();
    product.cloud.ecs.setFaults([]);
    const report = await product.anotherWatch()();

    expect(failed).toMatchObject({ ok: false, scopes: [{ changes: 0 }] });
    expect(report.notes.join()).toContain('the journal still knew 2 instances');
    expect(product.received('webhook').at(-1)).toContain('"again":true');
  });

  async function spoilPart(data: Buffer | undefined): Promise<void> {
    const head = await journalOf(product).head(SCOPE);
    const { seq = 0, writer = '' } = head?.checkpoint ?? {};
    const row = {
      tableName: 'ecs_watch_state',
      condition: ignoring(),
      primaryKey: [
        { scope: SCOPE.key },
        { item: `part/${String(seq).padStart(16, '0')}/${writer}/0` },
      ],
    };
    if (data === undefined) await tables.deleteRow(row);
    else await tables.putRow({ ...row, attributeColumns: [{ data }] });
  }

  async function removeCommit(seq: number): Promise<void> {
    await tables.deleteRow({
      tableName: 'ecs_watch_journal',
      condition: ignoring(),
      primaryKey: [{ scope: SCOPE.key }, { seq: TableStore.Long.fromString(String(seq)) }],
    });
  }
});

function ignoring(): TableStore.Condition {
  return new TableStore.Condition(TableStore.RowExistenceExpectation.IGNORE, null);
}

function idsOf({ cloud }: Product): readonly string[] {
  return cloud.ecs.fleet.instances(REGION).map(({ id }) => id);
}
