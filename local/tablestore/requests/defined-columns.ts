import type { DefinedColumn, KeySchema } from '../engine/table.ts';
import { parameterInvalid } from '../errors.ts';
import { MAX_DEFINED_COLUMNS } from '../limits.ts';
import { checkColumnName } from './columns.ts';

/** @throws {TablestoreError} */
export function checkDefinedColumns(
  columns: readonly DefinedColumn[],
  keySchema: readonly KeySchema[],
): void {
  if (columns.length > MAX_DEFINED_COLUMNS) {
    throw parameterInvalid(
      `The number of defined columns must be in range: [0, ${MAX_DEFINED_COLUMNS}].`,
    );
  }
  const seen = new Set(keySchema.map(({ name }) => name));
  for (const { name } of columns) {
    checkColumnName(name);
    if (seen.has(name)) throw parameterInvalid(`Duplicated column name: '${name}'.`);
    seen.add(name);
  }
}
