import type * as real from '../hooks.ts';

export const portsOf: typeof real.portsOf = (ports) => ({
  ...ports,
  channels: ports.channels.map((channel) => ({
    ...channel,
    send: async (...args) => {
      const outcome = await channel.send(...args);
      const isUnreached = outcome.kind === 'retry' && outcome.reason === 'ECONNREFUSED';
      return isUnreached ? { ...outcome, lost: true } : outcome;
    },
  })),
});
