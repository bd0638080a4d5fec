import * as real from '../../../shared/watch/core/periodic/reminders.ts';

/** What was stopped once is said to be so, whatever its status is now. */
export const stopsIn: typeof real.stopsIn = (seen, ...rest) => {
  const instances = [...seen.instances].map(
    ([id, instance]) => [id, { ...instance, status: 'Stopped' }] as const,
  );
  return real.stopsIn({ ...seen, instances: new Map(instances) }, ...rest);
};
