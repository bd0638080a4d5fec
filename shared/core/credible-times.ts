import type { ChannelState } from './channel-state.ts';
import type { Health } from './health.ts';
import { isoTime, MAX_CLOCK_DIFFERENCE_MS } from './time.ts';

/**
 * How long writing the claim (6 s), waiting for the receiver's answer (10 s) and writing its record (1 s)
 * may take. After that, any run may take over a claim that is still there.
 */
export const CLAIM_MS = 18_000;

/** The longest that a channel waits after a failure: a quota of a day ends within it. */
export const MAX_BACK_OFF_MS = 24 * 60 * 60 * 1000;

/**
 * A state whose times may be waited for. A clock that was wrong, or a slip by hand, leaves times
 * that would keep the channel silent until they come. `ignored` names those, for people.
 */
export function withCredibleTimes(
  state: ChannelState,
  nowMs: number,
): { readonly state: ChannelState; readonly ignored: readonly string[] } {
  const { attemptedAtMs, claim, failingSinceMs, notBeforeMs, sentAtMs } = state;
  const latestMs = nowMs + MAX_CLOCK_DIFFERENCE_MS;
  // The clock that wrote the row was ahead. All its times are: the nearer ones only look credible.
  const isAhead = attemptedAtMs > latestMs;
  const ignored: string[] = isAhead ? [`the last attempt at ${isoTime(attemptedAtMs)}`] : [];
  const isIgnored = (what: string, ms: number, afterMs: number): boolean => {
    if (ms > afterMs) ignored.push(`${what} ${isoTime(ms)}`);
    return isAhead || ms > afterMs;
  };
  const isClaimIgnored =
    claim !== null && isIgnored('a claim until', claim.untilMs, latestMs + CLAIM_MS);
  const isPauseIgnored = isIgnored('a pause until', notBeforeMs, latestMs + MAX_BACK_OFF_MS);
  const lastSentMs = sentAtMs.reduce((last, sent) => Math.max(last, sent), 0);
  const areSendsIgnored = isIgnored('a message sent at', lastSentMs, latestMs);
  const isSinceIgnored = isIgnored('failures since', failingSinceMs ?? 0, latestMs);
  if (!isClaimIgnored && !isPauseIgnored && !areSendsIgnored && !isSinceIgnored) {
    return { state, ignored };
  }
  return {
    state: {
      ...state,
      // Its message may have arrived; only its time means nothing.
      claim: claim !== null && isClaimIgnored ? { ...claim, untilMs: 0 } : claim,
      failingSinceMs: isSinceIgnored ? null : failingSinceMs,
      notBeforeMs: isPauseIgnored ? 0 : notBeforeMs,
      sentAtMs: sentAtMs.filter((sent) => !isAhead && sent <= latestMs),
    },
    ignored,
  };
}

/**
 * A health whose times may be believed: a change would be said to have come after one that lies
 * ahead.
 */
export function healthWithCredibleTimes(
  health: Health,
  nowMs: number,
): { readonly health: Health; readonly ignored: readonly string[] } {
  const latestMs = nowMs + MAX_CLOCK_DIFFERENCE_MS;
  const ignored: string[] = [];
  const isAhead = (what: string, ms: number | null): boolean => {
    const isIgnored = ms !== null && ms > latestMs;
    if (isIgnored) ignored.push(`${what} ${isoTime(ms)}`);
    return isIgnored;
  };
  const { lastAttemptAtMs, lastGoodAtMs, lastGoodStartMs, failingSinceMs } = health;
  const credible: Health = {
    ...health,
    lastAttemptAtMs: isAhead('an attempt at', lastAttemptAtMs) ? nowMs : lastAttemptAtMs,
    lastGoodAtMs: isAhead('a scan until', lastGoodAtMs) ? null : lastGoodAtMs,
    lastGoodStartMs: isAhead('a scan from', lastGoodStartMs) ? null : lastGoodStartMs,
    failingSinceMs: isAhead('failures since', failingSinceMs) ? nowMs : failingSinceMs,
  };
  return { health: ignored.length === 0 ? health : credible, ignored };
}
