import { message, optional, required } from '../encoding/proto/message.ts';
import { bytes, string } from '../encoding/proto/types.ts';
import { condition, consumedCapacity, returnContent } from '../protocol/messages.ts';
import { parseRowWrite, type RowWriteType, writeTo } from '../requests/row-write.ts';
import { checkWriteSize } from '../requests/write-size.ts';
import { namedTable, type Operation, operation, refuseTransaction } from './operation.ts';
import { performWrite } from './rows.ts';

export const putRow = rowWrite('PutRow', 'PUT');
export const updateRow = rowWrite('UpdateRow', 'UPDATE');
export const deleteRow = rowWrite('DeleteRow', 'DELETE');

/** The three writes differ in what their row may hold, which `parseRowWrite` checks. */
function rowWrite(name: string, type: RowWriteType): Operation {
  return operation({
    request: message({
      table_name: required(1, string),
      // `row`, `row_change` and `primary_key` in the names of the SDKs.
      row: required(2, bytes),
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
      const named = namedTable(call, request.table_name);
      const write = parseRowWrite(type, request);
      checkWriteSize(name, [write]);
      return performWrite(call, writeTo(named.findReady(), write, call.engine.clock.now()));
    },
  });
}
