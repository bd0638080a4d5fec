import type { InventoryError } from './inventory.ts';

/** The accounts that the watcher enters by a role. */
export interface Accounts {
  /**
   * Alias of each account that this tick has asked for → why it could not be entered; null: it could.
   * An account that lets the watcher in and then refuses a request is not meant.
   */
  states(): ReadonlyMap<string, InventoryError | null>;
}
