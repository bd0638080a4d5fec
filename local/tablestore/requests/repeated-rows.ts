import { encodeRow } from '../engine/stored-row.ts';
import { parameterInvalid } from '../errors.ts';
import type { RequestedWrite } from './row-write.ts';

interface TableWrites {
  /** Its name. */
  readonly table: string;
  readonly writes: readonly RequestedWrite[];
}

/**
 * A batch may write a row several times, in order, as long as no write of that row has a condition or an increment.
 *
 * @throws {TablestoreError}
 */
export function checkRepeatedRows(tables: readonly TableWrites[]): void {
  for (const repeated of writesByRow(tables).values()) {
    if (repeated.length === 1) continue;
    for (const { condition, change } of repeated) {
      if (condition.existence !== 'IGNORE') {
        throw parameterInvalid(
          'Repeated rows do not support row exist expectation check in BatchModify.',
        );
      }
      if (condition.columns !== undefined) {
        throw parameterInvalid('Repeated rows do not support row condition check in BatchModify.');
      }
      if (change.type === 'update' && change.steps.some(({ type }) => type === 'increment')) {
        throw parameterInvalid('Repeated rows do not support increment in BatchModify.');
      }
    }
  }
}

function writesByRow(
  tables: readonly TableWrites[],
): ReadonlyMap<string, readonly RequestedWrite[]> {
  const byRow = new Map<string, RequestedWrite[]>();
  for (const { table, writes } of tables) {
    for (const write of writes) {
      // A row that has no number yet is no repetition.
      if (write.key.some(({ value }) => value.type === 'AUTO_INCREMENT')) continue;
      // The table is not looked up yet: two keys are the same if their names and types are, too.
      const row = `${table}/${encodeRow({ key: write.key, cells: [] }).toString('latin1')}`;
      const before = byRow.get(row);
      if (before === undefined) byRow.set(row, [write]);
      else before.push(write);
    }
  }
  return byRow;
}
