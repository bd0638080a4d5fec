import { MalformedError } from '../encoding/bytes.ts';
import { readVariant } from '../encoding/plain-buffer/variant.ts';
import { type Message, message, optional, repeated, required } from '../encoding/proto/message.ts';
import { bool, bytes, enumeration, int32, string } from '../encoding/proto/types.ts';
import { COMPARATORS, type Filter } from '../engine/filter.ts';
import type { Selection } from '../engine/selection.ts';
import type { Value, Variant } from '../engine/values.ts';
import { parameterInvalid, unsupported } from '../errors.ts';
import { MAX_ATTRIBUTE_VALUE_BYTES, MAX_FILTER_NODES } from '../limits.ts';
import { checkColumnName } from './columns.ts';

/** Source: tablestore_filter.proto of the official SDKs. */
const filterMessage = message({
  type: required(
    1,
    enumeration({
      FT_SINGLE_COLUMN_VALUE: 1,
      FT_COMPOSITE_COLUMN_VALUE: 2,
      FT_COLUMN_PAGINATION: 3,
    }),
  ),
  filter: required(2, bytes),
});

const singleColumnValueFilter = message({
  comparator: required(1, enumeration(COMPARATORS)),
  column_name: required(2, string),
  column_value: optional(3, bytes),
  filter_if_missing: required(4, bool),
  latest_version_only: required(5, bool),
  value_trans_rule: optional(6, bytes),
});

const compositeColumnValueFilter = message({
  combinator: required(1, enumeration({ LO_NOT: 1, LO_AND: 2, LO_OR: 3 })),
  sub_filters: repeated(2, bytes),
});

const columnPaginationFilter = message({
  offset: required(1, int32),
  limit: required(2, int32),
});

export type ReadFilter = Pick<Selection, 'filter' | 'pagination'>;

/** The filter of a read: a test of columns, or a window of them. */
export function parseReadFilter(encoded: Buffer | undefined): ReadFilter {
  if (encoded === undefined) return { filter: undefined, pagination: undefined };
  const sent = readFilter(encoded);
  return sent.type === 'FT_COLUMN_PAGINATION'
    ? { filter: undefined, pagination: parsePagination(sent.encoded) }
    : { filter: parseFilter(sent), pagination: undefined };
}

/** The column condition of a write. */
export function parseColumnCondition(encoded: Buffer | undefined): Filter | undefined {
  return encoded && parseFilter(readFilter(encoded));
}

/** A filter as it was sent: its nodes are counted, and nothing else of it is judged yet. */
type SentFilter =
  | {
      readonly type: 'FT_COMPOSITE_COLUMN_VALUE';
      readonly combinator: 'LO_NOT' | 'LO_AND' | 'LO_OR';
      readonly children: readonly SentFilter[];
    }
  | {
      readonly type: 'FT_SINGLE_COLUMN_VALUE' | 'FT_COLUMN_PAGINATION';
      readonly encoded: Buffer;
    };

/** Counts the nodes on the way down, which also bounds the depth. */
function readFilter(encoded: Buffer, seen = { nodes: 0 }): SentFilter {
  seen.nodes += 1;
  if (seen.nodes > MAX_FILTER_NODES) {
    throw parameterInvalid(`The count of filter exceeds the max: ${MAX_FILTER_NODES}.`);
  }
  const { type, filter } = decode(filterMessage, encoded, 'filter');
  if (type !== 'FT_COMPOSITE_COLUMN_VALUE') return { type, encoded: filter };
  const { combinator, sub_filters } = decode(
    compositeColumnValueFilter,
    filter,
    'composite filter',
  );
  return { type, combinator, children: sub_filters.map((child) => readFilter(child, seen)) };
}

function parseFilter(sent: SentFilter): Filter {
  switch (sent.type) {
    case 'FT_SINGLE_COLUMN_VALUE':
      return parseComparison(sent.encoded);
    case 'FT_COMPOSITE_COLUMN_VALUE':
      return parseComposite(sent);
    case 'FT_COLUMN_PAGINATION':
      throw parameterInvalid(`Invalid type of filter: ${sent.type}.`);
  }
}

function parseComparison(encoded: Buffer): Filter {
  const single = decode(singleColumnValueFilter, encoded, 'relation filter');
  const { comparator, column_name: column } = single;
  checkColumnName(column);
  if (single.value_trans_rule !== undefined) throw unsupported('A value_trans_rule in a filter');
  if (comparator === 'CT_EXIST' || comparator === 'CT_NOT_EXIST') {
    return { type: 'exists', column, expected: comparator === 'CT_EXIST' };
  }
  return {
    type: 'compare',
    comparator,
    column,
    operand: parseOperand(single.column_value, column),
    matchesMissing: !single.filter_if_missing,
    latestVersionOnly: single.latest_version_only,
  };
}

function parseOperand(encoded: Buffer | undefined, column: string): Value {
  if (encoded === undefined) throw parameterInvalid('Deserialize relation filter failed.');
  const operand = readOperand(encoded);
  switch (operand.type) {
    case 'STRING':
    case 'BINARY':
      if (operand.value.length > MAX_ATTRIBUTE_VALUE_BYTES) {
        throw parameterInvalid(
          `The length of attribute column: '${column}' exceeds the MaxLength:${MAX_ATTRIBUTE_VALUE_BYTES} with CurrentLength:${operand.value.length}.`,
        );
      }
      return operand;
    case 'INTEGER':
    case 'DOUBLE':
    case 'BOOLEAN':
      return operand;
    default:
      throw parameterInvalid('Deserialize relation filter failed.');
  }
}

function readOperand(encoded: Buffer): Variant {
  try {
    return readVariant(encoded);
  } catch (cause) {
    if (cause instanceof MalformedError) {
      throw parameterInvalid('Deserialize relation filter failed.');
    }
    throw cause;
  }
}

function parseComposite({
  combinator,
  children,
}: Extract<SentFilter, { type: 'FT_COMPOSITE_COLUMN_VALUE' }>): Filter {
  if (combinator === 'LO_NOT') {
    const [child, ...others] = children;
    if (child === undefined || others.length > 0) {
      throw parameterInvalid('Invalid NOT operator: the number of sub-filters must be 1.');
    }
    return { type: 'not', filter: parseFilter(child) };
  }
  if (children.length < 2) {
    throw parameterInvalid(
      'Invalid AND/OR operator: the number of sub-filters must be more than 1.',
    );
  }
  return {
    type: combinator === 'LO_AND' ? 'and' : 'or',
    filters: children.map(parseFilter),
  };
}

function parsePagination(encoded: Buffer): Selection['pagination'] {
  const { offset, limit } = decode(columnPaginationFilter, encoded, 'column pagination filter');
  if (offset < 0) {
    throw parameterInvalid('Offset in ColumnPaginationFilter must be greater than or equal to 0.');
  }
  if (limit <= 0) {
    throw parameterInvalid('Limit in ColumnPaginationFilter must be greater than 0.');
  }
  return { offset, limit };
}

function decode<T>(type: Message<T>, encoded: Buffer, what: string): T {
  try {
    return type.decode(encoded);
  } catch (cause) {
    if (cause instanceof MalformedError) throw parameterInvalid(`Deserialize ${what} failed.`);
    throw cause;
  }
}
