import type { Scope } from '../../../core/model.ts';
import type { Filter } from '../filter.ts';
import { choiceParameter, wholeParameter } from '../parameter.ts';
import { type Problems, parameterReader } from '../parameters.ts';
import type { QueryParameters } from '../request.ts';
import { FILTER, readFilter } from './filters.ts';

export interface DiscoveryQuery {
  readonly filter: Filter;
  readonly address: AddressKind;
  readonly port: number;
}

type AddressKind = 'private' | 'public';

/** As Prometheus's own discovery of clouds has it. */
export const DEFAULT_PORT = 80;
const MAX_PORT = 65_535;

export const DISCOVERY_PARAMETERS = {
  ...FILTER,
  address: choiceParameter(['private', 'public'], 'Which address is the target.', 'private'),
  port: wholeParameter([1, MAX_PORT], DEFAULT_PORT, 'Of every target.'),
};

export function parseDiscoveryQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
): DiscoveryQuery | Problems {
  const read = parameterReader(DISCOVERY_PARAMETERS, parameters);
  return read.finish({
    filter: readFilter(read, scopes),
    address: read.choice('address') || 'private',
    port: read.whole('port'),
  });
}
