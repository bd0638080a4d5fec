import { type Scope, STATUSES } from '../../../core/model.ts';
import { cleanText } from '../../../core/text.ts';
import { WATCHER } from '../../../core/watcher-journal.ts';
import type { Filter, InstanceFilter, ScopeFilter } from '../filter.ts';
import type { ScopeView } from '../fleet.ts';
import { instanceTotals } from '../instance-totals.ts';
import type { ParameterReader } from '../parameters.ts';

export function readScopeFilter(read: ParameterReader, scopes: readonly Scope[]): ScopeFilter {
  return {
    // An empty answer about a region that is not watched would read as "all is quiet there".
    scopes: read.watched('scope', keysOf(scopes)),
    accounts: read.watched(
      'account',
      scopes.filter(({ key }) => key !== WATCHER.key).map(({ account }) => account),
    ),
    regions: read.watched(
      'region',
      scopes.map(({ regionId }) => regionId).filter((regionId) => regionId !== ''),
    ),
  };
}

export function readInstanceFilter(read: ParameterReader): InstanceFilter {
  return {
    ids: read.wanted('id'),
    names: read.wanted('name', lowerCase),
    zones: read.wanted('zone'),
    types: read.wanted('type'),
    resourceGroups: read.wanted('resourceGroup'),
    tags: read.wantedTags('tag'),
    text: lowerCase(read.text('text')),
  };
}

/** The filter of all addresses that show the instances that there are. */
export function readFilter(read: ParameterReader, scopes: readonly Scope[]): Filter {
  return {
    ...readScopeFilter(read, scopes),
    statuses: read.wanted('status', lowerCase),
    stoppedForMs: read.duration('stoppedFor'),
    ...readInstanceFilter(read),
  };
}

/**
 * Statuses that ECS does not have and no instance has: an empty answer about a misspelt one would
 * read as "none".
 */
export function unknownStatuses(
  { statuses: { any, none } }: Pick<Filter, 'statuses'>,
  views: readonly ScopeView[],
): readonly string[] {
  const asked = [...any.exact, ...none.exact];
  if (asked.length === 0) return [];
  const present = views.flatMap(({ snapshot }) => [...instanceTotals(snapshot).statuses.keys()]);
  const known = new Map([...STATUSES, ...present].map((status) => [status.toLowerCase(), status]));
  const unknown = asked.filter((status) => !known.has(status));
  if (unknown.length === 0) return [];
  return [
    `status is not known: ${cleanText(unknown.join(', '))} (known: ${[...known.values()].map((status) => cleanText(status)).join(', ')})`,
  ];
}

export function lowerCase(text: string): string {
  return text.toLowerCase();
}

export function keysOf(scopes: readonly Scope[]): readonly string[] {
  return scopes.map(({ key }) => key);
}
