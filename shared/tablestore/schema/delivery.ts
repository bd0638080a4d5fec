import type * as TableStore from 'tablestore';
import type { DeliveryRecord, StoredDelivery } from '../../core/delivery-record.ts';
import type { Outcome } from '../../core/message.ts';
import {
  boolean,
  jsonOf,
  listOf,
  nullable,
  objectOf,
  orAbsent,
  orElse,
  type Parser,
  string,
  timestamp,
} from '../parser.ts';
import { cellsOf, lastKeyOf } from '../rows.ts';
import { count, storedCell } from './fields.ts';

const deliverySchema = objectOf<Omit<DeliveryRecord, 'channel' | 'seq'>>({
  atMs: orElse(timestamp, 0),
  tickId: orElse(string, ''),
  commits: orElse(listOf(string), []),
  commitCount: orElse(count, 0),
  changeCount: orElse(count, 0),
  attempt: orElse(count, 1),
  isRepeat: orElse(boolean, false),
  verdict: string as Parser<Outcome['kind']>,
  reason: orElse(nullable(string), null),
  inPlaceOf: orAbsent(string),
});

export function deliveryIn(channel: string, row: TableStore.Row): StoredDelivery {
  const seq = Number(lastKeyOf(row));
  const record = storedCell(cellsOf(row), 'record', jsonOf(deliverySchema));
  if (!('value' in record)) return { ...record, seq };
  return { seq, value: { ...record.value, channel, seq } };
}
