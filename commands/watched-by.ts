import type { WatchConfig } from '../shared/config/watch.ts';
import type { Scope } from '../shared/core/model.ts';
import { listedScopes } from '../shared/core/target.ts';
import type { JournalReader } from '../shared/ports/journal.ts';

/** What the watcher watches, as far as it is known without asking ECS. */
export interface Watched {
  readonly scopes: readonly Scope[];
  /** Why the list that the watcher has stored cannot be used; null: it can, or there is none. */
  readonly problem: string | null;
}

/** The scopes that the configuration names, and those that the watcher has stored. */
export async function watchedBy(
  journal: Pick<JournalReader, 'watchList'>,
  { targets }: Pick<WatchConfig, 'targets'>,
): Promise<Watched> {
  const stored = await journal.watchList();
  const isReadable = stored === undefined || 'value' in stored;
  const known = stored !== undefined && 'value' in stored ? stored.value.scopes : [];
  const all = [...known, ...listedScopes(targets)];
  return {
    scopes: [...new Map(all.map((scope) => [scope.key, scope])).values()],
    problem: isReadable
      ? null
      : 'the list of what is watched (state table, scope watcher, item scopes) cannot be read: ' +
        `${stored.unreadable}. The next cold tick replaces it`,
  };
}
