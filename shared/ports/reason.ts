import { InventoryError } from './inventory.ts';
import { JournalError } from './journal.ts';

/** Why something failed, in one line: the service's own code and request id where there is one. */
export function reasonOf(error: unknown): string {
  if (error instanceof InventoryError || error instanceof JournalError) {
    const request = error.requestId === undefined ? '' : ` (request ${error.requestId})`;
    return `${error.code}: ${error.message}${request}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** What a cause says; one of another realm is no instance of this one's Error. */
export function messageOf(cause: unknown): string {
  return String((cause as { readonly message?: unknown } | null)?.message ?? cause);
}
