import type { Report, ReportedInstance } from './model.ts';
import { isoTime } from './time.ts';

/** A report as programs see it: the same, with times that they can read. */
export interface ReportJson
  extends Omit<Report, 'fromMs' | 'untilMs' | 'longest' | 'most' | 'ticks'> {
  readonly from: string;
  readonly until: string;
  readonly longest: readonly ReportedInstanceJson[];
  readonly most: readonly ReportedInstanceJson[];
  readonly ticks?: Omit<NonNullable<Report['ticks']>, 'sinceMs'> & { readonly since: string };
}

export interface ReportedInstanceJson extends Omit<ReportedInstance, 'sinceMs'> {
  readonly since?: string;
}

/** The fields of a report alone, of a notice that carries more. */
export function reportJson(report: Report): ReportJson {
  const { per, fromMs, untilMs, changes, outcomes, isCut, unread } = report;
  const { instances, stopped, longest, flapping, most, ticks, channels } = report;
  return {
    per,
    from: isoTime(fromMs),
    until: isoTime(untilMs),
    changes,
    outcomes,
    ...(isCut && { isCut }),
    ...(unread !== undefined && { unread }),
    instances,
    stopped,
    longest: longest.map(instanceJson),
    flapping,
    most: most.map(instanceJson),
    ...(ticks !== undefined && { ticks: ticksJson(ticks) }),
    channels,
  };
}

function ticksJson({ sinceMs, ...ticks }: NonNullable<Report['ticks']>) {
  return { since: isoTime(sinceMs), ...ticks };
}

function instanceJson({ sinceMs, ...rest }: ReportedInstance): ReportedInstanceJson {
  return { ...rest, ...(sinceMs !== undefined && { since: isoTime(sinceMs) }) };
}

/** The way back. */
export function reportIn({ from, until, longest, most, ticks, ...rest }: ReportJson): Report {
  return {
    ...rest,
    fromMs: Date.parse(from),
    untilMs: Date.parse(until),
    longest: longest.map(instanceIn),
    most: most.map(instanceIn),
    ...(ticks !== undefined && { ticks: ticksIn(ticks) }),
  };
}

function ticksIn({ since, ...ticks }: NonNullable<ReportJson['ticks']>) {
  return { sinceMs: Date.parse(since), ...ticks };
}

function instanceIn({ since, ...rest }: ReportedInstanceJson): ReportedInstance {
  return { ...rest, ...(since !== undefined && { sinceMs: Date.parse(since) }) };
}
