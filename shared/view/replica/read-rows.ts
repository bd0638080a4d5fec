import { HEALTH_LIMITS, type Health, type HealthLimits, staleAfterMs } from '../../core/health.ts';
import type { Commit, Scope, Snapshot } from '../../core/model.ts';
import { rewind } from '../../core/rewind.ts';
import type { JournalReader } from '../../ports/journal.ts';
import type { ViewPorts } from '../ports.ts';
import { refreshReadings, type ScopeReading } from '../reading.ts';
import { healthIn } from '../unreadable.ts';
import { type Failure, isFailure, unavailable } from './core/failure.ts';
import { laterThan, minuteOf, momentOf } from './core/minute.ts';
import { type RegionRows, regionRowsOf } from './core/region-rows.ts';
import { type PageMemory, pageMemory } from './page-memory.ts';

/** What a warm function remembers of the regions. */
export interface RowsMemory {
  /** Region → what it answers in this minute. */
  readonly known: Map<string, MinuteRows>;
  /** Region and minute → the end of the reading that is under way; it never rejects. */
  readonly underWay: Map<string, Promise<unknown>>;
}

export function rowsMemory(): RowsMemory {
  return { known: new Map(), underWay: new Map() };
}

/** What every page of a clock minute shows of a region. */
export interface MinuteRows {
  readonly minute: number;
  readonly rows: RegionRows;
  /** The pages of these rows that were asked for. */
  readonly pages: PageMemory;
  /** What the rows were made of. */
  readonly snapshots: readonly Snapshot[];
  /** From then on, a later scan is needed for the rows to be shown as true. */
  readonly staleAtMs: number;
}

/**
 * What every page of this clock minute shows of a region, or why nothing true can be shown. Within a
 * minute it is read once: a commit of that minute is shown by none of its pages, and a later scan could
 * only put off the time at which the rows become stale. Requests that miss at the same time wait for the
 * first of them. Where that one fails, each reads by itself: it has more time left, or a later scan.
 */
export async function readMinuteRows(
  ports: ViewPorts,
  memory: RowsMemory,
  regionId: string,
): Promise<MinuteRows | Failure> {
  const nowMs = ports.now();
  const key = `${regionId} ${minuteOf(nowMs)}`;
  const known = () => knownRows(memory, regionId, nowMs);
  const underWay = memory.underWay.get(key);
  const found = known() ?? (underWay && (await underWay.then(known)));
  if (found !== undefined) return found;
  const reading = readMinute(ports, memory, regionId, nowMs);
  const end = reading.then(
    () => memory.underWay.delete(key),
    () => memory.underWay.delete(key),
  );
  memory.underWay.set(key, end);
  return reading;
}

function knownRows({ known }: RowsMemory, regionId: string, nowMs: number): MinuteRows | undefined {
  const rows = known.get(regionId);
  return rows?.minute === minuteOf(nowMs) && nowMs <= rows.staleAtMs ? rows : undefined;
}

async function readMinute(
  ports: ViewPorts,
  memory: RowsMemory,
  regionId: string,
  nowMs: number,
): Promise<MinuteRows | Failure> {
  const scopes = ports.scopes.filter((scope) => scope.regionId === regionId);
  const present = await refreshReadings(ports.journal, scopes, ports.readings);
  const parts = await Promise.all(present.map((reading) => readAsOf(ports, reading, nowMs)));
  const failure = parts.find(isFailure);
  if (failure !== undefined) return failure;
  const settled = parts.filter((part): part is SettledScope => !isFailure(part));
  const staleAtMs = Math.min(...settled.map((part) => part.staleAtMs));
  const snapshots = settled.map(({ snapshot }) => snapshot);
  const before = memory.known.get(regionId);
  const { rows, pages } =
    before !== undefined && isSame(before.snapshots, snapshots)
      ? before
      : { rows: regionRowsOf(settled), pages: pageMemory() };
  const read = { minute: minuteOf(nowMs), rows, pages, snapshots, staleAtMs };
  memory.known.set(regionId, read);
  return read;
}

/** In a minute without a commit, the rows are those of the minute before. */
function isSame(some: readonly Snapshot[], others: readonly Snapshot[]): boolean {
  return some.length === others.length && some.every((each, index) => each === others[index]);
}

interface SettledScope {
  readonly scope: Scope;
  readonly snapshot: Snapshot;
  readonly staleAtMs: number;
}

/** A scope as of the moment of this clock minute. */
async function readAsOf(
  { journal, healthLimits = HEALTH_LIMITS }: ViewPorts,
  { scope, head, snapshot: newest }: ScopeReading,
  nowMs: number,
): Promise<SettledScope | Failure> {
  const momentMs = momentOf(minuteOf(nowMs));
  const undone = await commitsSince(journal, scope, newest.seq, momentMs);
  const snapshot = rewind(newest, undone);
  const health = healthIn(head);
  const lastGoodAtMs = health?.lastGoodAtMs ?? null;
  if (!snapshot.baselined || health === undefined || lastGoodAtMs === null) {
    return unavailable(`${scope.key} has not been watched for long enough`);
  }
  const patienceMs = patienceWith(health, scope, snapshot, healthLimits);
  const staleAtMs = lastGoodAtMs + patienceMs;
  if (nowMs > staleAtMs || momentMs > seenAtMs(undone, momentMs) + patienceMs) {
    return unavailable(`the state of ${scope.key} is too old to be shown as the present one`);
  }
  return { scope, snapshot, staleAtMs };
}

/**
 * Commits of the first read: since the moment there is one at most, as a rule, and then the one before it,
 * which shows that there are no others. A commit is read whole, up to 1 MB of it.
 */
const FIRST_READ = 2;
/** Every further read is so much longer than the one before, up to about one that a store answers at once. */
const READ_GROWTH = 2;
const MAX_READ = 64;

/** The commits up to `seq` that are later than a moment, oldest first. */
async function commitsSince(
  journal: JournalReader,
  scope: Scope,
  seq: number,
  momentMs: number,
): Promise<readonly Commit[]> {
  const newestFirst: Commit[] = [];
  for (let limit = FIRST_READ; ; limit = Math.min(limit * READ_GROWTH, MAX_READ)) {
    const beforeSeq = newestFirst.at(-1)?.seq ?? seq + 1;
    const page = await journal.before(scope, beforeSeq, limit);
    newestFirst.push(...page);
    const isPast = page.some(({ atMs }) => atMs <= momentMs);
    if (isPast || page.length < limit) return laterThan(newestFirst, momentMs);
  }
}

/**
 * When the state as of the moment was last known to be complete. After an outage, the newest scan is
 * fresh, but the state before its commit is as old as the outage. Without a later commit, the newest
 * scan has confirmed the state.
 */
function seenAtMs(undone: readonly Commit[], momentMs: number): number {
  const [next] = undone;
  if (next === undefined) return momentMs;
  return next.previousAtMs ?? Number.NEGATIVE_INFINITY;
}

/** An empty scope was looked at less often, also if its first instance has changed that since. */
function patienceWith(
  health: Health,
  { isDiscovered }: Scope,
  { instances }: Snapshot,
  limits: HealthLimits,
): number {
  const rests = health.rests === true || (isDiscovered === true && instances.size === 0);
  return staleAfterMs({ ...health, rests }, limits);
}
