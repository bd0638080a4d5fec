import { isBeginningSeen } from './appearance.ts';
import { withDetails } from './details.ts';
import { extended } from './extended.ts';
import {
  type Change,
  type Commit,
  type DetailsChange,
  detailsOf,
  type Instance,
  type Notice,
  type Snapshot,
} from './model.ts';
import { withoutEndedNote } from './note.ts';
import { splitBySize } from './split-by-size.ts';
import { commitTimeMs } from './time.ts';

/**
 * The most that the changes of one commit may weigh as JSON, in bytes. A STRING column holds 2 MB
 * (Tablestore, "Limits on the wide column model"); half of it keeps rows quick to read back.
 */
export const MAX_CHANGES_BYTES = 1_000_000;

/** What one tick has found out about one scope, before it becomes rows. */
export interface Observation {
  readonly scope: string;
  /** The end of the scan. */
  readonly endMs: number;
  readonly previousAtMs: number | null;
  readonly tickId: string;
  /**
   * Were all pages read, or does the next tick go on from the last one? Only then is anything
   * recorded of a scope without a baseline.
   */
  readonly pages: 'all' | 'part' | 'missing';
  /**
   * Set when the snapshot was rebuilt from a truncated journal that starts at this commit: unknown
   * instances are baselined, not announced.
   */
  readonly since: number | null;
  /** Changed details of instances that were known. */
  readonly details: readonly DetailsChange[];
  /** Are the details worth a commit of their own, if there is no other? */
  readonly isDetailsDue: boolean;
  /** The configuration does not name the scope: nothing is announced of it while it is empty. */
  readonly isDiscovered?: boolean;
  readonly changes: readonly Change[];
  readonly notices: readonly Notice[];
}

/**
 * The commits that record an observation on top of `before`, in the order in which they must be
 * appended. Without changes and notices there is none, unless changed details are due; what exceeds
 * one row becomes several.
 */
export function commitsAfter(
  before: Snapshot,
  observation: Observation,
  maxBytes: number = MAX_CHANGES_BYTES,
): readonly Commit[] {
  const { scope, endMs, previousAtMs, tickId, pages, notices } = observation;
  const atMs = commitTimeMs(before.lastAtMs, endMs);
  const changes = observation.changes.map((change) => withoutEndedNote(change, endMs));
  const announced = (news: readonly Change[]) =>
    splitBySize(news, maxBytes).map((part) => ({ changes: part }));
  const isKnown = ({ from, returned }: Change) => from !== null || returned === true;
  const known = changes.filter(isKnown);
  const unknown = changes.filter((change) => !isKnown(change));
  const baselined = () => baseline(fleetSize(before, known), unknown, observation, maxBytes);
  const contents = before.baselined
    ? [...announced(changes), ...firstSight(before, observation)]
    : pages === 'missing'
      ? []
      : [...announced(known), ...baselined()];
  const rows = [...contents, ...notices.map((notice) => ({ changes: [], notice }))];
  return carrying(rows, observation, maxBytes).map((content, index) => ({
    scope,
    seq: before.seq + 1 + index,
    atMs,
    previousAtMs,
    tickId,
    ...content,
  }));
}

/** What one row of the journal holds. */
type Content = Pick<Commit, 'details' | 'changes' | 'notice'>;

/** The first row carries the details, so that none of them comes behind a change of its instance. */
function carrying(
  rows: readonly Content[],
  { details, isDetailsDue }: Observation,
  maxBytes: number,
): readonly Content[] {
  if (rows.length === 0 && !isDetailsDue) return rows;
  const parts = splitBySize(details, maxBytes);
  const last = parts.at(-1);
  if (last === undefined) return rows;
  const [first = { changes: [] }, ...rest] = rows;
  const alone = parts.slice(0, -1).map((part) => ({ details: part, changes: [] }));
  return [...alone, { ...first, details: last }, ...rest];
}

/**
 * The first sight of a scope: its instances in as many rows as needed. Only the last row is
 * announced. After a tick that read only a part of them, or that dies between two rows, the next one
 * continues the baseline; changes of the instances in the first rows are announced like any other.
 */
function baseline(
  known: number,
  appeared: readonly Change[],
  { since, pages, isDiscovered = false }: Observation,
  maxBytes: number,
): { readonly changes: readonly Change[]; readonly notice: Notice }[] {
  const parts = splitBySize(appeared, maxBytes);
  const rows = parts.length === 0 && pages === 'all' ? [[]] : parts;
  let instances = known;
  return rows.map((row, index) => {
    instances += row.length;
    const last = pages === 'all' && index === rows.length - 1;
    const rebuilt = since === null ? {} : { since };
    const silent = isDiscovered && last && instances === 0 ? { silent: true as const } : {};
    const closes = last && row.length === 0 && instances > 0 ? { closes: true as const } : {};
    const facts = { ...rebuilt, ...silent, ...closes };
    return { changes: row, notice: { kind: 'baseline', instances, last, ...facts } };
  });
}

/**
 * The baseline of a discovered scope was silent while it was empty. Its first instances are
 * announced like any others, and so is then the scope. One that is emptied for the night is no news.
 */
function firstSight(
  before: Snapshot,
  { isDiscovered = false, changes }: Observation,
): { readonly changes: readonly Change[]; readonly notice: Notice }[] {
  const wasNeverUsed = before.instances.size === 0 && before.released.size === 0;
  if (!isDiscovered || !wasNeverUsed || !changes.some(({ to }) => to !== null)) return [];
  const instances = fleetSize(before, changes);
  return [{ changes: [], notice: { kind: 'baseline', instances, last: true } }];
}

/** How many instances there are after changes. */
function fleetSize({ instances }: Snapshot, changes: readonly Change[]): number {
  return changes.reduce(
    (size, { from, to }) => size + (from === null ? 1 : 0) - (to === null ? 1 : 0),
    instances.size,
  );
}

/** A snapshot with commits applied on top. @throws {ChainError} when one does not fit. */
export function fold(snapshot: Snapshot, commits: readonly Commit[]): Snapshot {
  if (commits.length === 0) return snapshot;
  const fleet = copyOf(snapshot);
  let { seq, baselined } = snapshot;
  // A count that is not known stays so: counted from here, it would differ from reader to reader.
  let changeCount = snapshot.changeCount;
  for (const commit of commits) {
    if (commit.seq !== seq + 1) {
      throw new ChainError(`${commit.scope}: commit ${commit.seq} follows ${seq}`);
    }
    seq = commit.seq;
    if (commit.notice?.kind === 'baseline' && commit.notice.last) baselined = true;
    refresh(fleet, commit);
    for (const change of commit.changes) apply(fleet, commit, change);
    if (changeCount !== undefined) changeCount += countedChanges(commit);
    forgetReleases(fleet.released, commit.atMs);
  }
  return { seq, baselined, ...countOf(changeCount), ...lastTimeOf(commits), ...fleet };
}

function countOf(changeCount: number | undefined): Pick<Snapshot, 'changeCount'> {
  return changeCount === undefined ? {} : { changeCount };
}

function lastTimeOf(commits: readonly Commit[]): Pick<Snapshot, 'lastAtMs'> {
  const last = commits.at(-1);
  return last === undefined ? {} : { lastAtMs: last.atMs };
}

/** The first sight of an instance by a baseline is no change of it. */
export function countedChanges({ notice, changes }: Commit): number {
  return notice === undefined ? changes.length : 0;
}

/**
 * What commits say by themselves, without the snapshot that they continue: the last state of every
 * instance that they name. Other instances are not known, so this is no baseline, unless one was
 * taken since `oldestSeq`, the oldest commit that is left.
 */
export function foldPartial(
  before: Snapshot,
  commits: readonly Commit[],
  oldestSeq: number,
): Snapshot {
  if (commits.length === 0) return before;
  const fleet = copyOf(before);
  let { seq, baselined, changeCount } = before;
  for (const commit of commits) {
    const { changes, notice } = commit;
    seq = commit.seq;
    if (changeCount !== undefined) changeCount += countedChanges(commit);
    refresh(fleet, commit);
    for (const change of changes) move(fleet, commit, change);
    forgetReleases(fleet.released, commit.atMs);
    // An earlier tick had these commits and no others, and took all other instances as a baseline.
    if (notice?.kind === 'baseline' && notice.last && (notice.since ?? 0) >= oldestSeq) {
      baselined = true;
    }
  }
  return { seq, baselined, ...countOf(changeCount), ...lastTimeOf(commits), ...fleet };
}

/** The instances of a snapshot that commits are being applied to. */
interface MovingFleet {
  readonly instances: Map<string, Instance>;
  readonly released: Map<string, number>;
}

function copyOf({ instances, released }: Snapshot): MovingFleet {
  return { instances: new Map(instances), released: new Map(released) };
}

/** An outage that has hidden instances is over within days. */
const MAX_RELEASED_AGE_MS = 7 * 24 * 60 * 60 * 1000;
/** Releases that are remembered, about 300 kB of a checkpoint: a whole large region at once. */
const MAX_RELEASED = 20_000;

/** Forgets the oldest releases. */
function forgetReleases(released: Map<string, number>, nowMs: number): void {
  for (const [id, atMs] of released) {
    if (released.size <= MAX_RELEASED && atMs >= nowMs - MAX_RELEASED_AGE_MS) return;
    released.delete(id);
  }
}

/** The journal contradicts itself: a gap, or a `from` that is not the state before it. */
export class ChainError extends Error {
  override readonly name = 'ChainError';
}

function apply(fleet: MovingFleet, commit: Commit, change: Change): void {
  const before = fleet.instances.get(change.instanceId);
  if ((before?.status ?? null) !== change.from) {
    throw new ChainError(
      `${commit.scope}: commit ${commit.seq} moves ${change.instanceId} from ${change.from}, ` +
        `but it was ${before?.status ?? null}`,
    );
  }
  move(fleet, commit, change);
}

/** Details prove nothing: those of an instance that is not there are no contradiction. */
function refresh({ instances }: MovingFleet, { details = [] }: Commit): void {
  for (const change of details) {
    const instance = instances.get(change.instanceId);
    if (instance !== undefined) instances.set(change.instanceId, withDetails(instance, change));
  }
}

function move({ instances, released }: MovingFleet, commit: Commit, change: Change): void {
  released.delete(change.instanceId);
  if (change.to === null) {
    instances.delete(change.instanceId);
    released.set(change.instanceId, commit.atMs);
    return;
  }
  // All of it: a newer version may have stored more than this one knows.
  const before = instances.get(change.instanceId) ?? {};
  instances.set(
    change.instanceId,
    extended(before, {
      ...detailsOf(change),
      status: change.to,
      sinceMs: commit.atMs,
      sinceKnown: isBeginningSeen(commit, change),
    }),
  );
}

/** The commits after the current checkpoint. */
export interface Tail {
  readonly commits: number;
  /** Changes of statuses and of details in them. */
  readonly changes: number;
  /** When the oldest of its commits was made; null for an empty tail. */
  readonly oldestAtMs: number | null;
}

export const EMPTY_TAIL: Tail = { commits: 0, changes: 0, oldestAtMs: null };

export function extendTail(tail: Tail, commits: readonly Commit[]): Tail {
  return {
    commits: tail.commits + commits.length,
    changes: commits.reduce((sum, commit) => sum + itemsOf(commit), tail.changes),
    oldestAtMs: tail.oldestAtMs ?? commits[0]?.atMs ?? null,
  };
}

function itemsOf({ changes, details = [] }: Commit): number {
  return changes.length + details.length;
}

/** A cold start reads the tail: this many commits or changes keep that to about one request. */
const MAX_TAIL_COMMITS = 64;
const MAX_TAIL_CHANGES = 2_000;
/** Commits older than the journal's retention vanish, so none may wait that long uncheckpointed. */
const MAX_TAIL_AGE_MS = 24 * 60 * 60 * 1000;

/** Is it time to store a new checkpoint? */
export function checkpointIsDue(tail: Tail, nowMs: number): boolean {
  return (
    tail.commits >= MAX_TAIL_COMMITS ||
    tail.changes >= MAX_TAIL_CHANGES ||
    (tail.oldestAtMs !== null && nowMs - tail.oldestAtMs >= MAX_TAIL_AGE_MS)
  );
}
