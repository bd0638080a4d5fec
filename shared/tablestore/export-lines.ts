import type * as TableStore from 'tablestore';
import type { DeliveryRecord } from '../core/delivery-record.ts';
import { isCount } from '../core/is-count.ts';
import type { Commit } from '../core/model.ts';
import type { Stored } from '../core/stored.ts';
import type { WatchList } from '../core/watch-list.ts';
import type { ExportItem, SnapshotItem } from '../journal/core/item.ts';
import { encodeInstance } from './checkpoint.ts';
import { inField, string } from './parser.ts';
import { channelColumns, commitColumns, deliveryColumns } from './rows.ts';
import { channelIn } from './schema/channel.ts';
import { checkpointPartIn } from './schema/checkpoint.ts';
import { commitIn } from './schema/commit.ts';
import { deliveryIn } from './schema/delivery.ts';
import { stored } from './schema/fields.ts';
import { headIn } from './schema/head.ts';
import { watchListIn } from './schema/watch-list.ts';

/**
 * Lines of an export: the rows of the tables with the JSON in their columns unfolded, checked by the
 * same schema when they are read. So a line is a value exactly if the row would be.
 */

type Fields = Readonly<Record<string, unknown>>;

/** An item as the fields of its line. */
export function fieldsOf(item: ExportItem): Fields {
  switch (item.kind) {
    case 'snapshot': {
      const { instances, released, ...rest } = item;
      return { ...rest, instances: instances.map(encodeInstance), released };
    }
    case 'commit': {
      const { scope, seq } = item.commit;
      return { kind: 'commit', scope, seq, ...unfolded(commitColumns(item.commit)) };
    }
    case 'head': {
      const { kind, scope, seq, health, starts, totals } = item;
      const counts = totals && { callsTotal: totals.calls, throttlesTotal: totals.throttles };
      return { kind, scope, seq, health, starts, ...counts };
    }
    case 'delivery': {
      const { channel, seq } = item.record;
      return { kind: 'delivery', channel, seq, ...unfolded(deliveryColumns(item.record)) };
    }
    case 'channel':
      return { kind: 'channel', channel: item.name, ...unfolded(channelColumns(item.state)) };
    case 'watched':
      return { kind: 'watched', list: item.list };
  }
}

/** The item of a line, or which of its fields is wrong, and how. */
export function itemIn(fields: Fields): Stored<ExportItem> {
  switch (fields.kind) {
    case 'snapshot':
      return mapped(
        stored(() => snapshotIn(fields)),
        (item) => item,
      );
    case 'commit':
      return mapped(
        keyed(fields, 'scope', (scope) => commitIn(scope, rowOf(fields))),
        (commit: Commit) => ({
          kind: 'commit',
          commit,
        }),
      );
    case 'head':
      return headItemIn(fields);
    case 'delivery':
      return mapped(
        keyed(
          fields,
          'channel',
          (channel) => deliveryIn(channel, rowOf(fields)) as Stored<DeliveryRecord>,
        ),
        (record) => ({ kind: 'delivery', record }),
      );
    case 'channel':
      return keyed(fields, 'channel', (name) =>
        mapped(channelIn(rowOf(fields)), (state) => ({ kind: 'channel', name, state })),
      );
    case 'watched':
      return mapped(watchListIn(rowOf(fields)), (list: WatchList) => ({ kind: 'watched', list }));
    default:
      return { unreadable: 'kind is none that this version knows' };
  }
}

/** Columns whose cells are texts that are no JSON. */
const TEXTS: readonly string[] = ['tickId'];

function unfolded(columns: readonly TableStore.Column[]): Fields {
  return Object.fromEntries(
    columns.flatMap((column) =>
      Object.entries(column).map(([name, cell]) => {
        if (typeof cell !== 'string') return [name, Number(String(cell))];
        return [name, TEXTS.includes(name) ? cell : (JSON.parse(cell) as unknown)];
      }),
    ),
  );
}

/** The row that a line is made of, as the SDK would return it. */
function rowOf({ seq, ...fields }: Fields): TableStore.Row {
  const cells = Object.entries(fields).map(([columnName, value]) => ({
    columnName,
    columnValue: isFolded(columnName, value) ? JSON.stringify(value) : value,
  }));
  const primaryKey = [
    { name: 'scope', value: '' },
    { name: 'seq', value: seq },
  ];
  return { primaryKey, attributes: cells };
}

function isFolded(name: string, value: unknown): boolean {
  return typeof value === 'object' || (typeof value === 'string' && !TEXTS.includes(name));
}

function snapshotIn(fields: Fields): SnapshotItem {
  const scope = inField('scope', string, fields.scope);
  const part = checkpointPartIn(JSON.stringify(fields));
  return { ...part, kind: 'snapshot', scope };
}

function headItemIn(fields: Fields): Stored<ExportItem> {
  return keyed(fields, 'scope', (scope) => {
    const { health, starts, totals } = headIn(rowOf(fields));
    if (health === null) return { unreadable: 'health is missing' };
    if (starts === null) return { unreadable: 'starts is missing' };
    if (!('value' in health)) return health;
    if (!('value' in starts)) return starts;
    const { seq } = fields;
    if (!isCount(seq)) {
      return { unreadable: 'seq is not the number of a commit' };
    }
    const item = { kind: 'head', scope, seq, health: health.value } as const;
    return { value: { ...item, starts: starts.value, ...(totals !== undefined && { totals }) } };
  });
}

function keyed<T>(fields: Fields, name: string, read: (key: string) => Stored<T>): Stored<T> {
  const key = fields[name];
  // It becomes part of the key of a row.
  return typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH
    ? read(key)
    : { unreadable: `${name} is not the name of a ${name}` };
}

/** Source: Tablestore, "Limits": a key column has 1 KB. */
const MAX_KEY_LENGTH = 512;

function mapped<T>(row: Stored<T>, make: (value: T) => ExportItem): Stored<ExportItem> {
  return 'value' in row ? { value: make(row.value) } : row;
}
