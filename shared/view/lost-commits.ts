import type { Commit, Scope } from '../core/model.ts';
import type { Head } from '../ports/journal.ts';
import { BEGINNING, type FeedPositions } from './core/feed.ts';
import type { ChangesStart } from './core/queries/changes.ts';
import { keptSince, SHORTEST_RETENTION_MS } from './core/retention.ts';
import type { ViewPorts } from './ports.ts';

/** What an answer was read from, oldest first. */
export interface ForwardRead {
  readonly scopes: readonly Scope[];
  readonly start: ChangesStart;
  readonly begin: FeedPositions;
  /** Scope key → the first commit that was read. */
  readonly firsts: ReadonlyMap<string, Commit>;
  /** Scope key → the head as it was before the commits were read. */
  readonly heads: ReadonlyMap<string, Head | undefined>;
}

/** Commits that were to be given and are not kept, and from when on all are. */
export interface LostCommits {
  readonly scopes: readonly string[];
  readonly keptSinceMs: number;
}

type Ports = Pick<ViewPorts, 'journal' | 'now'>;

/** Null: nothing is missing between where the answer begins and what was read. */
export async function lostCommits(ports: Ports, read: ForwardRead): Promise<LostCommits | null> {
  const { scopes, start } = read;
  const isLacking = 'timeMs' in start ? beginsLater : lacksNext;
  const lacking = await Promise.all(scopes.map((scope) => isLacking(ports, scope, read)));
  const keys = scopes.filter((_, index) => lacking[index]).map(({ key }) => key);
  if (keys.length === 0) return null;
  const nowMs = ports.now();
  if ('timeMs' in start && start.timeMs >= nowMs - SHORTEST_RETENTION_MS) return null;
  const oldest = await Promise.all(
    scopes.map(async (scope) => (await ports.journal.after(scope, 0, 1))[0]),
  );
  const keptSinceMs = keptSince(oldest, nowMs);
  if ('timeMs' in start && start.timeMs >= keptSinceMs) return null;
  return { scopes: keys, keptSinceMs };
}

/** Does the journal no longer hold what follows a cursor? */
async function lacksNext(
  { journal }: Ports,
  scope: Scope,
  { begin, firsts, heads }: ForwardRead,
): Promise<boolean> {
  const { seq } = begin.get(scope.key) ?? BEGINNING;
  // Nothing was given of this journal yet. Whatever it still holds is what follows.
  if (seq === BEGINNING.seq) return false;
  const first = firsts.get(scope.key);
  if (first !== undefined) return first.seq > seq;
  const knownSeq = headSeq(heads.get(scope.key));
  if (knownSeq >= seq - 1) return knownSeq >= seq;
  const lastSeq = await journal.lastSeq(scope);
  // Where nothing is stored, all commits may have expired since the cursor was given.
  return lastSeq < seq - 1 && Math.max(lastSeq, knownSeq) > 0;
}

/** Are the first commits of a journal gone, and is the time from which to read before all that are left? */
async function beginsLater(
  _: Ports,
  { key }: Scope,
  { begin, firsts, heads }: ForwardRead,
): Promise<boolean> {
  if ((begin.get(key) ?? BEGINNING).seq > BEGINNING.seq) return false;
  const first = firsts.get(key);
  return first === undefined ? headSeq(heads.get(key)) > 0 : first.seq > BEGINNING.seq;
}

function headSeq(head: Head | undefined): number {
  return Math.max(head?.checkpoint?.seq ?? 0, head?.health.seq ?? 0);
}
