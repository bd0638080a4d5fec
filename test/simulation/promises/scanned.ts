import type { WatchReport } from '../../../shared/watch/report.ts';
import type { Address } from '../addresses.ts';
import { constantStatus } from '../fleet.ts';
import type { LivingRun, Observation } from '../run.ts';
import type { FunctionPast } from './informed.ts';
import type { SpoiledDuring } from './spoiled.ts';
import type { StoredChange } from './stored.ts';
import type { Results, Truth } from './truth.ts';
import type { Written } from './written.ts';

/** What a run that ended by itself went through. */
export interface Circumstances extends SpoiledDuring {
  /** Scopes without a fault of their own during the run. */
  readonly faultless: readonly string[];
  /** Channel → where the run was configured to send to. */
  readonly addresses: ReadonlyMap<string, Address>;
  readonly past: FunctionPast;
  /** From the beginning to the end of the run, whose clock did not jump meanwhile. */
  readonly isStoreGone: boolean;
}

/** Called when a run ends by itself. */
export type OnReport = (run: LivingRun, report: WatchReport, circumstances: Circumstances) => void;

/** After a complete scan, the journal has the true status of every instance that did not change. */
export function scanPromises(
  { fleets }: Truth,
  { journalOf, roundOf }: Written,
  { violated }: Results,
): OnReport {
  function onReport(run: LivingRun, report: WatchReport, { faultless }: Circumstances): void {
    for (const { scope, ok, complete, seq, error } of report.scopes) {
      const observation = run.observations.get(scope);
      if (!ok && faultless.includes(scope) && isQuiet(scope, observation))
        violated(`${scope} failed without a fault of its own: ${error}`);
      const isOvertaken = report.notes.some((note) => note.startsWith(`${scope}: another tick`));
      if (complete && observation !== undefined && !isOvertaken)
        checkScan(run, scope, seq, sinceStart(run, scope, observation));
    }
  }

  /** A scan may have begun with an earlier run. */
  function sinceStart(run: LivingRun, scope: string, own: Observation): Observation {
    const round = roundOf(scope, run);
    if (round === undefined) return own;
    return {
      ...own,
      first: Math.min(own.first, round.first),
      hadFalseAnswers: own.hadFalseAnswers || round.hadFalseAnswers,
      isHidden: own.isHidden || round.isHidden,
    };
  }

  function isQuiet(scope: string, observation: Observation | undefined): boolean {
    return observation !== undefined && fleets.get(scope)?.isQuietSince(observation.first) === true;
  }

  /** Compares the journal with the instances that did not change during the scan. */
  function checkScan(
    { tickId }: LivingRun,
    scope: string,
    seq: number,
    observation: Observation,
  ): void {
    const journal = journalOf(scope);
    const fleet = fleets.get(scope);
    // What a hidden fleet does cannot be known.
    if (observation.isHidden) return;
    fleet?.hiddenFrom.clear();
    // Another run has written since: the state at `seq` is no longer the newest.
    if (fleet === undefined || journal.commits.length !== seq) return;
    const own = journal.commits.filter((commit) => commit.tickId === tickId);
    const changes = own.flatMap((commit) => commit.changes);
    const appeared = new Set(changes.filter(({ from }) => from === null).map(idOf));
    const released = changes.filter(({ to }) => to === null).length;
    const stale: string[] = [];
    let gone = released;
    for (const [id, status] of journal.state) {
      const instance = fleet.instance(id);
      if (instance === undefined || appeared.has(id)) continue;
      const actual = constantStatus(instance, observation.first, observation.last);
      if (instance.states.at(-1)?.status === null) gone += 1;
      if (actual === null) stale.push(id);
      else if (actual !== undefined && actual !== status) {
        violated(
          `${tickId} scanned all of ${scope} and left ${id} at ${status}, but it was ${actual}`,
        );
      }
    }
    const known = journal.state.size - appeared.size + released;
    const mayBeHeld = gone >= known || (gone >= 10 && gone >= 0.3 * known);
    if (stale.length > 0 && !mayBeHeld) {
      violated(`${tickId} scanned all of ${scope} and did not release ${stale}`);
    }
    if (!observation.hadFalseAnswers && isQuiet(scope, observation)) {
      const missed = fleet.listing.filter(({ id }) => !journal.state.has(id));
      if (missed.length > 0)
        violated(`${tickId} scanned all of ${scope} and missed ${missed.map(({ id }) => id)}`);
    }
  }

  return onReport;
}

function idOf({ instanceId }: StoredChange): string {
  return instanceId;
}
