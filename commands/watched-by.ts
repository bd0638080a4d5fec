import type { WatchConfig } from '../shared/config/watch.ts';
import type { Scope } from '../shared/core/model.ts';
import type { Stored, Unreadable } from '../shared/core/stored.ts';
import { listedScopes } from '../shared/core/target.ts';
import type { WatchList } from '../shared/core/watch-list.ts';
import type { JournalReader } from '../shared/ports/journal.ts';

/** What the watcher watches, as far as it is known without asking ECS. */
export interface Watched {
  readonly scopes: readonly Scope[];
  /** Why the list that the watcher has stored cannot be used; null: it can, or there is none. */
  readonly problem: string | null;
}

function unreadableList({ unreadable }: Unreadable): string {
  return (
    'the list of what is watched (state table, scope watcher, item scopes) cannot be read: ' +
    `${unreadable}. The next cold tick replaces it`
  );
}

/** Before the first tick, there is no list yet. */
function emptiness(stored: Stored<WatchList> | undefined, scopes: readonly Scope[]): string | null {
  if (stored === undefined || scopes.length > 0) return null;
  return 'nothing is watched: no region is left by WATCH_REGIONS, its allow and deny lists, and WATCH_CONFIG';
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
  const scopes = [...new Map(all.map((scope) => [scope.key, scope])).values()];
  return { scopes, problem: isReadable ? emptiness(stored, scopes) : unreadableList(stored) };
}
