import type { AccessKey } from '../signature/access-key.ts';

/** What the account of an instance decides about requests. */
export interface TablestoreAccess {
  keyOf(accessKeyId: string): AccessKey | undefined;
  /** Why no request may enter the instance at all, in the words of the service. */
  closedBecause(instance: string): string | undefined;
  /** @param table the name of a table, or `*` */
  may(accessKeyId: string, operation: string, table: string): boolean;
}

/** One instance, in which these keys may do everything. */
export function openAccess(name: string, accessKeys: readonly AccessKey[]): TablestoreAccess {
  return {
    keyOf: (id) => accessKeys.find(({ accessKeyId }) => accessKeyId === id),
    closedBecause: (instance) => (instance === name ? undefined : 'The instance is not found.'),
    may: () => true,
  };
}
