import type { Scope } from '../../../core/model.ts';
import type { ScopeFilter } from '../filter.ts';
import { durationParameter } from '../parameter.ts';
import { type Problems, parameterReader } from '../parameters.ts';
import type { QueryParameters } from '../request.ts';
import { readScopeFilter, SCOPE_FILTER } from './filters.ts';
import { PERIOD_PARAMETERS, type Period, readPeriod } from './times.ts';

export interface CountsQuery {
  readonly filter: ScopeFilter;
  readonly period: Period;
  readonly stepMs: number;
}

/** The most points of one answer: as many as a plot has room for. */
const MAX_POINTS = 1_000;

export const COUNTS_PARAMETERS = {
  ...PERIOD_PARAMETERS,
  step: durationParameter(
    `Between two points, of which there are ${MAX_POINTS} at most.`,
    '1h',
    '5m',
  ),
  ...SCOPE_FILTER,
};

export function parseCountsQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
  nowMs: number,
): CountsQuery | Problems {
  const read = parameterReader(COUNTS_PARAMETERS, parameters);
  const period = readPeriod(read, nowMs);
  const stepMs = read.duration('step') ?? 0;
  if (stepMs === 0) read.refuse('step is zero');
  else if ((period.toMs - period.fromMs) / stepMs >= MAX_POINTS)
    read.refuse(`step is too small: more than ${MAX_POINTS} points between from and to`);
  return read.finish({ filter: readScopeFilter(read, scopes), period, stepMs });
}
