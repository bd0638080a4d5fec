import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as TableStore from 'tablestore';

/** What version 0.1 stored, as rows of the SDK. test/upgrade/version-0.1/README.md says how. */

export interface FrozenRow {
  readonly key: readonly [scope: string, item: string | number];
  readonly cells: Readonly<Record<string, FrozenCell>>;
}
export type FrozenCell = string | number | { readonly base64: string };

export const FROZEN_DIR = join(__dirname, '..', 'upgrade', 'version-0.1');

export const FROZEN: {
  readonly journal: readonly FrozenRow[];
  readonly state: readonly FrozenRow[];
} = JSON.parse(readFileSync(join(FROZEN_DIR, 'rows.json'), 'utf8'));

/** A frozen row as the SDK answers it. */
export function sdkRow({ key, cells }: FrozenRow): TableStore.Row {
  return {
    primaryKey: key.map((value, index) => ({ name: `key${index}`, value: sdkValue(value) })),
    attributes: Object.entries(cells).map(([columnName, value]) => ({
      columnName,
      columnValue: sdkValue(value),
    })),
  };
}

function sdkValue(value: FrozenCell): unknown {
  if (typeof value === 'number') return TableStore.Long.fromString(String(value));
  return typeof value === 'string' ? value : Buffer.from(value.base64, 'base64');
}
