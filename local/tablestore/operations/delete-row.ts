import { message, optional, required } from '../encoding/proto/message.ts';
import { bytes, string } from '../encoding/proto/types.ts';
import { condition, consumedCapacity, returnContent } from '../protocol/messages.ts';
import { parseRowWrite } from '../requests/row-write.ts';
import { operation, readyTableOf, refuseTransaction } from './operation.ts';
import { answerWrite } from './rows.ts';

export const deleteRow = operation({
  request: message({
    table_name: required(1, string),
    primary_key: required(2, bytes),
    condition: required(3, condition),
    return_content: optional(4, returnContent),
    transaction_id: optional(5, string),
  }),
  response: message({
    consumed: required(1, consumedCapacity),
    row: optional(2, bytes),
  }),
  async perform(call, request) {
    refuseTransaction(request.transaction_id);
    const table = readyTableOf(call, request.table_name);
    const write = parseRowWrite(
      {
        type: 'DELETE',
        row: request.primary_key,
        condition: request.condition,
        returnContent: request.return_content,
      },
      table,
      call.engine.clock.now(),
    );
    return answerWrite(call, write);
  },
});
