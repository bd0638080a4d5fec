import type { ChannelState } from '../../core/channel-state.ts';
import type { Commit } from '../../core/model.ts';
import type { Stored } from '../../core/stored.ts';
import type { ExportedScope } from './examine-export.ts';

/** A scope's journal in the store: 0 and null of an empty one. */
export interface StoredScope {
  /** The oldest commit that is kept. */
  readonly firstSeq: number | null;
  readonly lastSeq: number;
}

export type StoredChannels = ReadonlyMap<string, Stored<ChannelState>>;

/** Why the journals of an export do not continue those of a store, by their ends alone. */
export function conflicts(
  exported: ReadonlyMap<string, ExportedScope>,
  stored: ReadonlyMap<string, StoredScope>,
): readonly string[] {
  return [...exported].flatMap(([key, { firstSeq, seq }]) => {
    const { lastSeq = 0 } = stored.get(key) ?? {};
    if (lastSeq === 0) return [];
    if (lastSeq > seq) {
      return [`${key} has commit ${lastSeq} in the store, and the export ends at ${seq}`];
    }
    const begins = firstSeq ?? seq + 1;
    if (lastSeq < seq && lastSeq < begins) {
      return [
        `${key} ends at commit ${lastSeq} in the store, and the export begins at ${begins}: ` +
          'nothing shows that one continues the other',
      ];
    }
    return [];
  });
}

/** Why a commit of the store is not that of the export; undefined: it is. */
export function commitConflict(exported: Commit, stored: Commit | undefined): string | undefined {
  const { scope, seq, tickId } = exported;
  if (stored === undefined) return `commit ${scope}/${seq} is missing in the store`;
  if (canonical(exported) === canonical(stored)) return undefined;
  return `commit ${scope}/${seq} of the store is another one (of run ${stored.tickId}; in the export ${tickId})`;
}

/** Rows keep no order of fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
