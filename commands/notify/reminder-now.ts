import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { Message } from '../../shared/core/message.ts';
import type { DueReminder } from '../../shared/delivery/core/news/due-reminder.ts';
import { plan } from '../../shared/delivery/core/plan.ts';
import { isFallback } from '../../shared/delivery/core/policy/policy.ts';
import type { ServedChannel } from '../../shared/delivery/run.ts';
import type { ScopeView } from '../../shared/view/core/fleet.ts';
import {
  type ReminderSchedule,
  remindersIn,
  stopsIn,
} from '../../shared/watch/core/periodic/reminders.ts';
import { fleetNow } from './fleet-now.ts';
import type { Trial } from './trial.ts';

/** What is not configured is previewed as a reminder that comes so often. */
const ANY_REMINDER = 'every 4h';

/** A reminder that is due now, of the fleet as the last tick has seen it. */
export async function reminderNow(trial: Trial, nowMs: number): Promise<DueReminder> {
  const { config } = trial;
  const schedule = config.remind ?? remindersIn(ANY_REMINDER, config.wording.timeZone);
  if (schedule === undefined) throw new RangeError(`${ANY_REMINDER} is no schedule`);
  return { dueMs: nowMs, stops: stopsOf(await fleetNow(trial, nowMs), schedule, nowMs) };
}

/** The instances of a fleet that would be reminded of, by scope. */
export function stopsOf(
  fleet: readonly Pick<ScopeView, 'scope' | 'snapshot' | 'health'>[],
  schedule: Pick<ReminderSchedule, 'everyMinutes'>,
  nowMs: number,
): DueReminder['stops'] {
  return fleet.flatMap(({ scope, snapshot: { seq, instances }, health }) => {
    // Of a fleet that has vanished, what it was like before proves nothing.
    if (health === undefined || health.hold !== null) return [];
    return stopsIn({ scope: scope.key, seq, instances }, schedule, nowMs) ?? [];
  });
}

/** The message that a channel would be sent if nothing else were to be said, or why there is none. */
export function reminderPreviewOf(
  channel: ServedChannel,
  reminder: DueReminder,
  nowMs: number,
): { readonly message: Message } | { readonly why: string } {
  if (channel.style !== 'digest') return { why: 'only chats are reminded' };
  if (isFallback(channel.policy))
    return { why: 'it is a fallback, and has nothing of its own to say' };
  const next = plan(channel, NEW_CHANNEL, new Map(), { tickId: 'preview', nowMs, reminder });
  if (next.kind === 'send') return { message: next.message };
  const isAnyStopped = reminder.stops.length > 0;
  return {
    why: isAnyStopped
      ? 'its routes send it no stop of these instances as bad, or a mute or a note covers them'
      : 'no instance has been stopped for a whole period',
  };
}
