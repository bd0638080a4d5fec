/**
 * The limits of the service; it refuses what exceeds them.
 *
 * Sources: [limits] help page "Limits on the wide column model" (2026-05); [suite] asserted by an official SDK suite
 * that runs against the real service, preferred where the two disagree; [errors] help page "Error codes" (2026-05).
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** [limits] One HTTP request. */
export const MAX_BODY_BYTES = 5 * MIB;

/** [errors] "Mismatch between system time and x-ots-date"; the width is what the SDKs allow an answer. */
export const MAX_CLOCK_SKEW_MS = 15 * 60_000;

/** [limits] Name of an instance: 3–16 letters, digits and hyphens, first a letter, last no hyphen. */
export const INSTANCE_NAME_PATTERN = /^[A-Za-z][A-Za-z0-9-]{1,14}[A-Za-z0-9]$/;

/** [suite] `Number of tables exceeds the quota:64.` */
export const MAX_TABLES = 64;

/** [limits] Names of tables: 1–255 letters, digits and underscores, first no digit. */
export const TABLE_NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

/** [suite] Name of a column, which may hold any character and begin with any but `#`; the help page says as for tables. */
export const MAX_COLUMN_NAME_BYTES = 255;

/** [suite] Columns of a primary key: 1–4. */
export const MAX_KEY_COLUMNS = 4;

/** [suite] One value of a primary key column. */
export const MAX_KEY_VALUE_BYTES = KIB;

/** [suite] One version of an attribute column. */
export const MAX_ATTRIBUTE_VALUE_BYTES = 2 * MIB;

/** [suite] Attribute columns in one write of one row, puts and deletes together; a row may hold more. */
export const MAX_WRITTEN_COLUMNS = 1024;

/** [suite] Names in columns_to_get; the help page says 128. */
export const MAX_REQUESTED_COLUMNS = 1024;

/** [errors] Defined columns of a table. */
export const MAX_DEFINED_COLUMNS = 32;

/** [limits] Reserved capacity units of a table, of each kind. */
export const MAX_RESERVED_UNITS = 100_000;

/** [limits] The data of one PutRow or UpdateRow; [suite] of one BatchWriteRow. */
export const MAX_WRITE_BYTES = 4 * MIB;

/** [suite] Rows of one BatchWriteRow. */
export const MAX_BATCH_WRITE_ROWS = 200;

/** [suite] Rows of one BatchGetRow. */
export const MAX_BATCH_GET_ROWS = 100;

/** [suite] A page of GetRange ends after this many rows scanned … */
export const MAX_SCANNED_ROWS = 5000;

/** [suite] … or this many bytes. */
export const MAX_SCANNED_BYTES = 4 * MIB;

/** [suite] Nodes of one filter or condition, composites counted; the help page says 10. */
export const MAX_FILTER_NODES = 32;

/** [suite] The least `split_size_unit_in_byte` of ComputeSplitPointsBySize. */
export const MIN_SPLIT_UNIT_BYTES = BigInt(MIB);

/** [limits] A table keeps its cells at least one day, unless it keeps them for ever (-1). */
export const MIN_TIME_TO_LIVE_SECONDS = 86_400;
export const KEEP_FOR_EVER = -1;

const INT64_MAX = 2n ** 63n - 1n;

/** [errors] `Timestamp must be in range [0, INT64_MAX/1000).` */
export const TIMESTAMP_END_MS = INT64_MAX / 1000n;

/** [errors] `The maximum deviation must be in range [0, INT64_MAX/1000000].` */
export const MAX_DEVIATION_SECONDS = INT64_MAX / 1_000_000n;

/** [suite] A table that does not say otherwise. */
export const DEFAULT_DEVIATION_SECONDS = 86_400n;

/** Price of data: one capacity unit for each 4 KiB begun. Source: help page "Read/write throughput". */
export const CAPACITY_UNIT_BYTES = 4 * KIB;
