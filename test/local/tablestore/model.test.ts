import fc from 'fast-check';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import { propertyRuns } from '../../helpers/rounds.ts';
import {
  columns,
  condition,
  key,
  keyOf,
  type OfficialClient,
  officialClient,
  type Plain,
  type PlainRow,
  startTestTablestore,
  TS,
  tableNamed,
  valuesOf,
} from '../../helpers/tablestore.ts';

/** Few keys, few columns and few values, so that the operations meet each other. */
interface Key {
  readonly scope: string;
  readonly seq: bigint;
}

const KEY: fc.Arbitrary<Key> = fc.record({
  scope: fc.constantFrom('a', 'a\u0000', 'ab', 'b'),
  seq: fc.constantFrom(-1n, 0n, 1n, 300n),
});
const COLUMN = fc.constantFrom('c0', 'c1', 'c2');
const VALUE: fc.Arbitrary<Plain> = fc.constantFrom<Plain>(0n, 1n, 2n, 'x', true, 1.5);
const VALUES = fc.dictionary(COLUMN, VALUE, { maxKeys: 3 });
const EXISTENCE = fc.constantFrom('IGNORE', 'EXPECT_EXIST', 'EXPECT_NOT_EXIST');
type Existence = 'IGNORE' | 'EXPECT_EXIST' | 'EXPECT_NOT_EXIST';

interface ColumnCondition {
  readonly column: string;
  readonly comparator: 'EQUAL' | 'NOT_EQUAL' | 'GREATER_THAN';
  readonly value: bigint;
  readonly passIfMissing: boolean;
}

const COLUMN_CONDITION: fc.Arbitrary<ColumnCondition> = fc.record({
  column: COLUMN,
  comparator: fc.constantFrom('EQUAL', 'NOT_EQUAL', 'GREATER_THAN'),
  value: fc.constantFrom(0n, 1n),
  passIfMissing: fc.boolean(),
});

interface Write {
  readonly type: 'PUT' | 'UPDATE' | 'DELETE';
  readonly key: Key;
  readonly values: Readonly<Record<string, Plain>>;
  /** Deleted by an update, where it does not put them. */
  readonly deleted: readonly string[];
  readonly existence: Existence;
  readonly column: ColumnCondition | null;
}

const WRITE: fc.Arbitrary<Write> = fc.record({
  type: fc.constantFrom('PUT', 'UPDATE', 'DELETE'),
  key: KEY,
  values: VALUES,
  deleted: fc.uniqueArray(COLUMN, { minLength: 1 }),
  existence: EXISTENCE as fc.Arbitrary<Existence>,
  column: fc.option(COLUMN_CONDITION, { freq: 3 }),
});

type Step =
  | { readonly kind: 'write'; readonly write: Write }
  | { readonly kind: 'batch-write'; readonly writes: readonly Write[] }
  | { readonly kind: 'get'; readonly key: Key; readonly columns: readonly string[] }
  | { readonly kind: 'batch-get'; readonly keys: readonly Key[] }
  | {
      readonly kind: 'range';
      readonly ends: readonly [Key, Key];
      readonly backward: boolean;
      readonly limit: number;
    };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), write: WRITE }) },
  fc.record({
    kind: fc.constant('batch-write' as const),
    writes: fc.uniqueArray(WRITE, {
      minLength: 1,
      maxLength: 6,
      selector: (write) => JSON.stringify([write.key.scope, String(write.key.seq)]),
    }),
  }),
  fc.record({
    kind: fc.constant('get' as const),
    key: KEY,
    columns: fc.uniqueArray(COLUMN, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('batch-get' as const),
    keys: fc.array(KEY, { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('range' as const),
    ends: fc.tuple(KEY, KEY),
    backward: fc.boolean(),
    limit: fc.integer({ min: 1, max: 6 }),
  }),
);

/** The answer of a step, in a form that the model can give too. */
type Answer = unknown;

describe('the model: a list of rows', () => {
  interface ModelRow {
    readonly key: Key;
    values: Record<string, Plain>;
  }

  const order = (left: Key, right: Key): number =>
    Buffer.compare(Buffer.from(left.scope), Buffer.from(right.scope)) ||
    Number(left.seq - right.seq);

  function model() {
    let rows: ModelRow[] = [];
    const find = (wanted: Key) => rows.find((row) => order(row.key, wanted) === 0);

    const holds = ({ existence, column }: Write, row: ModelRow | undefined): boolean => {
      if (existence === 'EXPECT_EXIST' && row === undefined) return false;
      if (existence === 'EXPECT_NOT_EXIST' && row !== undefined) return false;
      if (column === null) return true;
      const value = row?.values[column.column];
      if (value === undefined) return column.passIfMissing;
      if (column.comparator === 'EQUAL') return value === column.value;
      if (column.comparator === 'NOT_EQUAL') return value !== column.value;
      return typeof value === 'bigint' && value > column.value;
    };

    const write = (wanted: Write): Answer => {
      const row = find(wanted.key);
      if (!holds(wanted, row)) return 'OTSConditionCheckFail';
      const others = rows.filter((other) => other !== row);
      if (wanted.type === 'DELETE') {
        rows = others;
      } else if (wanted.type === 'PUT') {
        rows = [...others, { key: wanted.key, values: wanted.values }];
      } else {
        const kept = Object.entries(row?.values ?? {}).filter(
          ([name]) => !wanted.deleted.includes(name),
        );
        const values = { ...Object.fromEntries(kept), ...wanted.values };
        if (row !== undefined || Object.keys(values).length > 0) {
          rows = [...others, { key: wanted.key, values }];
        }
      }
      return 'ok';
    };

    const selected = (row: ModelRow | undefined, names: readonly string[]): Answer => {
      if (row === undefined) return null;
      if (names.length === 0) return { ...row.key, ...row.values };
      const values = Object.entries(row.values).filter(([name]) => names.includes(name));
      return values.length === 0 ? null : { ...row.key, ...Object.fromEntries(values) };
    };

    return (step: Step): Answer => {
      switch (step.kind) {
        case 'write':
          return write(step.write);
        case 'batch-write':
          return step.writes.map(write);
        case 'get':
          return selected(find(step.key), step.columns);
        case 'batch-get':
          return step.keys.map((wanted) => selected(find(wanted), []));
        case 'range': {
          const [start, end] = step.ends;
          const direction = step.backward ? -1 : 1;
          if (direction * order(start, end) >= 0) return 'OTSParameterInvalid';
          const within = rows
            .filter(
              ({ key: at }) => direction * order(at, start) >= 0 && direction * order(at, end) < 0,
            )
            .sort((left, right) => direction * order(left.key, right.key));
          return {
            rows: within.slice(0, step.limit).map((row) => selected(row, [])),
            next: within[step.limit]?.key ?? null,
          };
        }
      }
    };
  }

  let server: TablestoreServer;
  let client: OfficialClient;
  let tables = 0;

  beforeAll(async () => {
    server = await startTestTablestore();
    client = officialClient(server);
  });
  afterAll(() => server.close());

  const keyParams = ({ scope, seq }: Key) => key({ scope, seq });

  const conditionOf = ({ existence, column }: Write) =>
    condition(
      existence,
      column &&
        new TS.SingleColumnCondition(
          column.column,
          TS.Long.fromString(String(column.value)),
          TS.ComparatorType[column.comparator],
          column.passIfMissing,
        ),
    );

  /** Deletions first, so that a column that is put as well is there in the end. */
  const stepsOf = ({ deleted, values }: Write) => [
    { DELETE_ALL: deleted },
    ...(Object.keys(values).length > 0 ? [{ PUT: columns(values) }] : []),
  ];

  const code = (error: { code: string }) => error.code;

  const answered = (row: { primaryKey?: unknown }): PlainRow | null =>
    row.primaryKey ? { ...keyOf(row), ...valuesOf(row) } : null;

  const serverAnswer =
    (tableName: string) =>
    async (step: Step): Promise<Answer> => {
      switch (step.kind) {
        case 'write': {
          const { write } = step;
          const params = {
            tableName,
            condition: conditionOf(write),
            primaryKey: keyParams(write.key),
          };
          const call = {
            PUT: () => client.putRow({ ...params, attributeColumns: columns(write.values) }),
            UPDATE: () => client.updateRow({ ...params, updateOfAttributeColumns: stepsOf(write) }),
            DELETE: () => client.deleteRow(params),
          }[write.type];
          return call().then(() => 'ok', code);
        }
        case 'batch-write': {
          const rows = step.writes.map((write) => ({
            type: write.type,
            condition: conditionOf(write),
            primaryKey: keyParams(write.key),
            attributeColumns: write.type === 'UPDATE' ? stepsOf(write) : columns(write.values),
          }));
          const answer = await client.batchWriteRow({ tables: [{ tableName, rows }] });
          return answer.tables.map((row: { isOk: boolean; errorCode: string }) =>
            row.isOk ? 'ok' : row.errorCode,
          );
        }
        case 'get': {
          const answer = await client.getRow({
            tableName,
            primaryKey: keyParams(step.key),
            columnsToGet: step.columns,
          });
          return answered(answer.row);
        }
        case 'batch-get': {
          const primaryKey = step.keys.map(keyParams);
          const answer = await client.batchGetRow({ tables: [{ tableName, primaryKey }] });
          return answer.tables[0].map(answered);
        }
        case 'range':
          return client
            .getRange({
              tableName,
              direction: step.backward ? 'BACKWARD' : 'FORWARD',
              inclusiveStartPrimaryKey: keyParams(step.ends[0]),
              exclusiveEndPrimaryKey: keyParams(step.ends[1]),
              limit: step.limit,
            })
            .then(
              ({ rows, nextStartPrimaryKey }) => ({
                rows: rows.map(answered),
                next: nextStartPrimaryKey && keyOf({ primaryKey: nextStartPrimaryKey }),
              }),
              code,
            );
      }
    };

  it('and the server give the same answers to every step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 5, maxLength: 60 }), async (steps) => {
        const tableName = `t${tables}`;
        tables += 1;
        await client.createTable(tableNamed(tableName, { scope: 'STRING', seq: 'INTEGER' }));
        const [expected, actual] = [model(), serverAnswer(tableName)];

        for (const step of steps) expect(await actual(step)).toEqual(expected(step));

        await client.deleteTable({ tableName });
      }),
      { numRuns: propertyRuns(60), endOnFailure: true },
    );
  }, 120_000);
});
