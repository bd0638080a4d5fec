import type { HealthLimits } from '../core/health.ts';
import { type Commit, EMPTY_SNAPSHOT, type Scope, type Snapshot } from '../core/model.ts';
import { completesBaseline, rebuildsFrom, rewind } from '../core/rewind.ts';
import { isoTime } from '../core/time.ts';
import type { JournalReader } from '../ports/journal.ts';
import { positionAfter } from './core/feed.ts';
import type { ScopeView } from './core/fleet.ts';
import { freshnessThen } from './core/freshness.ts';
import type { Moment } from './core/moment.ts';
import { isInvalid, type Problems } from './core/parameters.ts';
import { seek } from './feed.ts';
import type { ViewPorts } from './ports.ts';
import { readFleet } from './read-fleet.ts';

/** Commits of all scopes that one request undoes: a fortnight in which every minute had one. */
const MAX_UNDONE_COMMITS = 20_000;
/** Their changes, which are in memory at once: about 100 MB of a function of 512 MB. */
const MAX_UNDONE_CHANGES = 100_000;
/** Scopes whose commits are read at once. */
const SCOPES_AT_ONCE = 8;

/** Scopes as they stood at a moment, or why that cannot be said. */
export async function readFleetAt(
  ports: ViewPorts,
  scopes: readonly Scope[],
  moment: Moment,
): Promise<readonly ScopeView[] | Problems> {
  const present = await readFleet(ports, scopes);
  if (moment.kind === 'now') return present;
  const later = await readLater(ports, present, moment);
  return isInvalid(later) ? later : fleetBefore(ports, present, later, moment.timeMs);
}

export type PastMoment = Exclude<Moment, { kind: 'now' }>;

/** Scopes as they stood at a time, before `later`: of each scope its newest commits. */
export function fleetBefore(
  { healthLimits }: { readonly healthLimits?: HealthLimits },
  present: readonly ScopeView[],
  later: readonly (readonly Commit[])[],
  timeMs: number,
): readonly ScopeView[] {
  return present.map((view, index) => {
    const undone = later[index] ?? [];
    const snapshot = rewind(view.snapshot, undone);
    const seenAtMs = undone[0] === undefined ? view.health?.lastGoodAtMs : undone[0].previousAtMs;
    const seen = snapshot.baselined ? (seenAtMs ?? null) : null;
    return { ...view, snapshot, freshness: freshnessThen(view.health, seen, timeMs, healthLimits) };
  });
}

/** The commits of each scope after a moment, up to those that were read with it. */
export async function readLater(
  { journal, now }: Pick<ViewPorts, 'journal' | 'now'>,
  present: readonly ScopeView[],
  moment: PastMoment,
): Promise<readonly (readonly Commit[])[] | Problems> {
  const seqs = await Promise.all(
    present.map(({ scope, snapshot }) =>
      moment.kind === 'seqs'
        ? seqOf(moment.seqs, scope, snapshot)
        : seqAt(journal, scope, snapshot, moment.timeMs, now()),
    ),
  );
  const refusals = seqs.flatMap((seq, index) =>
    typeof seq === 'string' ? [`${present[index]?.scope.key}: ${seq}`] : [],
  );
  if (refusals.length > 0) return { problems: refusals };
  const wanted = present.map(({ scope, snapshot }, index) => {
    return { scope, after: Number(seqs[index]), last: snapshot.seq };
  });
  const count = wanted.reduce((sum, { after, last }) => sum + last - after, 0);
  if (count > MAX_UNDONE_COMMITS) return tooMuch(`${count} commits`, MAX_UNDONE_COMMITS);
  return readAll(journal, wanted);
}

/** The scopes that were not watched yet before `later`, in words. */
export function unwatchedBefore(
  present: readonly ScopeView[],
  later: readonly (readonly Commit[])[],
): readonly string[] {
  return present
    .filter(({ snapshot }, index) => {
      return !snapshot.baselined || later[index]?.some(completesBaseline) === true;
    })
    .map(({ scope }) => `${scope.key} was not watched yet at from`);
}

function tooMuch(made: string, most: number): Problems {
  const words = `${made} were made since then, and one request goes back over ${most} at most`;
  return { problems: [`${words}: ask for a later time, or narrow it by scope, region or account`] };
}

/** The commits of a scope behind `after`, up to `last`. */
interface Wanted {
  readonly scope: Scope;
  readonly after: number;
  readonly last: number;
}

async function readAll(
  journal: JournalReader,
  wanted: readonly Wanted[],
): Promise<readonly (readonly Commit[])[] | Problems> {
  const budget = { changes: MAX_UNDONE_CHANGES };
  const all: (readonly Commit[])[] = [];
  for (let index = 0; index < wanted.length; index += SCOPES_AT_ONCE) {
    const part = wanted.slice(index, index + SCOPES_AT_ONCE);
    all.push(...(await Promise.all(part.map((one) => readCommits(journal, one, budget)))));
    if (budget.changes < 0) return tooMuch('too many changes', MAX_UNDONE_CHANGES);
  }
  const problems = all.flatMap((commits, index) => {
    const { scope, after, last } = wanted[index] ?? { after: 0, last: 0 };
    const problem = problemOf(commits, last - after);
    return problem === null ? [] : [`${scope?.key}: ${problem}`];
  });
  return problems.length > 0 ? { problems } : all;
}

/** As far as the budget goes, which several scopes share. */
async function readCommits(
  journal: JournalReader,
  { scope, after, last }: Wanted,
  budget: { changes: number },
): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  let reached = after;
  while (reached < last && budget.changes >= 0) {
    const page = await journal.nextAfter(scope, reached, last - reached);
    // A tick may have written further ones since the snapshot was read.
    const within = page.filter(({ seq }) => seq <= last);
    if (within.length === 0) return commits;
    for (const { changes, details = [] } of within)
      budget.changes -= changes.length + details.length;
    commits.push(...within);
    reached = within.at(-1)?.seq ?? last;
  }
  return commits;
}

/** Why the commits since a moment do not say how a scope stood then; null: they do. */
function problemOf(commits: readonly Commit[], count: number): string | null {
  if (commits.length < count) return 'the commits since then are no longer kept';
  const rebuilt = commits.find((commit) => rebuildsFrom(commit) !== null);
  if (rebuilt === undefined) return null;
  return `its stored state was damaged, and what is known begins again at ${isoTime(rebuilt.atMs)}`;
}

/** The last commit that an earlier answer has seen. A text: the journal does not go so far. */
function seqOf(
  seqs: ReadonlyMap<string, number>,
  { key }: Scope,
  snapshot: Snapshot,
): number | string {
  const seq = seqs.get(key) ?? EMPTY_SNAPSHOT.seq;
  return seq > snapshot.seq ? 'its journal has lost commits since the cursor was given' : seq;
}

/** The shortest that a table of Tablestore keeps a row. Source: "Time to live", Limits. */
const SHORTEST_RETENTION_MS = 24 * 60 * 60 * 1000;

/**
 * The last commit of a scope that was made by a time; 0: it was not watched yet. A text: the commits
 * of that time are no longer kept.
 */
async function seqAt(
  journal: JournalReader,
  scope: Scope,
  snapshot: Snapshot,
  timeMs: number,
  nowMs: number,
): Promise<number | string> {
  if (snapshot.seq === EMPTY_SNAPSHOT.seq) return EMPTY_SNAPSHOT.seq;
  const [oldest] = await journal.after(scope, EMPTY_SNAPSHOT.seq, 1);
  if (oldest === undefined) {
    // All commits have expired, so none was made for at least as long as rows are kept.
    const knownSinceMs = nowMs - SHORTEST_RETENTION_MS;
    return timeMs >= knownSinceMs ? snapshot.seq : goesBackTo(knownSinceMs);
  }
  if (timeMs < oldest.atMs) {
    return oldest.seq === 1 ? EMPTY_SNAPSHOT.seq : goesBackTo(oldest.atMs);
  }
  const { seq } = await seek(journal, scope, timeMs + 1, positionAfter(snapshot.seq));
  return seq - 1;
}

function goesBackTo(timeMs: number): string {
  return `the journal goes back to ${isoTime(timeMs)} only`;
}
