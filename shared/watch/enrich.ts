import { type Change, type Details, detailsOf, type Scope } from '../core/model.ts';
import { chunks } from '../lib/chunks.ts';
import { type Inventory, InventoryError, MAX_DETAILS } from '../ports/inventory.ts';
import type { Pacer } from './pacer.ts';

export interface Enriched {
  readonly changes: readonly Change[];
  readonly note: string | null;
}

/**
 * Adds names, zones, tags and addresses to what appeared or changed. Best effort: without them a
 * change is told by its id, so a failure is a note and not an error.
 */
export async function enrich(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  changes: readonly Change[],
): Promise<Enriched> {
  const ids = changes.filter(({ to }) => to !== null).map(({ instanceId }) => instanceId);
  const details = new Map<string, Details>();
  let note: string | null = null;
  await Promise.all(
    chunks(ids, MAX_DETAILS).map(async (chunk) => {
      try {
        const found = await pacer.call((deadlineMs) => {
          // One refusal speaks for all: names are not worth a hundred more of them.
          if (note !== null) throw new InventoryError('refused', 'NotAsked', 'refused before');
          return inventory.details(scope, chunk, deadlineMs);
        });
        for (const [id, detail] of found) details.set(id, detail);
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        note ??= `names are missing, the ids are shown: ${error.code}`;
      }
    }),
  );
  return {
    changes: changes.map((change) => {
      const found = details.get(change.instanceId);
      return found === undefined ? change : { ...change, ...detailsOf(found) };
    }),
    note,
  };
}
