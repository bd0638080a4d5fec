import { compareValues, type Row, type Value, type Variant } from './values.ts';

export const COMPARATORS = {
  CT_EQUAL: 1,
  CT_NOT_EQUAL: 2,
  CT_GREATER_THAN: 3,
  CT_GREATER_EQUAL: 4,
  CT_LESS_THAN: 5,
  CT_LESS_EQUAL: 6,
  CT_EXIST: 7,
  CT_NOT_EXIST: 8,
} as const;

type Comparator = keyof typeof COMPARATORS;

/** A test of the columns of a row, in a filter or a condition. */
export type Filter =
  | {
      readonly type: 'compare';
      readonly comparator: Exclude<Comparator, 'CT_EXIST' | 'CT_NOT_EXIST'>;
      readonly column: string;
      readonly operand: Value;
      /** What a row without the column answers. */
      readonly matchesMissing: boolean;
      /** Otherwise any version may match. */
      readonly latestVersionOnly: boolean;
    }
  | { readonly type: 'exists'; readonly column: string; readonly expected: boolean }
  | { readonly type: 'not'; readonly filter: Filter }
  | { readonly type: 'and' | 'or'; readonly filters: readonly Filter[] };

/** What a filter looks at: a column of the key is a column like any other. */
type Columns = Pick<Row, 'key' | 'cells'>;

/** A row that is not there has no column. */
export const NO_COLUMNS: Columns = { key: [], cells: [] };

/** @param columns those of the row, as far as a reader asked for them; all of its key. */
export function matches(filter: Filter, columns: Columns): boolean {
  switch (filter.type) {
    case 'compare': {
      const versions = versionsOf(filter.column, columns);
      if (versions.length === 0) return filter.matchesMissing;
      const compared = filter.latestVersionOnly ? versions.slice(0, 1) : versions;
      return compared.some((value) =>
        holds(filter.comparator, compareValues(value, filter.operand)),
      );
    }
    case 'exists':
      return versionsOf(filter.column, columns).length > 0 === filter.expected;
    case 'not':
      return !matches(filter.filter, columns);
    case 'and':
      return filter.filters.every((child) => matches(child, columns));
    case 'or':
      return filter.filters.some((child) => matches(child, columns));
  }
}

/** The values of a column from newest to oldest; that of a key column is its only one. */
function versionsOf(column: string, { key, cells }: Columns): readonly Variant[] {
  const versions: Variant[] = [];
  for (const { name, value } of key) if (name === column) versions.push(value);
  for (const { name, value } of cells) if (name === column) versions.push(value);
  return versions;
}

/** Values of different types are not equal, and neither comes before the other. */
function holds(
  comparator: Exclude<Comparator, 'CT_EXIST' | 'CT_NOT_EXIST'>,
  order: number | undefined,
): boolean {
  switch (comparator) {
    case 'CT_EQUAL':
      return order === 0;
    case 'CT_NOT_EQUAL':
      return order !== 0;
    case 'CT_GREATER_THAN':
      return order !== undefined && order > 0;
    case 'CT_GREATER_EQUAL':
      return order !== undefined && order >= 0;
    case 'CT_LESS_THAN':
      return order !== undefined && order < 0;
    case 'CT_LESS_EQUAL':
      return order !== undefined && order <= 0;
  }
}
