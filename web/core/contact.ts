import type { Lost } from '../../shared/view/core/verdict.ts';

/** A view that works has answered by then. */
export const SILENT_MS = 20_000;
/** A reader who comes back after hours is not alarmed before the first answer had its time. */
export const WAKE_MS = 5_000;

/** What the page knows of its contact with the view; all times by the clock of this machine. */
interface Contact {
  /** Null: the last poll was answered, or a single one was not. */
  readonly lost: Lost | null;
  readonly answeredAtMs: number;
  /** When an answer is overdue. */
  readonly answerDueMs: number;
  /** The view's clock, less that of this machine. */
  readonly clockAheadMs: number;
}

/**
 * Whether the view does not answer, by the clock of the view. Lost packets and a machine that slept
 * give no error for a while: then the page must not be calm either. A hidden page is woken seldom by
 * its browser, and says so when it is seen.
 */
export function lostContact(
  { lost, answeredAtMs, answerDueMs, clockAheadMs }: Contact,
  nowMs: number,
  isVisible: boolean,
): Lost | null {
  if (lost !== null) return { ...lost, sinceMs: lost.sinceMs + clockAheadMs };
  if (!isVisible || nowMs <= answerDueMs) return null;
  return { sinceMs: answeredAtMs + clockAheadMs, problem: '', status: 0, code: '' };
}
