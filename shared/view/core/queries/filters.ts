import { type Scope, STATUSES } from '../../../core/model.ts';
import { cleanText } from '../../../core/text.ts';
import { WATCHER } from '../../../core/watcher-journal.ts';
import type { Filter, InstanceFilter, ScopeFilter, Wanted } from '../filter.ts';
import type { ScopeView } from '../fleet.ts';
import { instanceTotals } from '../instance-totals.ts';
import { durationParameter, listParameter, textParameter } from '../parameter.ts';
import type { ParameterReader } from '../parameters.ts';

export const SCOPE_FILTER = {
  scope: listParameter('Scopes that are watched.', 'main/cn-hangzhou'),
  account: listParameter('Accounts that are watched, by alias.', 'main'),
  region: listParameter('Regions that are watched.', 'cn-hangzhou'),
};

export function readScopeFilter(
  read: ParameterReader<keyof typeof SCOPE_FILTER>,
  scopes: readonly Scope[],
): ScopeFilter {
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

export const INSTANCE_FILTER = {
  id: listParameter('Instance ids.', 'i-bp1ddq0lbn48pfx3vt1a'),
  name: listParameter('Instance names, in any case.', 'web-*,!web-2'),
  zone: listParameter('Zones.', 'cn-hangzhou-h'),
  type: listParameter('Instance types.', 'ecs.g7.*'),
  resourceGroup: listParameter('Ids of resource groups.', 'rg-acfmx4o5s7mxyzq'),
  tag: listParameter('KEY=VALUE, or KEY for any value. All keys must match.', 'env=prod,team'),
  text: textParameter('A part of the name, the id or an address.', 'web'),
};

export function readInstanceFilter(
  read: ParameterReader<keyof typeof INSTANCE_FILTER>,
): InstanceFilter {
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
export const FILTER = {
  ...SCOPE_FILTER,
  status: listParameter('Statuses, in any case.', 'Running,stopped'),
  stoppedFor: durationParameter('Stopped for at least so long.', '2h'),
  ...INSTANCE_FILTER,
};

export function readFilter(
  read: ParameterReader<keyof typeof FILTER>,
  scopes: readonly Scope[],
): Filter {
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
  return unknownIn('status', { any, none }, statusesOf(views));
}

/** The same for the statuses of a parameter, of which these are known besides those of ECS. */
export function unknownIn(
  name: string,
  { any, none }: Wanted,
  others: readonly string[],
): readonly string[] {
  const known = new Map([...STATUSES, ...others].map((status) => [status.toLowerCase(), status]));
  const unknown = [...any.exact, ...none.exact].filter((status) => !known.has(status));
  if (unknown.length === 0) return [];
  return [
    `${name} is not known: ${cleanText(unknown.join(', '))} (known: ${[...known.values()].map((status) => cleanText(status)).join(', ')})`,
  ];
}

export function statusesOf(views: readonly ScopeView[]): readonly string[] {
  return views.flatMap(({ snapshot }) => [...instanceTotals(snapshot).statuses.keys()]);
}

export function lowerCase(text: string): string {
  return text.toLowerCase();
}

export function keysOf(scopes: readonly Scope[]): readonly string[] {
  return scopes.map(({ key }) => key);
}
