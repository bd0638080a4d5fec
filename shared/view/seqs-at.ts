import { EMPTY_SNAPSHOT, type Scope, type Snapshot } from '../core/model.ts';
import { isoTime } from '../core/time.ts';
import { positionAfter } from './core/feed.ts';
import type { Moment } from './core/moment.ts';
import type { Problems } from './core/parameters.ts';
import { keptSince, SHORTEST_RETENTION_MS } from './core/retention.ts';
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
  ports: Pick<ViewPorts, 'journal' | 'now'>,
  known: readonly Known[],
  moment: PastMoment,
): Promise<readonly number[] | Problems> {
  const seqs =
    moment.kind === 'seqs'
      ? known.map(({ scope, snapshot }) => seqOf(moment.seqs, scope, snapshot))
      : await seqsAtTime(ports, known, moment.timeMs);
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

/**
 * The last commit of each scope that was made by a time; 0: it was not watched yet. A text: the commits
 * of that time are no longer kept. A scope that was quiet for longer than commits are kept begins
 * later than the others, and the others show that nothing of it is missing.
 */
async function seqsAtTime(
  { journal, now }: Pick<ViewPorts, 'journal' | 'now'>,
  known: readonly Known[],
  timeMs: number,
): Promise<readonly (number | string)[]> {
  const nowMs = now();
  // What is known was read a moment ago.
  if (timeMs >= nowMs) return known.map(({ snapshot }) => snapshot.seq);
  const oldest = await Promise.all(
    known.map(async ({ scope }) => (await journal.after(scope, EMPTY_SNAPSHOT.seq, 1))[0]),
  );
  const keptSinceMs = Math.min(keptSince(oldest, nowMs), nowMs - SHORTEST_RETENTION_MS);
  return Promise.all(
    known.map(async ({ scope, snapshot }, index) => {
      const first = oldest[index];
      if (snapshot.seq === EMPTY_SNAPSHOT.seq) return snapshot.seq;
      if (first === undefined || timeMs < first.atMs) {
        const isBefore = first?.seq === 1;
        if (!isBefore && timeMs < keptSinceMs) return goesBackTo(keptSinceMs);
        return Math.min(snapshot.seq, first === undefined ? snapshot.seq : first.seq - 1);
      }
      const { seq } = await seek(journal, scope, timeMs + 1, positionAfter(snapshot.seq));
      return seq - 1;
    }),
  );
}

function goesBackTo(timeMs: number): string {
  return `the journal goes back to ${isoTime(timeMs)} only`;
}
