import * as TableStore from 'tablestore';
import { integer } from './rows.ts';

/** Conditions of writes. A row that does not meet its condition is left as it is. */

export const NO_ROW = new TableStore.Condition(
  TableStore.RowExistenceExpectation.EXPECT_NOT_EXIST,
  null,
);

export const ANY_ROW = new TableStore.Condition(TableStore.RowExistenceExpectation.IGNORE, null);

export const EXISTING_ROW = new TableStore.Condition(
  TableStore.RowExistenceExpectation.EXPECT_EXIST,
  null,
);

/** The row may be missing, and its columns meet `columns`. */
export function rowWhere(columns: TableStore.ColumnCondition): TableStore.Condition {
  return new TableStore.Condition(TableStore.RowExistenceExpectation.IGNORE, columns);
}

/** The row exists, and its columns meet `columns`. */
export function existingRowWhere(columns: TableStore.ColumnCondition): TableStore.Condition {
  return new TableStore.Condition(TableStore.RowExistenceExpectation.EXPECT_EXIST, columns);
}

export function anyOf(
  ...conditions: readonly [TableStore.ColumnCondition, ...TableStore.ColumnCondition[]]
): TableStore.ColumnCondition {
  // The service refuses an OR of one condition.
  if (conditions.length === 1) return conditions[0];
  const any = new TableStore.CompositeCondition(TableStore.LogicalOperator.OR);
  for (const condition of conditions) any.addSubCondition(condition);
  return any;
}

export function bothOf(
  one: TableStore.ColumnCondition,
  other: TableStore.ColumnCondition,
): TableStore.ColumnCondition {
  const both = new TableStore.CompositeCondition(TableStore.LogicalOperator.AND);
  both.addSubCondition(one);
  both.addSubCondition(other);
  return both;
}

export function isBelow(column: string, value: number): TableStore.SingleColumnCondition {
  const { LESS_THAN } = TableStore.ComparatorType;
  return new TableStore.SingleColumnCondition(column, integer(value), LESS_THAN, true, true);
}

export function isAbove(column: string, value: number): TableStore.SingleColumnCondition {
  const { GREATER_THAN } = TableStore.ComparatorType;
  return new TableStore.SingleColumnCondition(column, integer(value), GREATER_THAN, false, true);
}

export function isEqual(
  column: string,
  value: string | TableStore.Long,
  // The SDK's default lets a missing column pass, which would make compare-and-set a mere set.
  passIfMissing = false,
): TableStore.SingleColumnCondition {
  const { EQUAL } = TableStore.ComparatorType;
  return new TableStore.SingleColumnCondition(column, value, EQUAL, passIfMissing, true);
}

/** The row, or its column, is not there. */
export function isMissing(column: string): TableStore.SingleColumnCondition {
  // No text that is ever written is empty.
  return isEqual(column, '', true);
}
