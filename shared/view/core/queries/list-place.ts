import { MAX_CLOCK_DIFFERENCE_MS } from '../../../core/time.ts';
import type { QueryParameters } from '../request.ts';

/** They choose how a list is given, and not what is in it. */
const MANNERS: ReadonlySet<string> = new Set(['cursor', 'fields', 'format', 'limit']);

/** What makes a list, as one text: a cursor belongs to it. */
export function identityOf(parameters: QueryParameters): string {
  const making = [...parameters].filter(([name, value]) => !MANNERS.has(name) && value !== '');
  return JSON.stringify(making.sort());
}

/** No address has given out a cursor of the future. */
export function notAhead<T extends object>(place: T | undefined, nowMs: number): T | undefined {
  const isAhead =
    place !== undefined &&
    'nowMs' in place &&
    Number(place.nowMs) > nowMs + MAX_CLOCK_DIFFERENCE_MS;
  return isAhead ? undefined : place;
}
