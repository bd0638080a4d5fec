import { message, repeated } from '../encoding/proto/message.ts';
import { string } from '../encoding/proto/types.ts';
import { operation } from './operation.ts';

export const listTable = operation({
  request: message({}),
  response: message({ table_names: repeated(1, string) }),
  async perform({ engine, checkAccess }) {
    checkAccess('*');
    return { table_names: engine.tables.names() };
  },
});
