import type { MessageOf } from '../encoding/proto/message.ts';
import type { Selection } from '../engine/selection.ts';
import { parameterInvalid } from '../errors.ts';
import { MAX_REQUESTED_COLUMNS, TIMESTAMP_END_MS } from '../limits.ts';
import type { timeRange } from '../protocol/messages.ts';
import { checkColumnName } from './columns.ts';
import { parseReadFilter } from './filter.ts';

type TimeRange = MessageOf<typeof timeRange>;

/** The fields that GetRow, BatchGetRow and GetRange share. */
export interface SelectionRequest {
  readonly columns_to_get: readonly string[];
  readonly time_range?: TimeRange | undefined;
  readonly max_versions?: number | undefined;
  readonly filter?: Buffer | undefined;
  readonly start_column?: string | undefined;
  readonly end_column?: string | undefined;
}

/** What a read of one row or of a range is refused with if it says nothing of versions. */
const NO_VERSIONS = 'No version condition is specified.';

/**
 * Columns are judged first, then the filter, then the versions: the order that the official suites assert.
 *
 * @throws {TablestoreError} OTSParameterInvalid
 */
export function parseSelection(request: SelectionRequest, noVersions = NO_VERSIONS): Selection {
  const columns = parseColumns(request.columns_to_get);
  const filter = parseReadFilter(request.filter);
  return {
    columns,
    startColumn: request.start_column,
    endColumn: request.end_column,
    ...filter,
    ...parseVersions(request.time_range, request.max_versions, noVersions),
  };
}

/** An empty list asks for every column. */
function parseColumns(names: readonly string[]): Selection['columns'] {
  if (names.length > MAX_REQUESTED_COLUMNS) {
    throw parameterInvalid(
      `The number of columns from the request exceeds the limit, limit count: ${MAX_REQUESTED_COLUMNS}, column count: ${names.length}.`,
    );
  }
  for (const name of names) checkColumnName(name);
  return names.length === 0 ? undefined : new Set(names);
}

function parseVersions(
  range: TimeRange | undefined,
  maxVersions: number | undefined,
  noVersions: string,
): Pick<Selection, 'window' | 'maxVersions'> {
  if (range === undefined && maxVersions === undefined) throw parameterInvalid(noVersions);
  if (maxVersions !== undefined && maxVersions <= 0) {
    throw parameterInvalid(
      `Invalid max versions: ${maxVersions}. Reason: Max versions must be positive.`,
    );
  }
  return {
    window: range && parseWindow(range, maxVersions),
    maxVersions: maxVersions ?? Number.POSITIVE_INFINITY,
  };
}

function parseWindow(range: TimeRange, maxVersions: number | undefined): Selection['window'] {
  const { start_time: startMs, end_time: endMs, specific_time: specificMs } = range;
  if (specificMs !== undefined) {
    if (startMs !== undefined || endMs !== undefined) {
      throw parameterInvalid('Specific tiemstamp and time range cannot be given at the same time.');
    }
    if (maxVersions !== undefined) {
      throw parameterInvalid(
        'Specific tiemstamp and max versions cannot be given at the same time.',
      );
    }
    checkTimestamp(specificMs);
    return { startMs: specificMs, endMs: specificMs + 1n };
  }
  if (startMs === undefined || endMs === undefined) {
    throw parameterInvalid('Start and end time must be given at the same time.');
  }
  return { startMs, endMs };
}

/** @throws {TablestoreError} */
export function checkTimestamp(timestampMs: bigint): void {
  if (timestampMs < 0n || timestampMs >= TIMESTAMP_END_MS) {
    throw parameterInvalid('Timestamp must be in range [0, INT64_MAX/1000).');
  }
}
