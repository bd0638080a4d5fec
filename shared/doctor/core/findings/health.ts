import {
  conditionOf,
  HEALTH_LIMITS,
  type Health,
  type HealthLimits,
  NEW_HEALTH,
  staleAfterMs,
} from '../../../core/health.ts';
import { roundProgress } from '../../../core/round.ts';
import type { Stored } from '../../../core/stored.ts';
import { counted } from '../../../core/text.ts';
import { duration, isoTime, MAX_CLOCK_DIFFERENCE_MS } from '../../../core/time.ts';
import { clean, type Finding, note, problem } from '../finding.ts';

export function* examineHealth(
  stored: Stored<Health> | null,
  nowMs: number,
  limits: HealthLimits = HEALTH_LIMITS,
): Generator<Finding> {
  if (stored !== null && 'unreadable' in stored) {
    yield problem(
      'health-unreadable',
      `The health of the ticks (column health of the head row) cannot be read: ${clean(stored.unreadable)}.`,
      'The next cold tick replaces it by what the journal says. No change is lost.',
    );
    return;
  }
  yield* examineLastGood(stored?.value ?? NEW_HEALTH, nowMs, limits);
  const { failures, failingSinceMs: sinceMs, reason, lastGoodAtMs } = stored?.value ?? NEW_HEALTH;
  if (failures > 0) {
    const first = lastGoodAtMs === null ? 'No scan of this scope has ever been complete. ' : '';
    const since = sinceMs === null ? '' : `, since ${isoTime(sinceMs)}`;
    // Below the limit, as everywhere, it may pass by itself.
    const isHealthy = conditionOf(stored?.value, nowMs, limits) === 'healthy';
    yield (isHealthy ? note : problem)(
      'failing',
      `${first}The last ${failures === 1 ? 'scan was' : `${failures} scans were`} not complete${since}: ${reason === null ? 'no reason is stored' : clean(reason)}.`,
      'Meanwhile no release is announced. The next complete scan ends the failure: an ECS or a network that is down needs nothing else, any other reason has to be dealt with.',
      { failures, sinceMs, reason },
    );
  }
  const hold = stored?.value.hold ?? null;
  if (hold !== null) {
    yield problem(
      'hold',
      `${counted(hold.missing, 'instance')} vanished at once, and ${hold.missing === 1 ? 'its' : 'their'} release is held since ${isoTime(hold.sinceMs)} (${hold.scans} scans agree).`,
      'If they were released, that is announced when enough scans and a second proof agree. If not, check the permissions of the role of the watch function.',
      { ...hold },
    );
  }
}

function* examineLastGood(health: Health, nowMs: number, limits: HealthLimits): Generator<Finding> {
  const { lastGoodAtMs, round, failures } = health;
  if (lastGoodAtMs === null && round !== undefined) {
    const { seen, of, since } = roundProgress(round);
    yield note(
      'first-round',
      `The first scan goes on over several ticks: it has seen ${seen} of ${counted(of, 'instance')} since ${since}.`,
      'The baseline is complete when the scan is. A larger ECS_CALLS_PER_MINUTE, or more time for the function, makes it shorter.',
      { seen, of },
    );
  } else if (lastGoodAtMs === null) {
    // The failure has a finding of its own, with its reason.
    if (failures > 0) return;
    yield problem(
      'never-good',
      'No scan of this scope has ever been complete, so it has no baseline yet.',
      'Look for the cause in the log of the watch function.',
    );
  } else if (lastGoodAtMs > nowMs + MAX_CLOCK_DIFFERENCE_MS) {
    yield problem(
      'clock-ahead',
      `The last good scan is dated ${isoTime(lastGoodAtMs)}, which is in the future: the clock of the watcher or of this machine is wrong.`,
      'Set the clock. Until then, a watcher that stops goes unnoticed.',
      { lastGoodAtMs },
    );
  } else if (nowMs - lastGoodAtMs > staleAfterMs(health, limits)) {
    const ageMs = nowMs - lastGoodAtMs;
    yield problem(
      'stale',
      `The last good scan ended ${duration(ageMs)} ago (${isoTime(lastGoodAtMs)}): the watcher does not run, or its scans fail.`,
      'Check that the timer of the watch function fires, and look at its log.',
      { lastGoodAtMs, ageMs },
    );
  }
}
