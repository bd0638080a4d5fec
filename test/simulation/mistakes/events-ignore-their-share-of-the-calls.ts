import type * as real from '../../../shared/watch/core/push-share.ts';

export const pushCallsPerMinute: typeof real.pushCallsPerMinute = (callsPerMinute) =>
  callsPerMinute;
