import { message, optional, repeated, required } from '../encoding/proto/message.ts';
import { bool, bytes, enumeration, int32, int64, string } from '../encoding/proto/types.ts';
import type { Capacity } from '../engine/capacity.ts';
import { DEFINED_COLUMN_TYPES, KEY_TYPES } from '../engine/table.ts';

/**
 * The messages that several operations share; those of one operation are in its own file.
 * Source: tablestore.proto of the official SDKs.
 */

export const errorMessage = message({
  code: required(1, string),
  message: optional(2, string),
});

export const capacityUnit = message({
  read: optional(1, int32),
  write: optional(2, int32),
});

export const consumedCapacity = message({
  capacity_unit: required(1, capacityUnit),
});

export function consumed(capacity: Capacity): { readonly capacity_unit: Capacity } {
  return { capacity_unit: capacity };
}

export const reservedThroughput = message({
  capacity_unit: required(1, capacityUnit),
});

export const reservedThroughputDetails = message({
  capacity_unit: required(1, capacityUnit),
  last_increase_time: required(2, int64),
  last_decrease_time: optional(3, int64),
});

export const tableOptions = message({
  time_to_live: optional(1, int32),
  max_versions: optional(2, int32),
  deviation_cell_version_in_sec: optional(5, int64),
  allow_update: optional(6, bool),
  update_full_row: optional(7, bool),
});

export const primaryKeySchema = message({
  name: required(1, string),
  type: required(2, enumeration(KEY_TYPES)),
  option: optional(3, enumeration({ AUTO_INCREMENT: 1 })),
});

export const definedColumnSchema = message({
  name: required(1, string),
  type: required(2, enumeration(DEFINED_COLUMN_TYPES)),
});

/** Secondary indexes are refused, whatever they say. */
const indexMeta = bytes;

export const tableMeta = message({
  table_name: required(1, string),
  primary_key: repeated(2, primaryKeySchema),
  defined_column: repeated(3, definedColumnSchema),
  index_meta: repeated(4, indexMeta),
});

export const streamSpecification = message({
  enable_stream: required(1, bool),
  expiration_time: optional(2, int32),
});

export const streamDetails = message({
  enable_stream: required(1, bool),
});

export const condition = message({
  row_existence: required(1, enumeration({ IGNORE: 0, EXPECT_EXIST: 1, EXPECT_NOT_EXIST: 2 })),
  column_condition: optional(2, bytes),
});

export const returnContent = message({
  return_type: optional(1, enumeration({ RT_NONE: 0, RT_PK: 1, RT_AFTER_MODIFY: 2 })),
  return_column_names: repeated(2, string),
});

export const timeRange = message({
  start_time: optional(1, int64),
  end_time: optional(2, int64),
  specific_time: optional(3, int64),
});
