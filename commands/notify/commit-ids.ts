import type { Commit, Scope } from '../../shared/core/model.ts';
import { accountAndRegionIn } from '../../shared/core/target.ts';
import type { JournalReader } from '../../shared/ports/journal.ts';

/** A recorded commit, and the place of one of its changes where the id names one. */
export interface Recorded {
  readonly commit: Commit;
  readonly index?: number;
}

/**
 * What an id names: `scope/seq` is a commit, `scope/seq/index` one of its changes. Undefined: nothing
 * of that name is recorded, or is kept any more.
 */
export async function findRecorded(
  journal: JournalReader,
  id: string,
): Promise<Recorded | undefined> {
  const parts = id.split('/');
  const change = await commitAt(journal, parts.slice(0, -2), parts.at(-2));
  const index = /^\d{1,9}$/u.test(parts.at(-1) ?? '') ? Number(parts.at(-1)) : Number.NaN;
  if (change?.changes[index] !== undefined) return { commit: change, index };
  const commit = await commitAt(journal, parts.slice(0, -1), parts.at(-1));
  return commit && { commit };
}

async function commitAt(
  journal: JournalReader,
  scope: readonly string[],
  number = '',
): Promise<Commit | undefined> {
  if (scope.length === 0 || !/^[1-9]\d{0,15}$/u.test(number)) return undefined;
  const seq = Number(number);
  if (!Number.isSafeInteger(seq)) return undefined;
  const [commit] = await journal.after(scopeOf(scope.join('/')), seq - 1, 1);
  return commit?.seq === seq ? commit : undefined;
}

function scopeOf(key: string): Scope {
  const { account = key, regionId = '' } = accountAndRegionIn(key);
  return { key, account, regionId };
}
