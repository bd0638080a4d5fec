import * as TableStore from 'tablestore';
import type { Operations } from '../../shared/tablestore/caller.ts';
import type { FaultRates } from './fault-rates.ts';
import { exchange, type LivingRun, never } from './run.ts';
import type { Downtime } from './store-outages.ts';

/** A stored value; integers are numbers here. */
export type Value = string | number | Buffer;
export type Row = ReadonlyMap<string, Value>;

/** All tables, in memory: the true rows. */
export interface Store {
  readonly tables: Map<string, Map<string, Map<string | number, Row>>>;
  /** Called with each row at the moment at which it is written. */
  onWrite: (run: LivingRun, table: string, key: Key, row: Row) => void;
}

/** Partition key and second key of a row. */
export type Key = readonly [scope: string, item: string | number];

export function newStore(): Store {
  return { tables: new Map(), onWrite: () => undefined };
}

export function rowsOf(
  store: Store,
  table: string,
  scope: string,
): ReadonlyMap<string | number, Row> {
  return store.tables.get(table)?.get(scope) ?? new Map();
}

/** The parameters of the SDK's methods, as far as the journal uses them. */
interface Parameters {
  readonly tableName: string;
  readonly tableMeta: { readonly tableName: string };
  readonly primaryKey: readonly Readonly<Record<string, unknown>>[];
  /** Of a batch. */
  readonly tables: readonly {
    readonly tableName: string;
    readonly primaryKey: readonly Parameters['primaryKey'][];
    readonly columnsToGet: readonly string[];
  }[];
  readonly condition: Condition;
  readonly columnsToGet?: readonly string[];
  readonly attributeColumns: readonly Readonly<Record<string, unknown>>[];
  readonly updateOfAttributeColumns: readonly {
    readonly PUT?: readonly Readonly<Record<string, unknown>>[];
    readonly INCREMENT?: readonly Readonly<Record<string, unknown>>[];
    readonly DELETE_ALL?: readonly string[];
  }[];
  readonly direction: string;
  readonly inclusiveStartPrimaryKey: readonly Readonly<Record<string, unknown>>[];
  readonly exclusiveEndPrimaryKey: readonly Readonly<Record<string, unknown>>[];
  readonly limit?: number;
}

interface Condition {
  readonly rowExistenceExpectation: number;
  readonly columnCondition: ColumnCondition | null;
}

interface ColumnCondition {
  readonly sub_conditions?: readonly ColumnCondition[];
  readonly combinator?: number;
  readonly columnName: string;
  readonly columnValue: unknown;
  readonly comparator: number;
  readonly passIfMissing: boolean;
}

/**
 * Tablestore as one run sees it: the client of the SDK with the SDK's ways to fail, over rows that
 * keep the promises of the service: a row is written whole or not at all, and its condition is
 * checked in the same step.
 */
export function simulatedClient(
  run: LivingRun,
  store: Store,
  { tablestore: rates }: FaultRates,
  downtime: () => Downtime | null,
): Operations {
  const { random } = run;

  const operation =
    (perform: (parameters: Parameters) => TableStore.Answer) =>
    async (parameters: object): Promise<TableStore.Answer> => {
      const slowMs = random.chance(rates.slow) ? random.below(4_000) : 0;
      const travel = { thereMs: 1 + random.below(6) + slowMs, backMs: 1 + random.below(6) };
      const fate = downtime() ?? fateOf();
      if (fate !== 'fine' || slowMs > 0) run.storeFailures += 1;
      const answer = await exchange(run, travel, () => {
        if (fate === 'refused') throw failing(403, 'OTSAuthFailed', 'The AccessKeyID is disabled.');
        if (fate === 'silent') return undefined;
        if (fate === 'busy') throw failing(503, 'OTSServerBusy', 'Server is busy.');
        return fate === 'lost request'
          ? undefined
          : settled(() => perform(parameters as Parameters));
      });
      if (fate === 'silent') await never();
      if (fate === 'lost request' || fate === 'lost answer') {
        // The SDK's promise may fail, or never settle.
        if (random.chance(0.5)) await never();
        throw Object.assign(new Error('socket hang up'), { code: 'NetworkingError' });
      }
      if (answer === undefined || 'error' in answer) throw answer?.error;
      return answer.value;
    };

  function fateOf(): 'busy' | 'lost request' | 'lost answer' | 'fine' {
    if (random.chance(rates.busy)) return 'busy';
    if (random.chance(rates.lostRequest)) return 'lost request';
    return random.chance(rates.lostAnswer) ? 'lost answer' : 'fine';
  }

  function write(parameters: Parameters, columns: (before: Row | undefined) => Row | undefined) {
    const { tableName, condition } = parameters;
    const table = tableOf(store, tableName);
    const [scope, item] = keyOf(parameters.primaryKey);
    const rows = table.get(scope) ?? new Map<string | number, Row>();
    table.set(scope, rows);
    const before = rows.get(item);
    check(condition, before);
    const after = columns(before);
    if (after === undefined) rows.delete(item);
    else rows.set(item, after);
    if (after !== undefined) store.onWrite(run, tableName, [scope, item], after);
    return {};
  }

  return {
    createTable: operation(({ tableMeta: { tableName } }) => {
      if (store.tables.has(tableName)) {
        throw failing(409, 'OTSObjectAlreadyExist', 'Requested table already exists.');
      }
      store.tables.set(tableName, new Map());
      return {};
    }),
    getRow: operation(({ tableName, primaryKey, columnsToGet }) => {
      const key = keyOf(primaryKey);
      const row = tableOf(store, tableName).get(key[0])?.get(key[1]);
      return { row: row === undefined ? {} : shown(key, row, columnsToGet) };
    }),
    batchGetRow: operation(({ tables }) => ({
      tables: tables.map(({ tableName, primaryKey, columnsToGet }) =>
        primaryKey.map((each) => {
          const key = keyOf(each);
          const row = tableOf(store, tableName).get(key[0])?.get(key[1]);
          const { primaryKey: found = null, attributes = null } =
            row === undefined ? {} : shown(key, row, columnsToGet);
          return { isOk: true, primaryKey: found, attributes };
        }),
      ),
    })),
    putRow: operation((parameters) =>
      write(parameters, () => columnsOf(parameters.attributeColumns)),
    ),
    updateRow: operation((parameters) =>
      write(parameters, (before) => {
        const updates = parameters.updateOfAttributeColumns;
        const put = columnsOf(updates.flatMap(({ PUT = [] }) => PUT));
        const increment = columnsOf(updates.flatMap(({ INCREMENT = [] }) => INCREMENT));
        const after = new Map([...(before ?? []), ...put, ...incremented(before, increment)]);
        for (const name of updates.flatMap(({ DELETE_ALL = [] }) => DELETE_ALL)) after.delete(name);
        return after;
      }),
    ),
    deleteRow: operation((parameters) => write(parameters, () => undefined)),
    getRange: operation((parameters) => {
      const { tableName, direction, limit = Number.POSITIVE_INFINITY } = parameters;
      const isForward = direction === TableStore.Direction.FORWARD;
      const [scope, start] = keyOf(parameters.inclusiveStartPrimaryKey);
      const [, end] = keyOf(parameters.exclusiveEndPrimaryKey);
      const rows = tableOf(store, tableName).get(scope) ?? new Map<string | number, Row>();
      const items = [...rows.keys()]
        .filter((item) => (isForward ? item >= start && item < end : item <= start && item > end))
        .sort((one, other) => (one < other === isForward ? -1 : 1));
      const found = items
        .slice(0, limit)
        .map((item) => shown([scope, item], rows.get(item) ?? new Map(), parameters.columnsToGet));
      const next = items[limit];
      return {
        rows: found,
        nextStartPrimaryKey: next === undefined ? null : shownKey([scope, next]),
      };
    }),
  };
}

function settled<T>(work: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

function tableOf(store: Store, name: string): Map<string, Map<string | number, Row>> {
  const table = store.tables.get(name);
  if (table !== undefined) return table;
  throw failing(404, 'OTSObjectNotExist', 'Requested table does not exist.');
}

function keyOf(columns: readonly Readonly<Record<string, unknown>>[]): Key {
  const [scope, item] = columns.map((column) => stored(Object.values(column)[0]));
  return [String(scope), item as string | number];
}

/** An integer of the SDK is an object whose text is the number. */
function stored(value: unknown): Value {
  if (value === TableStore.INF_MIN) return Number.NEGATIVE_INFINITY;
  if (value === TableStore.INF_MAX) return Number.POSITIVE_INFINITY;
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
  return Number(String(value));
}

function columnsOf(columns: readonly Readonly<Record<string, unknown>>[]): Row {
  return new Map(
    columns.flatMap((column) =>
      Object.entries(column).map(([name, value]) => [name, stored(value)] as const),
    ),
  );
}

/** A cell that is not there counts as 0. */
function incremented(before: Row | undefined, by: Row): Row {
  return new Map(
    [...by].map(([name, amount]) => {
      const value = before?.get(name) ?? 0;
      if (typeof value !== 'number') {
        throw failing(400, 'OTSParameterInvalid', `Column ${name} is no integer.`);
      }
      return [name, value + Number(amount)] as const;
    }),
  );
}

function shown(key: Key, row: Row, columnsToGet?: readonly string[]): TableStore.Row {
  const cells = [...row].filter(([name]) => columnsToGet?.includes(name) ?? true);
  const isAsked = columnsToGet?.some((name) => name === 'scope') ?? false;
  // The service does not return a row that has none of the columns asked for.
  if (columnsToGet !== undefined && cells.length === 0 && !isAsked) return {};
  return {
    primaryKey: shownKey(key),
    attributes: cells.map(([columnName, columnValue]) => ({ columnName, columnValue })),
  };
}

function shownKey([scope, item]: Key): NonNullable<TableStore.Row['primaryKey']> {
  return [
    { name: 'scope', value: scope },
    { name: typeof item === 'number' ? 'seq' : 'item', value: item },
  ];
}

function check(
  { rowExistenceExpectation, columnCondition }: Condition,
  row: Row | undefined,
): void {
  const { EXPECT_EXIST, EXPECT_NOT_EXIST } = TableStore.RowExistenceExpectation;
  const fits =
    (rowExistenceExpectation !== EXPECT_EXIST || row !== undefined) &&
    (rowExistenceExpectation !== EXPECT_NOT_EXIST || row === undefined) &&
    (columnCondition === null || passes(columnCondition, row));
  if (!fits) throw failing(403, 'OTSConditionCheckFail', 'Condition check failed.');
}

function passes(condition: ColumnCondition, row: Row | undefined): boolean {
  const { sub_conditions: parts, combinator, columnName, comparator, passIfMissing } = condition;
  if (parts !== undefined) {
    const { AND, OR } = TableStore.LogicalOperator;
    if (combinator === AND) return parts.every((part) => passes(part, row));
    if (combinator === OR) return parts.some((part) => passes(part, row));
    throw new RangeError(`the simulation does not know combinator ${combinator}`);
  }
  const actual = row?.get(columnName);
  if (actual === undefined) return passIfMissing;
  const wanted = stored(condition.columnValue);
  const { EQUAL, GREATER_THAN, LESS_THAN } = TableStore.ComparatorType;
  if (comparator === EQUAL) return actual === wanted;
  if (comparator === LESS_THAN) return actual < wanted;
  if (comparator === GREATER_THAN) return actual > wanted;
  throw new RangeError(`the simulation does not know comparator ${comparator}`);
}

/** As the SDK throws it: the status for a code, and the unparsed protobuf for a message. */
function failing(status: number, code: string, text: string): Error {
  const field = (tag: number, value: string) => String.fromCharCode(tag, value.length) + value;
  const body = field(0x0a, code) + field(0x12, text);
  return Object.assign(new Error(`${body} requestId:0006d2f4`), { code: status, headers: {} });
}
