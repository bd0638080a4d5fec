/** The watcher looks once a minute, and an answer that says "nothing new" costs little. */
const VISIBLE_MS = 5_000;
/** Of a tab in the background only the title and the icon are seen. */
const HIDDEN_MS = 60_000;
/** The first repetition after a failure, and the longest wait. */
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

export interface PollState {
  readonly isVisible: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** 0 to 1. */
  readonly jitter: number;
}

/**
 * How long to wait until the next poll. A view that fails is asked less and less often, and at times
 * that differ, so that a hundred open pages do not come back at once.
 */
export function pollDelayMs({ isVisible, failures, jitter }: PollState): number {
  const usualMs = isVisible ? VISIBLE_MS : HIDDEN_MS;
  if (failures === 0) return usualMs;
  const retryMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
  const wait = retryMs * (0.5 + jitter / 2);
  return isVisible ? wait : Math.max(wait, usualMs);
}
