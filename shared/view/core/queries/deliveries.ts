import type { DeliveryPosition } from '../deliveries.ts';
import { deliveriesToken } from '../page-token.ts';
import { cursorParameter, limitParameter, listParameter } from '../parameter.ts';
import { type Problems, parameterReader } from '../parameters.ts';
import type { QueryParameters } from '../request.ts';

export interface DeliveriesQuery {
  /** Empty: all. */
  readonly channels: ReadonlySet<string>;
  readonly limit: number;
  readonly after: DeliveryPosition | undefined;
}

export const DELIVERIES_PARAMETERS = {
  channel: listParameter('Names of channels.', 'dingtalk'),
  limit: limitParameter(),
  cursor: cursorParameter(),
};

/** `channels`: those that have a row. */
export function parseDeliveriesQuery(
  parameters: QueryParameters,
  channels: readonly string[],
): DeliveriesQuery | Problems {
  const read = parameterReader(DELIVERIES_PARAMETERS, parameters);
  return read.finish({
    channels: read.known('channel', channels),
    limit: read.whole('limit'),
    after: read.token('cursor', deliveriesToken.decode),
  });
}
