import type { ChangesAnswer } from './answers.ts';

/** Ids that are worth reading one by one; of more, the whole fleet is read again. */
const MAX_REREAD = 500;

/** What has to be read again after an answer of `/changes`, so that the fleet is right. */
export type Reread =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'some'; readonly ids: readonly string[] }
  | { readonly kind: 'all' };

/** `cursor`: the one that was asked with. `pages`: the answers that it led to, in their order. */
export function rereadAfter(cursor: string, pages: readonly ChangesAnswer[]): Reread {
  if ((pages.at(-1)?.nextCursor ?? cursor) === cursor) return { kind: 'nothing' };
  const changes = pages.flatMap(({ changes: own, details = [] }) => [...own, ...details]);
  const notices = pages.flatMap((page) => page.notices);
  // A baseline replaces what is known of a scope, and the feed does not show its instances.
  const isBaseline = changes.length === 0 && notices.length === 0;
  if (isBaseline || notices.some(({ notice }) => notice === 'baseline')) return { kind: 'all' };
  const ids = [...new Set(changes.map(({ instanceId }) => instanceId))];
  if (ids.length === 0) return { kind: 'nothing' };
  return ids.length > MAX_REREAD ? { kind: 'all' } : { kind: 'some', ids };
}
