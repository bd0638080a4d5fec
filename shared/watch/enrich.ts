import { type Change, type Details, detailsOf, withoutDetails } from '../core/model.ts';
import { allOf } from '../lib/all-of.ts';
import { chunks } from '../lib/chunks.ts';
import { InventoryError, MAX_DETAILS } from '../ports/inventory.ts';
import type { Fleet } from './fleet.ts';

export interface Enriched {
  readonly changes: readonly Change[];
  /** Instance id → what ECS has answered for it. */
  readonly details: ReadonlyMap<string, Details>;
  /** Why names are missing; null when ECS has answered for every change. */
  readonly note: string | null;
}

/**
 * Adds names, zones, tags and addresses to what appeared or changed. Best effort: without them a
 * change is announced by its id, so a failure is a note and not an error.
 */
export async function enrich(fleet: Fleet, changes: readonly Change[]): Promise<Enriched> {
  const ids = changes.filter(({ to }) => to !== null).map(({ instanceId }) => instanceId);
  const details = new Map<string, Details>();
  let note: string | null = null;
  await allOf(
    chunks(ids, MAX_DETAILS).map(async (chunk) => {
      try {
        for (const [id, detail] of await fleet.details(chunk)) details.set(id, detail);
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        note ??= `names are missing, the ids are shown: ${error.code}`;
        // The other requests would fail alike, and names are not worth a hundred failures.
        fleet.stop();
      }
    }),
  );
  return {
    changes: changes.map((change) => {
      const answered = details.get(change.instanceId);
      return answered === undefined
        ? change
        : { ...withoutDetails(change), ...detailsOf(answered) };
    }),
    details,
    note,
  };
}
