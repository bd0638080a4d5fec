import { cleanName } from '../../../core/text.ts';
import { WATCHER } from '../../../core/watcher-journal.ts';
import type { Wording } from '../../../core/wording.ts';

/**
 * Where something happened, from the key of its scope: `cn-hangzhou`, with the account where there
 * are several. A zone takes the place of its region, whose name it begins with. What concerns no
 * scope is nowhere.
 */
export function placeOf(
  scope: string,
  { accounts }: Pick<Wording, 'accounts'>,
  zoneId = '',
): string {
  if (scope === WATCHER.key) return '';
  const [account = '', region = '', ...filters] = scope.split('/');
  const isWithin = region !== '' && zoneId.startsWith(region);
  return [
    ...(accounts === 1 && region !== '' ? [] : [account]),
    ...(isWithin ? [cleanName(zoneId)] : [region]),
    ...filters.filter((filter) => filter !== zoneId),
  ]
    .filter((part) => part !== '')
    .join('/');
}

/** The region in the key of a scope; empty for what concerns none. */
export function regionIn(scope: string): string {
  return scope === WATCHER.key ? '' : (scope.split('/')[1] ?? '');
}

/** The only scope by its name, several by their number. */
export function placesOf(
  scopes: Iterable<string>,
  wording: Pick<Wording, 'accounts'>,
  counted: (count: number) => string,
): string {
  const [only, ...others] = new Set(scopes);
  if (only === undefined) return '';
  return others.length === 0 ? placeOf(only, wording) : counted(others.length + 1);
}
