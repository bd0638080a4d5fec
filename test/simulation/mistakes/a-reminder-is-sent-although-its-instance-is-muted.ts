import * as real from '../../../shared/delivery/core/news/reminders.ts';

export const remindersOf: typeof real.remindersOf = (due, pending, { manner, ...rest }) => {
  const { policy, ...others } = manner;
  const unmuted = policy === undefined ? others : { ...others, policy: { ...policy, mutes: [] } };
  return real.remindersOf(due, pending, { manner: unmuted, ...rest });
};
