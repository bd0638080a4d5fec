import type * as real from '../../../shared/core/watcher-journal.ts';

export const resumedNotices: typeof real.resumedNotices = () => [];
