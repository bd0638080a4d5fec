import type { Commit } from '../../shared/core/model.ts';
import { WATCHER } from '../../shared/core/watcher-journal.ts';
import { lastDueMs, scheduleIn } from '../../shared/watch/core/periodic/schedule.ts';
import { makeReport } from '../../shared/watch/periodic-report.ts';
import { fleetNow } from './fleet-now.ts';
import type { Trial } from './trial.ts';

/** What is not configured is previewed as a daily report. */
const ANY_REPORT = 'daily 09:00';

/** The next report, as far as its time has come. Nothing says of a command how its ticks have done. */
export async function reportNow(trial: Trial, nowMs: number): Promise<Commit> {
  const { config, ports, reader, deadlineMs } = trial;
  const schedule = config.report ?? scheduleIn(ANY_REPORT, config.wording.timeZone);
  if (schedule === undefined) throw new RangeError(`${ANY_REPORT} is no schedule`);
  const views = await fleetNow(trial, nowMs);
  const seen = views.map(({ scope, snapshot, health }) => {
    return { scope, instances: snapshot.instances, tallies: health?.tallies };
  });
  const period = { fromMs: lastDueMs(schedule, nowMs), untilMs: nowMs };
  const made = await makeReport(
    { ...ports, journal: reader },
    schedule.per,
    period,
    seen,
    deadlineMs,
  );
  const notice = { kind: 'report', ...made, failing: {} } as const;
  const common = { atMs: nowMs, previousAtMs: null, tickId: 'notify', changes: [] };
  return { scope: WATCHER.key, seq: 1, ...common, notice };
}
