import type { Scope } from '../../../core/model.ts';
import type { Filter } from '../filter.ts';
import type { InstanceKey } from '../instance-row.ts';
import { homeToken } from '../page-token.ts';
import { choiceParameter, cursorParameter } from '../parameter.ts';
import { type Problems, parameterReader } from '../parameters.ts';
import type { QueryParameters } from '../request.ts';
import { FILTER, readFilter } from './filters.ts';

/** The page takes the same filter, and whether it refreshes itself. */
export interface PageQuery {
  readonly filter: Filter;
  readonly after: InstanceKey | undefined;
  readonly refreshes: boolean;
  /** The filter's parameters as they were given, for the links and the form of the page. */
  readonly given: QueryParameters;
}

export const PAGE_PARAMETERS = {
  ...FILTER,
  cursor: cursorParameter(),
  refresh: choiceParameter(['on', 'off'], 'Whether the page loads itself again.', 'on'),
};

export function parsePageQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
): PageQuery | Problems {
  const read = parameterReader(PAGE_PARAMETERS, parameters);
  return read.finish({
    filter: readFilter(read, scopes),
    after: read.token('cursor', homeToken.decode),
    refreshes: read.choice('refresh') !== 'off',
    given: new Map([...parameters].filter(([name, value]) => name !== 'cursor' && value !== '')),
  });
}
