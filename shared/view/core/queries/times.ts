import { MAX_CLOCK_DIFFERENCE_MS } from '../../../core/time.ts';
import { type Parameter, patternParameter } from '../parameter.ts';
import type { ParameterReader } from '../parameters.ts';

export const TIME_FORMS = 'ISO 8601, or ms since 1970';
const MS_TIME = /^\d{1,15}$/u;
/** A date alone, or with a time and its zone: a time without a zone could mean any of them. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/u;

export function timeParameter(description: string): Parameter {
  const pattern = `${MS_TIME.source}|${ISO_TIME.source}`;
  return patternParameter(pattern, `${description} ${TIME_FORMS}.`, '2026-11-22T10:01Z');
}

export const PERIOD_PARAMETERS = {
  from: { ...timeParameter('Begin.'), required: true },
  to: timeParameter('End; without it, now.'),
} as const;

/**
 * A time that is not in the future, as far as the clocks of two machines agree; undefined where it is not
 * given.
 */
export function readPast<N extends string>(
  read: ParameterReader<N>,
  name: N,
  nowMs: number,
): number | undefined {
  const text = read.text(name);
  if (text === '') return undefined;
  const timeMs = timeIn(text);
  if (timeMs === undefined) read.refuse(`${name} is not a time (${TIME_FORMS})`);
  else if (timeMs > nowMs + MAX_CLOCK_DIFFERENCE_MS) read.refuse(`${name} is in the future`);
  return Math.min(timeMs ?? nowMs, nowMs);
}

/** A stretch of the past. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
  /** Does it end with the present, which is known without a search? */
  readonly endsNow: boolean;
}

/** `to` is now, if it is not given. */
export function readPeriod(
  read: ParameterReader<keyof typeof PERIOD_PARAMETERS>,
  nowMs: number,
): Period {
  const toMs = readPast(read, 'to', nowMs) ?? nowMs;
  const fromMs = readPast(read, 'from', nowMs);
  if (fromMs === undefined) read.refuse(`from is missing (${TIME_FORMS})`);
  else if (fromMs > toMs) read.refuse('from is later than to');
  return { fromMs: fromMs ?? toMs, toMs, endsNow: toMs === nowMs };
}

export function timeIn(text: string): number | undefined {
  if (MS_TIME.test(text)) return Number(text);
  // A plus sign in a query string is read as a space.
  const iso = text.replace(/ (?=\d\d:?\d\d$)/u, '+');
  const timeMs = ISO_TIME.test(iso) ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
