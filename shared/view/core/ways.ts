/** How the state of a scope at a commit is found: from which known state, over which commits. */
export interface Way<Kept> {
  /** The kept checkpoint that it begins with; null: the state that is known already. */
  readonly kept: Kept | null;
  /** Are commits undone? Otherwise they are applied. */
  readonly isBack: boolean;
  /** The commits past `after`, up to `last`, are read. */
  readonly after: number;
  readonly last: number;
}

/** The kept checkpoints around a commit: the newest at it or before it, and the oldest past it. */
export interface Around<Kept> {
  readonly before?: Kept | undefined;
  readonly after?: Kept | undefined;
}

/**
 * The ways to the state at `seq`, the cheapest first. `known`: the commit of a state that is known, at
 * `seq` or past it.
 */
export function waysTo<Kept extends { readonly seq: number }>(
  seq: number,
  known: { readonly seq: number; readonly instances: number },
  { before, after }: Around<Kept>,
): readonly Way<Kept>[] {
  const back = (kept: Kept | null, from: number): Way<Kept> => {
    return { kept, isBack: true, after: seq, last: from };
  };
  const ways = [back(null, known.seq)];
  if (after !== undefined && after.seq < known.seq) ways.push(back(after, after.seq));
  // The commit past it says until when the state was seen.
  const last = Math.min(seq + 1, known.seq);
  if (before !== undefined) ways.push({ kept: before, isBack: false, after: before.seq, last });
  const costOf = (way: Way<Kept>) => lengthOf(way) + (way.kept ? costOfKept(known.instances) : 0);
  return ways.toSorted((one, other) => costOf(one) - costOf(other));
}

/** The commits that are read. */
export function lengthOf({ after, last }: Pick<Way<unknown>, 'after' | 'last'>): number {
  return last - after;
}

/** Commits that are read in the time in which a kept checkpoint is searched for. */
const SEARCH_COST = 50;
/** A commit with a change weighs about as much as so many instances of a checkpoint, compressed. */
const INSTANCES_PER_COMMIT = 20;

/** The cost of a kept checkpoint, in commits. */
function costOfKept(instances: number): number {
  return SEARCH_COST + Math.ceil(instances / INSTANCES_PER_COMMIT);
}

/** Is a kept checkpoint worth a search? */
export function isFar(
  seq: number,
  known: { readonly seq: number; readonly instances: number },
): boolean {
  return known.seq - seq > costOfKept(known.instances);
}
