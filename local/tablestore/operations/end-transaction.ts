import { message, required } from '../encoding/proto/message.ts';
import { string } from '../encoding/proto/types.ts';
import { serviceError } from '../errors.ts';
import { operation, refuseTransaction } from './operation.ts';

/** CommitTransaction and AbortTransaction: no transaction can have been started. */
export const endTransaction = operation({
  request: message({ transaction_id: required(1, string) }),
  response: message({}),
  async perform(_call, { transaction_id }) {
    if (transaction_id === '') refuseTransaction(transaction_id);
    throw serviceError('OTSSessionNotExist');
  },
});
