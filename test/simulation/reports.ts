import { type ReportSchedule, scheduleIn } from '../../shared/watch/core/periodic/schedule.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;
/** 10:30, in the middle of a history of the usual length. */
export const REPORT_MINUTE_OF_DAY = 10 * 60 + 30;

/** When reports of a history are due. */
export function drawSchedule(areReportsDue: boolean): { readonly report?: ReportSchedule } {
  const report = areReportsDue ? scheduleIn('daily 10:30', 'UTC') : undefined;
  return report === undefined ? {} : { report };
}
