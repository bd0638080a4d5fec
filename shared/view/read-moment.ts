import type { Scope, Snapshot } from '../core/model.ts';
import { EMPTY_SNAPSHOT } from '../core/model.ts';
import { rewind } from '../core/rewind.ts';
import { isoTime } from '../core/time.ts';
import { commitsPast } from '../journal/read.ts';
import type { JournalReader } from '../ports/journal.ts';
import { positionAfter } from './core/feed.ts';
import type { ScopeView } from './core/fleet.ts';
import type { Moment } from './core/moment.ts';
import { isInvalid, type Problems } from './core/parameters.ts';
import { seek } from './feed.ts';
import type { ViewPorts } from './ports.ts';
import { readFleet } from './read-fleet.ts';

/** Commits of a scope that one request undoes: a fortnight in which every minute had one. */
const MAX_UNDONE_COMMITS = 20_000;

/** Scopes as they stood at a moment, or why that cannot be said. */
export async function readFleetAt(
  ports: ViewPorts,
  scopes: readonly Scope[],
  moment: Moment,
): Promise<readonly ScopeView[] | Problems> {
  const views = await readFleet(ports, scopes);
  if (moment.kind === 'now') return views;
  const past = await Promise.all(views.map((view) => viewAt(ports, view, moment)));
  const problems = past.flatMap((one) => (isInvalid(one) ? one.problems : []));
  if (problems.length > 0) return { problems };
  return past.filter((one): one is ScopeView => !isInvalid(one));
}

async function viewAt(
  { journal, now }: ViewPorts,
  view: ScopeView,
  moment: Exclude<Moment, { kind: 'now' }>,
): Promise<ScopeView | Problems> {
  const { scope, snapshot } = view;
  const seq =
    moment.kind === 'seqs'
      ? (moment.seqs.get(scope.key) ?? 0)
      : await seqAt(journal, scope, snapshot, moment.timeMs);
  if (typeof seq === 'string') return { problems: [`${scope.key}: ${seq}`] };
  if (seq > snapshot.seq) return { problems: [`${scope.key} has lost commits since the cursor`] };
  if (snapshot.seq - seq > MAX_UNDONE_COMMITS) {
    const since = snapshot.seq - seq;
    const most = `one request goes back over ${MAX_UNDONE_COMMITS} at most`;
    return { problems: [`${scope.key}: ${since} commits were made since then; ${most}`] };
  }
  const later = seq === snapshot.seq ? [] : await commitsPast(journal, scope, seq);
  const past = rewind(
    snapshot,
    // A tick may have written further ones since the snapshot was read.
    later.filter((commit) => commit.seq <= snapshot.seq),
  );
  if (moment.kind === 'seqs') return { ...view, snapshot: past };
  return { ...view, snapshot: past, freshness: freshnessAt(view, moment.timeMs, now()) };
}

/** What a journal says of a moment is final, however the watcher is now. */
function freshnessAt({ freshness }: ScopeView, timeMs: number, nowMs: number) {
  return {
    ...freshness,
    asOf: isoTime(timeMs),
    ageSeconds: Math.floor((nowMs - timeMs) / 1000),
    stale: false,
  };
}

/**
 * The last commit of a scope that was made by a time; 0: it was not watched yet. A text: the commits
 * of that time are no longer kept.
 */
async function seqAt(
  journal: JournalReader,
  scope: Scope,
  snapshot: Snapshot,
  timeMs: number,
): Promise<number | string> {
  const [oldest] = await journal.after(scope, EMPTY_SNAPSHOT.seq, 1);
  const knownSinceMs = oldest?.atMs ?? lastChangeMs(snapshot);
  if (timeMs < knownSinceMs) {
    if ((oldest?.seq ?? snapshot.seq) <= 1) return EMPTY_SNAPSHOT.seq;
    return `the journal goes back to ${isoTime(knownSinceMs)} only`;
  }
  const { seq } = await seek(journal, scope, timeMs + 1, positionAfter(snapshot.seq));
  return seq - 1;
}

/** Where all commits have expired, nothing has happened since the last of them. */
function lastChangeMs({ instances, released }: Snapshot): number {
  let lastMs = 0;
  for (const { sinceMs } of instances.values()) lastMs = Math.max(lastMs, sinceMs);
  for (const releasedMs of released.values()) lastMs = Math.max(lastMs, releasedMs);
  return lastMs;
}
