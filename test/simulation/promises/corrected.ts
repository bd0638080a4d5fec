import type { WatchReport } from '../../../shared/watch/report.ts';
import type { LivingRun } from '../run.ts';
import type { Circumstances } from './scanned.ts';
import type { Results, Truth } from './truth.ts';

/** How many commits are still to be delivered to a channel at once. */
export type Backlog = (channel: string) => number;

/** A corrected address is tried by the next run, however long the wrong one was to be left alone. */
export function addressPromises(
  { fleets, isClockRight }: Truth,
  backlogOf: Backlog,
  { violated }: Results,
) {
  return function onReport(
    run: LivingRun,
    { scopes }: WatchReport,
    { faultless, addresses, harm }: Circumstances,
  ): void {
    // A claim that a wrong clock has left is waited for; a store that fails stops the delivery.
    const isUndisturbed = isClockRight && faultless.length === fleets.size;
    if (!isUndisturbed || scopes.some(({ ok }) => !ok)) return;
    for (const [channel, { isCorrection, isTried }] of addresses) {
      if (harm.channels.has(channel)) continue;
      if (isCorrection && !isTried && backlogOf(channel) > 0)
        violated(`${run.tickId} did not try the corrected address of ${channel}`);
    }
  };
}
