import { rowKey } from '../engine/keys.ts';
import type { RowWrite } from '../engine/write-row.ts';
import { parameterInvalid } from '../errors.ts';

/**
 * A batch may write a row several times, in order, as long as no write of that row has a condition or an increment.
 *
 * @throws {TablestoreError}
 */
export function checkRepeatedRows(writes: readonly RowWrite[]): void {
  for (const repeated of writesByRow(writes).values()) {
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

function writesByRow(writes: readonly RowWrite[]): ReadonlyMap<string, readonly RowWrite[]> {
  const byRow = new Map<string, RowWrite[]>();
  for (const write of writes) {
    // A row that has no number yet is no repetition.
    if (write.key.some(({ value }) => value.type === 'AUTO_INCREMENT')) continue;
    const key = rowKey(write.table.id, write.key).toString('latin1');
    const before = byRow.get(key);
    if (before === undefined) byRow.set(key, [write]);
    else before.push(write);
  }
  return byRow;
}
