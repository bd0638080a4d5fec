import { message, required } from '../encoding/proto/message.ts';
import { bytes, string } from '../encoding/proto/types.ts';
import { parameterInvalid } from '../errors.ts';
import { parseKey } from '../requests/primary-key.ts';
import { namedTable, operation } from './operation.ts';

/** Answers as the service does for a table without transactions: no table has them here. */
export const startLocalTransaction = operation({
  request: message({ table_name: required(1, string), key: required(2, bytes) }),
  response: message({ transaction_id: required(1, string) }),
  async perform(call, { table_name, key }) {
    const table = namedTable(call, table_name);
    if (parseKey(key).length > 1) {
      throw parameterInvalid('StartLocalTransaction support only one primary key.');
    }
    table.find();
    throw parameterInvalid(
      'Try to call method using explicit transaction on explicit-transaction-disabled table.',
    );
  },
});
