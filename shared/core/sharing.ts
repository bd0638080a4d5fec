import type { Details } from './model.ts';

/** The one value that stands for all that are equal to it. */
export type Share = <T extends string | object>(value: T) => T;

/**
 * Gives the same value back for equal ones, so that what many instances have in common (zones,
 * types, tags) is in memory once. It remembers all that it was given: it must not outlive its task.
 */
export function sharing(): Share {
  const known = new Map<string, unknown>();
  return <T extends string | object>(value: T): T => {
    const key = JSON.stringify(value);
    const same = known.get(key);
    if (same !== undefined) return same as T;
    known.set(key, value);
    return value;
  };
}

/** Details whose zone, type and tags are shared: a large fleet has few different ones. */
export function sharedDetails(details: Details, share: Share): Details {
  const { zoneId, instanceType, tags } = details;
  return {
    ...details,
    ...(zoneId !== undefined && { zoneId: share(zoneId) }),
    ...(instanceType !== undefined && { instanceType: share(instanceType) }),
    ...(tags !== undefined && { tags: share(tags) }),
  };
}
