import { message, repeated, required } from '../encoding/proto/message.ts';
import { string } from '../encoding/proto/types.ts';
import { definedColumnSchema } from '../protocol/messages.ts';
import { checkDefinedColumns } from '../requests/defined-columns.ts';
import { namedTable, operation } from './operation.ts';

export const addDefinedColumn = operation({
  request: message({
    table_name: required(1, string),
    columns: repeated(2, definedColumnSchema),
  }),
  response: message({}),
  async perform(call, { table_name, columns }) {
    const { name } = namedTable(call, table_name);
    checkDefinedColumns(columns, []);
    await call.engine.tables.update(name, (table) => {
      const definedColumns = [...table.definedColumns, ...columns];
      checkDefinedColumns(definedColumns, table.keySchema);
      return { ...table, definedColumns };
    });
    return {};
  },
});
