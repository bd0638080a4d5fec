import type * as real from '../hooks.ts';

export const portsOf: typeof real.portsOf = (ports) => ({
  ...ports,
  channels: ports.channels.map((channel) => ({
    ...channel,
    send: (message, ...rest) => channel.send({ ...message, isRepeat: false }, ...rest),
  })),
});
