import { message, required } from '../encoding/proto/message.ts';
import { string } from '../encoding/proto/types.ts';
import { namedTable, operation } from './operation.ts';

export const deleteTable = operation({
  request: message({ table_name: required(1, string) }),
  response: message({}),
  async perform(call, { table_name }) {
    await call.engine.tables.delete(namedTable(call, table_name).name);
    return {};
  },
});
