import { type Commit, EMPTY_SNAPSHOT, type Scope, type Snapshot } from '../core/model.ts';
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
  const present = await readFleet(ports, scopes);
  return moment.kind === 'now' ? present : fleetAt(ports, present, moment);
}

type PastMoment = Exclude<Moment, { kind: 'now' }>;

/** The same, of scopes that were read. */
export async function fleetAt(
  ports: ViewPorts,
  present: readonly ScopeView[],
  moment: PastMoment,
): Promise<readonly ScopeView[] | Problems> {
  const later = await readLater(ports, present, moment);
  if (isInvalid(later)) return later;
  return present.map((view, index) => {
    const snapshot = rewind(view.snapshot, later[index] ?? []);
    if (moment.kind === 'seqs') return { ...view, snapshot };
    return { ...view, snapshot, freshness: freshnessAt(view, moment.timeMs, ports.now()) };
  });
}

/** The commits of each scope after a moment, up to those that were read with it. */
export async function readLater(
  { journal }: Pick<ViewPorts, 'journal'>,
  present: readonly ScopeView[],
  moment: PastMoment,
): Promise<readonly (readonly Commit[])[] | Problems> {
  const found = await Promise.all(present.map((view) => laterCommits(journal, view, moment)));
  const problems = found.flatMap((one, index) =>
    typeof one === 'string' ? [`${present[index]?.scope.key}: ${one}`] : [],
  );
  if (problems.length > 0) return { problems };
  return found.filter((one) => typeof one !== 'string');
}

/** A text: why they cannot be read. */
async function laterCommits(
  journal: JournalReader,
  { scope, snapshot }: ScopeView,
  moment: PastMoment,
): Promise<readonly Commit[] | string> {
  const seq =
    moment.kind === 'seqs'
      ? (moment.seqs.get(scope.key) ?? EMPTY_SNAPSHOT.seq)
      : await seqAt(journal, scope, snapshot, moment.timeMs);
  if (typeof seq === 'string') return seq;
  if (seq === snapshot.seq) return [];
  if (seq > snapshot.seq) return 'its journal has lost commits since the cursor was given';
  if (snapshot.seq - seq > MAX_UNDONE_COMMITS) {
    const made = `${snapshot.seq - seq} commits were made since then`;
    return `${made}, and one request goes back over ${MAX_UNDONE_COMMITS} at most`;
  }
  // A tick may have written further ones since the snapshot was read.
  const commits = await commitsPast(journal, scope, seq);
  return commits.filter((commit) => commit.seq <= snapshot.seq);
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
