import type { NewsItem } from '../feed.ts';
import type { ScopeView } from '../fleet.ts';
import type { ChannelHealth } from '../health-json.ts';
import type { PageQuery } from '../queries/page.ts';
import type { PlainWords } from './words/words.ts';

/** Everything that the page shows. */
export interface PageData {
  readonly nowMs: number;
  readonly words: PlainWords;
  readonly views: readonly ScopeView[];
  readonly query: PageQuery;
  /** Newest first. */
  readonly recent: readonly NewsItem[];
  readonly channels: readonly ChannelHealth[];
  /** No page of the ECS console shows the instances. */
  readonly withoutConsole?: boolean | undefined;
}
