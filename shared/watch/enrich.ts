import { extended } from '../core/extended.ts';
import { type Change, type Details, detailsOf, withoutDetails } from '../core/model.ts';
import { allOf } from '../lib/all-of.ts';
import { chunks } from '../lib/chunks.ts';
import { InventoryError, MAX_DETAILS } from '../ports/inventory.ts';
import type { Fleet } from './fleet.ts';

export interface Enriched {
  readonly changes: readonly Change[];
  /** Instance id → what ECS has answered for it, of instances that were known before. */
  readonly details: ReadonlyMap<string, Details>;
  /** Why names are missing; null when ECS has answered for every change. */
  readonly note: string | null;
}

/**
 * Adds names, zones, tags and addresses to what appeared or changed. Best effort: without them a
 * change is announced by its id, so a failure is a note and not an error.
 */
export async function enrich(fleet: Fleet, changes: readonly Change[]): Promise<Enriched> {
  const details = new Map<string, Details>();
  let note: string | null = null;

  const ask = async (ids: readonly string[]): Promise<ReadonlyMap<string, Details>> => {
    try {
      return await fleet.details(ids);
    } catch (error) {
      if (!(error instanceof InventoryError)) throw error;
      note ??= `names are missing, the ids are shown: ${error.code}`;
      // The other requests would fail alike, and names are not worth a hundred failures.
      fleet.stop();
      return NO_ANSWER;
    }
  };

  // A first sight of a large fleet changes everything: each answer is used up as it comes.
  const present = await allOf(
    chunks(
      changes.filter(({ to }) => to !== null),
      MAX_DETAILS,
    ).map(async (chunk) => {
      const answers = await ask(chunk.map(({ instanceId }) => instanceId));
      return chunk.map((change) => {
        const answered = answers.get(change.instanceId);
        if (answered === undefined) return change;
        if (change.from !== null) details.set(change.instanceId, answered);
        return extended(withoutDetails(change), detailsOf(answered));
      });
    }),
  );
  const gone = changes.filter(({ to }) => to === null);
  return { changes: [...present.flat(), ...gone], details, note };
}

const NO_ANSWER: ReadonlyMap<string, Details> = new Map();
