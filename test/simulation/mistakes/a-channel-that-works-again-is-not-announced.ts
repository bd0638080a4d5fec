import * as real from '../../../shared/core/watcher-journal.ts';

export const channelNotices: typeof real.channelNotices = (failing, channels, nowMs) =>
  real.channelNotices(failing, channels, nowMs).filter(({ kind }) => kind !== 'channel-recovered');
