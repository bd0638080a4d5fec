import type { WatchReport } from '../../../shared/watch/report.ts';
import { constantStatus } from '../fleet.ts';
import type { LivingRun, Look } from '../run.ts';
import type { Book, Witnessed } from './witnessed.ts';
import type { StoredChange, Written } from './written.ts';

/** A run has ended by itself. `shouldBeWell`: scopes that nothing was wrong with meanwhile. */
export type OnReport = (
  run: LivingRun,
  report: WatchReport,
  shouldBeWell: readonly string[],
) => void;

/** Of what is seen: after a complete look, all that stood still is known as it is. */
export function seenPromises(
  { fleets }: Witnessed,
  { journalOf }: Written,
  { violated }: Book,
): OnReport {
  function onReport(run: LivingRun, report: WatchReport, shouldBeWell: readonly string[]): void {
    for (const note of report.notes) {
      if (note.includes('cannot be read')) violated(`${run.tickId}: ${note}`);
    }
    for (const { scope, ok, complete, seq, error } of report.scopes) {
      const look = run.looks.get(scope);
      if (!ok && shouldBeWell.includes(scope) && isQuiet(scope, look))
        violated(`${scope} suffered from elsewhere: ${error}`);
      const isOvertaken = report.notes.some((note) => note.startsWith(`${scope}: another tick`));
      if (complete && look !== undefined && !isOvertaken) checkSight(run, scope, seq, look);
    }
  }

  function isQuiet(scope: string, look: Look | undefined): boolean {
    return look !== undefined && fleets.get(scope)?.isQuietSince(look.first) === true;
  }

  /** After a complete look, all that stood still in front of it is known as it is. */
  function checkSight({ tickId }: LivingRun, scope: string, seq: number, look: Look): void {
    const journal = journalOf(scope);
    const fleet = fleets.get(scope);
    // Another run has written since; what was known at `seq` is looked at no more.
    if (fleet === undefined || journal.commits.length !== seq) return;
    const own = journal.commits.filter((commit) => commit.tickId === tickId);
    const changes = own.flatMap((commit) => commit.changes);
    const appeared = new Set(changes.filter(({ from }) => from === null).map(idOf));
    const released = changes.filter(({ to }) => to === null).length;
    const stale: string[] = [];
    let gone = released;
    for (const [id, status] of journal.state) {
      const life = fleet.life(id);
      if (life === undefined || appeared.has(id)) continue;
      const actual = constantStatus(life, look.first, look.last);
      if (life.states.at(-1)?.status === null) gone += 1;
      if (actual === null) stale.push(id);
      else if (actual !== undefined && actual !== status) {
        violated(`${tickId} saw ${scope} whole and left ${id} at ${status}, but it was ${actual}`);
      }
    }
    const known = journal.state.size - appeared.size + released;
    const mayBeHeld = gone >= known || (gone >= 10 && gone >= 0.3 * known);
    if (stale.length > 0 && !mayBeHeld) {
      violated(`${tickId} saw ${scope} whole and did not release ${stale}`);
    }
    if (!look.wasLiedTo && isQuiet(scope, look)) {
      const missed = fleet.listing.filter(({ id }) => !journal.state.has(id));
      if (missed.length > 0)
        violated(`${tickId} saw ${scope} whole and missed ${missed.map(({ id }) => id)}`);
    }
  }

  return onReport;
}

function idOf({ instanceId }: StoredChange): string {
  return instanceId;
}
