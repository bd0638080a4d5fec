import { type Glob, matches } from '../../core/glob.ts';
import type { Details, Scope } from '../../core/model.ts';
import { own } from '../../core/own.ts';

/** The values that a parameter wants: some of `any` (empty: every value), and none of `none`. */
export interface Wanted {
  readonly any: Values;
  readonly none: Values;
}

/** Texts, and globs in which `*` is any text. */
export interface Values {
  readonly exact: ReadonlySet<string>;
  readonly globs: readonly Glob[];
}

/** A tag that an instance must have with one of these values; `none` refuses values. */
export interface WantedTag {
  readonly key: string;
  readonly values: Wanted;
}

/** Which scopes are asked for. */
export interface ScopeFilter {
  readonly scopes: Wanted;
  readonly accounts: Wanted;
  readonly regions: Wanted;
}

/** What an instance, or the instance of a change, must be like. */
export interface InstanceFilter {
  readonly ids: Wanted;
  /** In lower case. */
  readonly names: Wanted;
  readonly zones: Wanted;
  readonly types: Wanted;
  readonly resourceGroups: Wanted;
  /** Each of them is wanted. */
  readonly tags: readonly WantedTag[];
  /** A part of the name, the id or an address, in lower case. */
  readonly text: string;
}

export interface Filter extends ScopeFilter, InstanceFilter {
  /** In lower case. */
  readonly statuses: Wanted;
  /** The instances that have been stopped for at least so long. */
  readonly stoppedForMs: number | null;
}

/** The scopes that a filter asks for. */
export function scopesIn(filter: ScopeFilter, scopes: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope) => isInScope(filter, scope));
}

export function isInScope(
  { scopes, accounts, regions }: ScopeFilter,
  { key, account, regionId }: Scope,
): boolean {
  return allows(scopes, key) && allows(accounts, account) && allows(regions, regionId);
}

export function matchesInstance(
  { ids, names, zones, types, resourceGroups, tags, text }: InstanceFilter,
  instanceId: string,
  details: Details,
): boolean {
  const { name = '', zoneId = '', instanceType = '', resourceGroupId = '' } = details;
  return (
    allows(ids, instanceId) &&
    allows(names, name.toLowerCase()) &&
    allows(zones, zoneId) &&
    allows(types, instanceType) &&
    allows(resourceGroups, resourceGroupId) &&
    tags.every((tag) => hasTag(tag, details)) &&
    (text === '' || textsOf(instanceId, details).some((own) => own.toLowerCase().includes(text)))
  );
}

export function allows({ any, none }: Wanted, value: string): boolean {
  return (isEmpty(any) || includes(any, value)) && !includes(none, value);
}

/** The same for something that has several values: one of them is wanted, and none is excluded. */
export function allowsAmong({ any, none }: Wanted, values: readonly string[]): boolean {
  const isWanted = isEmpty(any) || values.some((value) => includes(any, value));
  return isWanted && !values.some((value) => includes(none, value));
}

/** What a parameter that is not given wants. */
export const ANY: Wanted = {
  any: { exact: new Set(), globs: [] },
  none: { exact: new Set(), globs: [] },
};

/** Does a parameter allow every value? */
export function isAny({ any, none }: Wanted): boolean {
  return isEmpty(any) && isEmpty(none);
}

function isEmpty({ exact, globs }: Values): boolean {
  return exact.size === 0 && globs.length === 0;
}

function includes({ exact, globs }: Values, value: string): boolean {
  return exact.has(value) || globs.some((glob) => matches(glob, value));
}

/** An instance without the tag has none of its values. */
function hasTag({ key, values }: WantedTag, { tags = {} }: Details): boolean {
  const value = own(tags, key);
  return value === undefined ? isEmpty(values.any) : allows(values, value);
}

function textsOf(instanceId: string, details: Details): readonly string[] {
  const { name = '', privateIps = [], publicIps = [] } = details;
  return [instanceId, name, ...privateIps, ...publicIps];
}
