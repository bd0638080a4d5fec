import { message } from '../encoding/proto/message.ts';
import { operation } from './operation.ts';

/** No table has a search index. The Python and Go suites ask before they delete a table. */
export const listSearchIndex = operation({
  request: message({}),
  response: message({}),
  async perform() {
    return {};
  },
});
