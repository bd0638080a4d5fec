import { message, required } from '../encoding/proto/message.ts';
import { bytes, string } from '../encoding/proto/types.ts';
import { parameterInvalid } from '../errors.ts';
import { operation, tableOf } from './operation.ts';

/** Answers as the service does for a table without transactions: no table has them here. */
export const startLocalTransaction = operation({
  request: message({ table_name: required(1, string), key: required(2, bytes) }),
  response: message({ transaction_id: required(1, string) }),
  async perform(call, { table_name }) {
    tableOf(call, table_name);
    throw parameterInvalid(
      'Try to call method using explicit transaction on explicit-transaction-disabled table.',
    );
  },
});
