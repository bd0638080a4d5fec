import { message } from '../encoding/proto/message.ts';
import { operation } from './operation.ts';

/** No instance has a time series table. The official suites ask before they begin, as for search indexes. */
export const listTimeseriesTable = operation({
  request: message({}),
  response: message({}),
  async perform() {
    return {};
  },
});
