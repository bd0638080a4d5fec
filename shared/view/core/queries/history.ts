import type { Scope } from '../../../core/model.ts';
import { type HistoryPosition, historyToken } from '../page-token.ts';
import { type Problems, parameterReader } from '../parameters.ts';
import type { QueryParameters } from '../request.ts';
import { keysOf } from './filters.ts';

export interface HistoryQuery {
  readonly limit: number;
  /** Undefined: from the newest change on. */
  readonly start: HistoryPosition | undefined;
}

export function parseHistoryQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
): HistoryQuery | Problems {
  const read = parameterReader(parameters);
  return read.finish({
    limit: read.limit(),
    start: read.token('cursor', (token) => historyToken.decode(token, keysOf(scopes))),
  });
}
