import { message, required } from '../encoding/proto/message.ts';
import { string } from '../encoding/proto/types.ts';
import { operation, unknownTransaction } from './operation.ts';

/** No transaction can have been started. */
export const abortTransaction = operation({
  request: message({ transaction_id: required(1, string) }),
  response: message({}),
  async perform(_call, { transaction_id }) {
    throw unknownTransaction(transaction_id);
  },
});
