import type * as TableStore from 'tablestore';
import { REGION_ID } from '../../core/model.ts';
import type { Stored } from '../../core/stored.ts';
import type { KnownRegions, WatchedScope, WatchList } from '../../core/watch-list.ts';
import {
  jsonOf,
  listOf,
  objectOf,
  onlyTrue,
  optional,
  orElse,
  type Parser,
  recordOf,
  string,
  wrong,
} from '../parser.ts';
import { cellsOf } from '../rows.ts';
import { clockTime, storedCell } from './fields.ts';

const regionId: Parser<string> = (value) => {
  const id = string(value);
  if (!REGION_ID.test(id)) throw wrong(value, 'a region id');
  return id;
};

/** It becomes part of the keys of rows. Source: Tablestore, "Limits": a key column has 1 KB. */
const MAX_KEY_LENGTH = 512;
const scopeKey: Parser<string> = (value) => {
  const key = string(value);
  if (key === '' || key.length > MAX_KEY_LENGTH) throw wrong(value, 'the key of a scope');
  return key;
};

const watchListSchema = objectOf<WatchList>({
  scopes: listOf(
    objectOf<WatchedScope>({
      key: scopeKey,
      account: string,
      regionId,
      isDiscovered: optional(onlyTrue),
      zoneId: optional(string),
      clusterId: optional(string),
      resourceGroupId: optional(string),
    }),
  ),
  regions: orElse(
    recordOf(objectOf<KnownRegions>({ ids: listOf(regionId), listedAtMs: orElse(clockTime, 0) })),
    {},
  ),
});

export function watchListIn(row: TableStore.Row): Stored<WatchList> {
  return storedCell(cellsOf(row), 'list', jsonOf(watchListSchema));
}
