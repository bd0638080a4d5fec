import type { Scope } from '../../../core/model.ts';
import { type InstanceFilter, type ScopeFilter, scopesIn } from '../filter.ts';
import { type DiffPosition, diffToken } from '../page-token.ts';
import { cursorParameter, limitParameter } from '../parameter.ts';
import { type Problems, parameterReader } from '../parameters.ts';
import type { QueryParameters } from '../request.ts';
import {
  INSTANCE_FILTER,
  keysOf,
  readInstanceFilter,
  readScopeFilter,
  SCOPE_FILTER,
} from './filters.ts';
import { identityOf, notAhead } from './list-place.ts';
import { PERIOD_PARAMETERS, type Period, readPeriod } from './times.ts';

export interface DiffQuery {
  readonly filter: ScopeFilter & InstanceFilter;
  readonly period: Period;
  readonly limit: number;
  /** Of a later page. Its moments are those of the first one. */
  readonly place: DiffPosition | undefined;
  readonly identity: string;
}

export const DIFF_PARAMETERS = {
  ...SCOPE_FILTER,
  ...INSTANCE_FILTER,
  cursor: cursorParameter(),
  ...PERIOD_PARAMETERS,
  limit: limitParameter(),
};

export function parseDiffQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
  nowMs: number,
): DiffQuery | Problems {
  const read = parameterReader(DIFF_PARAMETERS, parameters);
  const identity = identityOf(parameters);
  const filter = { ...readScopeFilter(read, scopes), ...readInstanceFilter(read) };
  const keys = keysOf(scopesIn(filter, scopes));
  const place = read.token('cursor', (token) =>
    notAhead(diffToken.decode(token, keys, identity), nowMs),
  );
  const period = readPeriod(read, place?.nowMs ?? nowMs);
  return read.finish({ filter, period, limit: read.whole('limit'), place, identity });
}
