import type { Details } from '../core/model.ts';
import { allOf } from '../lib/all-of.ts';
import { chunks } from '../lib/chunks.ts';
import { InventoryError, MAX_DETAILS } from '../ports/inventory.ts';
import { instancesDue, roundAfter } from './core/details-round.ts';
import type { Ports } from './ports.ts';
import type { RecordedScope, ScopeResult } from './scope-result.ts';
import type { Tick } from './tick.ts';

/** Requests of the slow round in one tick: at one tick a minute, for a fleet of 96,000. */
const MAX_REQUESTS = 16;
/** The longest that a tick waits for them. Messages are delivered meanwhile. */
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Goes on with the slow round over the details of a scope. Nothing waits for it, and it costs
 * nothing but calls that the scan leaves: its failures change nothing.
 */
export async function refreshDetails(
  { runtime }: Pick<Ports, 'runtime'>,
  tick: Tick,
  result: ScopeResult,
): Promise<ScopeResult> {
  if (result.kind !== 'recorded' || result.isOvertaken) return result;
  const { detailsRound: round, after: snapshot } = result;
  const nowMs = runtime.now();
  const ids = instancesDue(round, snapshot, nowMs, {
    perRequest: MAX_DETAILS,
    maxRequests: Math.min(MAX_REQUESTS, spareCalls(tick, result)),
  });
  if (ids.length === 0) return result;
  const { answered, note } = await ask(result, ids, nowMs + REQUEST_TIMEOUT_MS);
  const detailsRound = roundAfter(round, snapshot, ids, answered);
  return { ...result, detailsRound, refreshNote: note };
}

/** None in a tick to which ECS has not answered well. */
function spareCalls({ startMs }: Tick, result: RecordedScope): number {
  const { fleet, scan, namesNote, nextHealth } = result;
  if (scan.failure !== null || namesNote !== null || fleet.throttles > 0) return 0;
  const { periodMs = 0 } = nextHealth.health;
  return fleet.spareCalls(startMs + periodMs);
}

async function ask(
  { fleet }: RecordedScope,
  ids: readonly string[],
  untilMs: number,
): Promise<{ readonly answered: ReadonlyMap<string, Details>; readonly note: string | null }> {
  const answered = new Map<string, Details>();
  let note: string | null = null;
  await allOf(
    chunks(ids, MAX_DETAILS).map(async (chunk) => {
      try {
        for (const [id, details] of await fleet.detailsOnce(chunk, untilMs)) {
          answered.set(id, details);
        }
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        // Any other failure passes, and the round comes back.
        if (error.kind === 'refused') note = `names are not kept up to date: ${error.code}`;
      }
    }),
  );
  return { answered, note };
}
