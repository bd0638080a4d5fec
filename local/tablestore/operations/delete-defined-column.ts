import { message, repeated, required } from '../encoding/proto/message.ts';
import { string } from '../encoding/proto/types.ts';
import type { Table } from '../engine/table.ts';
import { parameterInvalid } from '../errors.ts';
import { namedTable, operation } from './operation.ts';

export const deleteDefinedColumn = operation({
  request: message({ table_name: required(1, string), columns: repeated(2, string) }),
  response: message({}),
  async perform(call, { table_name, columns }) {
    const { name } = namedTable(call, table_name);
    await call.engine.tables.update(name, (table) => withoutColumns(table, columns));
    return {};
  },
});

function withoutColumns(table: Table, names: readonly string[]): Table {
  for (const wanted of names) {
    if (!table.definedColumns.some(({ name }) => name === wanted)) {
      throw parameterInvalid(`Column does not exist:${wanted}.`);
    }
  }
  return {
    ...table,
    definedColumns: table.definedColumns.filter(({ name }) => !names.includes(name)),
  };
}
