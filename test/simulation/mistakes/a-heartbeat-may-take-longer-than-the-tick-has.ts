import type * as real from '../hooks.ts';

export const portsOf: typeof real.portsOf = ({ heartbeat, ...ports }) => ({
  ...ports,
  ...(heartbeat && { heartbeat: () => heartbeat(60_000) }),
});
