import { DAY_MS, REPORT_MINUTE_OF_DAY } from '../reports.ts';
import type { LivingRun } from '../run.ts';
import type { StoredReport } from './stored.ts';
import type { Results, Truth } from './truth.ts';
import type { Written } from './written.ts';

const MINUTE_MS = 60_000;
/** The statuses that pass by themselves are in no report. */
const PASSING: readonly (string | null)[] = ['Pending', 'Starting', 'Stopping'];
/** A report reaches no further back. */
const LONGEST_MS = 31 * DAY_MS;

/** Reports follow one another without a gap, each is made once, and each counts its own time. */
export function reportPromises(
  { fleets, isClockRight, isRowsRight, areReportsDue }: Truth,
  written: Written,
  { tally, violated }: Results,
) {
  let lastGoodRunMs = 0;
  /** A run that stores nothing is not known of later: to the watcher, reports are configured since this one. */
  let firstGoodRunMs: number | undefined;

  /** Time and again, apart from zones: the simulation has UTC only. */
  function dueMs(ms: number): number {
    const offsetMs = REPORT_MINUTE_OF_DAY * MINUTE_MS;
    return Math.floor((ms - offsetMs) / DAY_MS) * DAY_MS + offsetMs;
  }

  function changesIn({ fromMs, untilMs }: StoredReport): number {
    return [...fleets.keys()]
      .flatMap((scope) => written.journalOf(scope).commits)
      .filter(({ notice, atMs }) => notice === undefined && atMs >= fromMs && atMs < untilMs)
      .flatMap(({ changes }) => changes)
      .filter(({ to }) => !PASSING.includes(to)).length;
  }

  return {
    onReport({ startMs }: LivingRun, isGood: boolean): void {
      if (!isGood) return;
      firstGoodRunMs ??= startMs;
      lastGoodRunMs = startMs;
    },
    checkEnd(): void {
      const reports = written
        .journalOf('watcher')
        .commits.flatMap(({ seq, notice }) =>
          notice?.kind === 'report' ? [{ seq, report: notice as unknown as StoredReport }] : [],
        );
      tally.reports += reports.length;
      if (!areReportsDue && reports.length > 0) violated('a report was made that no one wants');
      if (!isClockRight || !isRowsRight || !areReportsDue) return;
      let endMs: number | undefined;
      for (const { seq, report } of reports) {
        const { fromMs, untilMs, changes, unread } = report;
        const beginMs = endMs ?? untilMs - DAY_MS;
        if (untilMs !== dueMs(untilMs)) violated(`report watcher/${seq} was not due then`);
        if (fromMs !== Math.max(beginMs, untilMs - LONGEST_MS) || untilMs <= fromMs)
          violated(`report watcher/${seq} is of another time than that since the last one`);
        const counted = changesIn(report);
        if (unread === undefined && changes !== counted)
          violated(`report watcher/${seq} counts ${changes} changes of ${counted}`);
        endMs = untilMs;
      }
      const lastMs = dueMs(lastGoodRunMs - MINUTE_MS);
      if (firstGoodRunMs !== undefined && firstGoodRunMs < lastMs && (endMs ?? 0) < lastMs)
        violated(`no report until ${new Date(lastMs).toISOString()} was made`);
    },
  };
}
