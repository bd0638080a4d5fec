import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { channelPolicy } from '../../shared/delivery/core/policy/policy.ts';
import { remindersIn } from '../../shared/watch/core/periodic/reminders.ts';
import { dueReminder } from '../../shared/watch/reminder.ts';
import { aChannel } from '../delivery/deliveries.ts';
import { MINUTE_MS, SCOPE } from '../helpers/examples.ts';

const DUE_MS = Date.UTC(2026, 10, 22, 8);

it('is looked for only where a chat has not had it, and may be sent one', async () => {
  const remind = remindersIn('every 4h', 'UTC');
  const fallbacks = [{ channel: 'pay', to: 'backup', afterMs: MINUTE_MS }];
  const policy = channelPolicy('backup', { routes: [], mutes: [], fallbacks, version: '1' });
  const said = { ...NEW_CHANNEL, remindedMs: DUE_MS };
  // A chat that was reminded at 09:00, before the times were changed.
  const later = { ...NEW_CHANNEL, remindedMs: DUE_MS + MINUTE_MS };
  const ofAWrongClock = { ...NEW_CHANNEL, remindedMs: DUE_MS + 100 * MINUTE_MS };
  const resting = { kind: 'resting', scope: SCOPE, head: { health: { seq: 3 } } };
  const reminderOf = (state: typeof NEW_CHANNEL) =>
    dueReminder(
      {
        journal: {} as never,
        channels: [
          aChannel('ops'),
          { ...aChannel('backup'), policy },
          aChannel('hook', { style: 'commits' }),
        ],
      },
      {
        ...(remind && { remind }),
        startMs: DUE_MS + 5 * MINUTE_MS,
        memory: { channels: new Map([['ops', state]]) },
      } as never,
      [resting] as never,
    );

  expect(await reminderOf(said)).toBeUndefined();
  expect(await reminderOf(later)).toBeUndefined();
  expect(await reminderOf(NEW_CHANNEL)).toEqual({ dueMs: DUE_MS, stops: [] });
  expect(await reminderOf(ofAWrongClock)).toEqual({ dueMs: DUE_MS, stops: [] });
});
