import { EMPTY_SNAPSHOT, type Scope, type Snapshot } from '../core/model.ts';
import { isoTime } from '../core/time.ts';
import type { JournalReader } from '../ports/journal.ts';
import { positionAfter } from './core/feed.ts';
import type { Moment } from './core/moment.ts';
import type { Problems } from './core/parameters.ts';
import { seek } from './feed.ts';
import type { ViewPorts } from './ports.ts';

export type PastMoment = Exclude<Moment, { kind: 'now' }>;

/** A scope, and its state at the moment or later. */
interface Known {
  readonly scope: Scope;
  readonly snapshot: Snapshot;
}

/** The last commit of each scope by a moment. */
export async function seqsAt(
  { journal, now }: Pick<ViewPorts, 'journal' | 'now'>,
  known: readonly Known[],
  moment: PastMoment,
): Promise<readonly number[] | Problems> {
  const seqs = await Promise.all(
    known.map(({ scope, snapshot }) =>
      moment.kind === 'seqs'
        ? seqOf(moment.seqs, scope, snapshot)
        : seqAt(journal, scope, snapshot, moment.timeMs, now()),
    ),
  );
  const problems = seqs.flatMap((seq, index) =>
    typeof seq === 'string' ? [`${known[index]?.scope.key}: ${seq}`] : [],
  );
  return problems.length > 0 ? { problems } : seqs.map(Number);
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
export const SHORTEST_RETENTION_MS = 24 * 60 * 60 * 1000;

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
  // What is known was read a moment ago.
  if (snapshot.seq === EMPTY_SNAPSHOT.seq || timeMs >= nowMs) return snapshot.seq;
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
