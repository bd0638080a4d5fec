import type { Scope } from '../../../core/model.ts';
import { type HistoryPosition, historyToken } from '../page-token.ts';
import { cursorParameter, limitParameter } from '../parameter.ts';
import { type Problems, parameterReader } from '../parameters.ts';
import type { QueryParameters } from '../request.ts';
import { keysOf } from './filters.ts';

export interface HistoryQuery {
  readonly limit: number;
  /** Undefined: from the newest change on. */
  readonly start: HistoryPosition | undefined;
}

export const HISTORY_PARAMETERS = {
  limit: limitParameter('The most changes of the history.'),
  cursor: cursorParameter(),
};

export function parseHistoryQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
): HistoryQuery | Problems {
  const read = parameterReader(HISTORY_PARAMETERS, parameters);
  return read.finish({
    limit: read.whole('limit'),
    start: read.token('cursor', (token) => historyToken.decode(token, keysOf(scopes))),
  });
}
