import type { Commit, Scope } from '../core/model.ts';
import { rebuildsFrom } from '../core/rewind.ts';
import { isoTime } from '../core/time.ts';
import type { JournalReader } from '../ports/journal.ts';
import type { Problems } from './core/parameters.ts';
import { lengthOf } from './core/ways.ts';

/** Commits of all scopes that one request reads: a fortnight in which every minute had one. */
const MAX_COMMITS = 20_000;
/** Their changes, which are in memory at once: about 100 MB of a function of 512 MB. */
const MAX_CHANGES = 100_000;

/** What a request may still read; its scopes share it. */
export interface ReadBudget {
  commits: number;
  changes: number;
}

export function newBudget(): ReadBudget {
  return { commits: MAX_COMMITS, changes: MAX_CHANGES };
}

/** The budget as one way uses it, which returns what it took where it leads nowhere. */
export interface Loan extends ReadBudget {
  giveBack(): void;
}

export function loanOf(budget: ReadBudget): Loan {
  const taken = { commits: 0, changes: 0 };
  return {
    get commits() {
      return budget.commits;
    },
    set commits(left) {
      taken.commits += budget.commits - left;
      budget.commits = left;
    },
    get changes() {
      return budget.changes;
    },
    set changes(left) {
      taken.changes += budget.changes - left;
      budget.changes = left;
    },
    giveBack() {
      // Other scopes have used the same budget meanwhile.
      budget.commits += taken.commits;
      budget.changes += taken.changes;
    },
  };
}

/** The commits of a scope past `after`, up to `last`. */
export interface CommitSpan {
  readonly scope: Scope;
  readonly after: number;
  readonly last: number;
}

/** Why so many commits cannot be read; null: they can. */
export function excessOf(spans: readonly Pick<CommitSpan, 'after' | 'last'>[]): Problems | null {
  const count = spans.reduce((sum, span) => sum + lengthOf(span), 0);
  return count > MAX_COMMITS ? { problems: [tooMuch(`${count} commits`, MAX_COMMITS)] } : null;
}

/** All of these commits, oldest first, or why they cannot be read. */
export async function readSpan(
  journal: JournalReader,
  { scope, after, last }: CommitSpan,
  budget: ReadBudget,
): Promise<readonly Commit[] | string> {
  budget.commits -= last - after;
  if (budget.commits < 0) return tooMuch('too many commits', MAX_COMMITS);
  const commits: Commit[] = [];
  let reached = after;
  while (reached < last) {
    const page = await journal.nextAfter(scope, reached, last - reached);
    // A tick may have written further ones since the snapshot was read.
    const within = page.filter(({ seq }) => seq <= last);
    if (within.length === 0) break;
    for (const { changes, details = [] } of within)
      budget.changes -= changes.length + details.length;
    if (budget.changes < 0) return tooMuch('too many changes', MAX_CHANGES);
    commits.push(...within);
    reached = within.at(-1)?.seq ?? last;
  }
  return commits.length < last - after ? 'the commits since then are no longer kept' : commits;
}

/** Why commits cannot be undone, or applied to a state from before them; null: they can. */
export function breakIn(commits: readonly Commit[]): string | null {
  const rebuilt = commits.find((commit) => rebuildsFrom(commit) !== null);
  if (rebuilt === undefined) return null;
  return `its stored state was damaged, and what is known begins again at ${isoTime(rebuilt.atMs)}`;
}

function tooMuch(made: string, most: number): string {
  const words = `${made} lie between that time and what is stored, and one request reads ${most} at most`;
  return `${words}: ask for a later time, or narrow it by scope, region or account`;
}
