import { message, optional, required } from '../encoding/proto/message.ts';
import { bytes, string } from '../encoding/proto/types.ts';
import { condition, consumedCapacity, returnContent } from '../protocol/messages.ts';
import { parseRowWrite } from '../requests/row-write.ts';
import { checkWriteSize } from '../requests/write-size.ts';
import { operation, readyTableOf, refuseTransaction } from './operation.ts';
import { answerWrite } from './rows.ts';

export const updateRow = operation({
  request: message({
    table_name: required(1, string),
    row_change: required(2, bytes),
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
        type: 'UPDATE',
        row: request.row_change,
        condition: request.condition,
        returnContent: request.return_content,
      },
      table,
      call.engine.clock.now(),
    );
    checkWriteSize('UpdateRow', [write]);
    return answerWrite(call, write);
  },
});
