import type * as real from '../../../shared/delivery/core/news/held-news.ts';

export const isAwaited: typeof real.isAwaited = () => false;
