import { detailsChange, withDetails } from '../../core/details.ts';
import type { DetailsRound, Health } from '../../core/health.ts';
import type { Commit, Details, DetailsChange, Instance, Snapshot } from '../../core/model.ts';

/**
 * Renamed instances keep their status, so no scan shows it. A slow round asks ECS for the details of
 * the whole fleet, some instances a tick. What has changed rides in the scope's next commit; after an
 * hour without one, it gets a commit of its own.
 */

/** One round takes about so long, whatever the size of the fleet: a name is an hour old at most. */
const ROUND_MS = 60 * 60_000;
const MAX_UNCOMMITTED_AGE_MS = 60 * 60_000;
/**
 * What is not committed waits in the health row, which every tick writes: a write unit holds 4 KB
 * (Tablestore, "Read and write throughput"), and the rest of the row needs less than one. More than
 * this is committed at once.
 */
const MAX_WAITING_BYTES = 2_000;
/** The most that one tick adds to the row. The round goes on where this ends. */
const MAX_FOUND_BYTES = 100_000;

/**
 * The round as a tick begins with it, in a scope whose last commit is `lastSeq`. What a clock that
 * was wrong has written is put right.
 */
export function detailsRoundAt(
  { seq, details }: Health,
  lastSeq: number,
  nowMs: number,
): DetailsRound {
  const stored = details ?? newRound(nowMs);
  return {
    after: stored.after,
    coveredUntilMs: Math.min(nowMs, Math.max(stored.coveredUntilMs, nowMs - ROUND_MS)),
    committedAtMs: Math.min(nowMs, stored.committedAtMs),
    // A commit after that, of a tick that died, has carried them, or newer ones.
    uncommitted: seq === lastSeq ? stored.uncommitted : [],
  };
}

function newRound(nowMs: number): DetailsRound {
  return { after: '', coveredUntilMs: nowMs, committedAtMs: nowMs, uncommitted: [] };
}

/** The round after the commits of a tick: the first of them carries what had waited. */
export function detailsRoundAfter(round: DetailsRound, commits: readonly Commit[]): DetailsRound {
  const last = commits.at(-1);
  return last === undefined ? round : { ...round, committedAtMs: last.atMs, uncommitted: [] };
}

/** Is it time for a commit of details alone? */
export function isCommitDue({ committedAtMs, uncommitted }: DetailsRound, nowMs: number): boolean {
  return (
    nowMs - committedAtMs >= MAX_UNCOMMITTED_AGE_MS || bytesOf(uncommitted) > MAX_WAITING_BYTES
  );
}

/** The snapshot with the newest details, as changes are announced. */
export function withNewest(snapshot: Snapshot, changes: readonly DetailsChange[]): Snapshot {
  if (changes.length === 0) return snapshot;
  const instances = new Map(snapshot.instances);
  for (const change of changes) {
    const instance = instances.get(change.instanceId);
    if (instance !== undefined) instances.set(change.instanceId, withDetails(instance, change));
  }
  return { ...snapshot, instances };
}

/**
 * What is to be committed of known instances: `uncommitted`, and `answered` just now, which is newer.
 */
export function changedDetails(
  { instances }: Snapshot,
  uncommitted: readonly DetailsChange[],
  answered: ReadonlyMap<string, Details>,
): readonly DetailsChange[] {
  const newest = new Map<string, Details>();
  for (const change of uncommitted) {
    newest.set(change.instanceId, withDetails(instances.get(change.instanceId) ?? {}, change));
  }
  for (const [id, details] of answered) newest.set(id, details);
  return [...newest].flatMap(([id, details]) => changeOf(instances, id, details) ?? []);
}

/**
 * The instances to ask for now, in the order of the round: as many whole requests as are due, and at
 * most `maxRequests`. A fleet that fits in one request is due once a round.
 */
export function instancesDue(
  { after, coveredUntilMs }: DetailsRound,
  { instances }: Snapshot,
  nowMs: number,
  { perRequest, maxRequests }: { readonly perRequest: number; readonly maxRequests: number },
): readonly string[] {
  const size = instances.size;
  const batch = Math.min(size, perRequest);
  const due = (size * (nowMs - coveredUntilMs)) / ROUND_MS;
  const requests = Math.min(maxRequests, Math.floor(due / Math.max(1, batch)));
  if (requests < 1) return [];
  return nextIds(instances.keys(), after, requests * batch);
}

/**
 * The first `count` of these ids in their order, from the one past `after` on, and from the least again
 * at the end. To sort a large fleet for the few that are due takes longer than to compare it with its scan.
 */
function nextIds(ids: Iterable<string>, after: string, count: number): readonly string[] {
  const inTurn = (one: string, other: string): number => {
    if (one > after !== other > after) return one > after ? -1 : 1;
    return one < other ? -1 : 1;
  };
  const next: string[] = [];
  let last: string | undefined;
  const drop = (): void => {
    next.sort(inTurn).splice(count);
    last = next[count - 1];
  };
  for (const id of ids) {
    if (last !== undefined && inTurn(last, id) < 0) continue;
    next.push(id);
    if (next.length >= 2 * count) drop();
  }
  drop();
  return next;
}

/**
 * The round after these instances were asked for. It goes on even past those that ECS has not
 * answered for: their turn comes again.
 */
export function roundAfter(
  round: DetailsRound,
  { instances }: Snapshot,
  asked: readonly string[],
  answered: ReadonlyMap<string, Details>,
): DetailsRound {
  const waiting = new Map(round.uncommitted.map((change) => [change.instanceId, change]));
  let { after } = round;
  let bytes = 0;
  let passed = 0;
  for (const id of asked) {
    const details = answered.get(id);
    if (details !== undefined) {
      const change = changeOf(instances, id, details);
      waiting.delete(id);
      if (change !== null) waiting.set(id, change);
      bytes += change === null ? 0 : bytesOf([change]);
    }
    after = id;
    passed += 1;
    if (bytes > MAX_FOUND_BYTES) break;
  }
  const coveredMs = (passed / Math.max(1, instances.size)) * ROUND_MS;
  return {
    ...round,
    after,
    coveredUntilMs: round.coveredUntilMs + Math.round(coveredMs),
    uncommitted: [...waiting.values()],
  };
}

function changeOf(
  instances: ReadonlyMap<string, Instance>,
  id: string,
  details: Details,
): DetailsChange | null {
  const known = instances.get(id);
  return known === undefined ? null : detailsChange(id, known, details);
}

function bytesOf(changes: readonly DetailsChange[]): number {
  return Buffer.byteLength(JSON.stringify(changes));
}
