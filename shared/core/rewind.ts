import { withDetails } from './details.ts';
import { extended } from './extended.ts';
import { ChainError, countedChanges } from './journal.ts';
import { type Change, type Commit, detailsOf, type Instance, type Snapshot } from './model.ts';

/**
 * The snapshot before commits: `commits` are its newest ones, the oldest first. Every change carries
 * what it has replaced, so that a moment of the past is the present with its later commits undone.
 * Releases that were forgotten meanwhile stay forgotten.
 *
 * @throws {ChainError} when a commit is not the one that the snapshot ends with, or does not say what
 * it has replaced
 */
export function rewind(snapshot: Snapshot, commits: readonly Commit[]): Snapshot {
  if (commits.length === 0) return snapshot;
  const fleet = {
    instances: new Map(snapshot.instances),
    released: new Map(snapshot.released),
  };
  let { seq, baselined, changeCount } = snapshot;
  for (const commit of commits.toReversed()) {
    if (commit.seq !== seq) {
      throw new ChainError(`${commit.scope}: commit ${commit.seq} does not lead to ${seq}`);
    }
    if (rebuildsFrom(commit) !== null) {
      throw new ChainError(`${commit.scope}: what was there before commit ${seq} is not known`);
    }
    seq -= 1;
    // Commits that an older version has folded were not counted.
    if (changeCount !== undefined) changeCount = Math.max(0, changeCount - countedChanges(commit));
    if (completesBaseline(commit, fleet.instances)) baselined = false;
    for (const change of commit.changes.toReversed()) undo(fleet, commit, change);
    for (const { instanceId, before, after } of commit.details ?? []) {
      const instance = fleet.instances.get(instanceId);
      if (instance === undefined) continue;
      const replaced = { instanceId, before: after, after: before };
      fleet.instances.set(instanceId, withDetails(instance, replaced));
    }
  }
  // The undone commits do not say when the one before them was made.
  return { seq, baselined, ...(changeCount !== undefined && { changeCount }), ...fleet };
}

/**
 * The commit from which on a damaged snapshot was made again; null: the commit is none that does so.
 * Its instances were there before, but nothing says in which state.
 */
export function rebuildsFrom({ notice }: Commit): number | null {
  return notice?.kind === 'baseline' ? (notice.since ?? null) : null;
}

/**
 * A later notice of a baseline repeats it when an empty region is used for the first time: all that is
 * there came with the same tick. Older versions do not say of a row without instances that it closes a
 * baseline, but what it closes came with an earlier tick.
 */
function completesBaseline(
  { notice, changes, atMs }: Commit,
  after: ReadonlyMap<string, Instance>,
): boolean {
  if (notice?.kind !== 'baseline' || !notice.last) return false;
  if (changes.length > 0 || notice.instances === 0 || notice.closes === true) return true;
  return [...after.values()].some(({ sinceMs }) => sinceMs < atMs);
}

interface MovingFleet {
  readonly instances: Map<string, Instance>;
  readonly released: Map<string, number>;
}

function undo({ instances, released }: MovingFleet, commit: Commit, change: Change): void {
  const { instanceId, from, to, returned, fromSinceMs } = change;
  const instance = instances.get(instanceId);
  if ((instance?.status ?? null) !== to) {
    throw new ChainError(
      `${commit.scope}: commit ${commit.seq} moves ${instanceId} to ${to}, ` +
        `but it was ${instance?.status ?? null} afterwards`,
    );
  }
  if (from === null) {
    instances.delete(instanceId);
    if (returned === true && fromSinceMs !== undefined) released.set(instanceId, fromSinceMs);
    return;
  }
  released.delete(instanceId);
  instances.set(
    instanceId,
    extended(instance ?? detailsOf(change), { status: from, ...beginningOf(commit, change) }),
  );
}

/** Older versions did not record since when the status before was held: it was when it was last seen. */
function beginningOf(
  { previousAtMs, atMs }: Commit,
  { fromSinceMs, fromSinceKnown = false }: Change,
): Pick<Instance, 'sinceMs' | 'sinceKnown'> {
  if (fromSinceMs !== undefined) return { sinceMs: fromSinceMs, sinceKnown: fromSinceKnown };
  return { sinceMs: previousAtMs ?? atMs, sinceKnown: false };
}
