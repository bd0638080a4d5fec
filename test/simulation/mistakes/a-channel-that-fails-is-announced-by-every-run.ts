import * as real from '../../../shared/core/watcher-journal.ts';

export const channelNotices: typeof real.channelNotices = (_failing, channels, nowMs) =>
  real.channelNotices({}, channels, nowMs);
