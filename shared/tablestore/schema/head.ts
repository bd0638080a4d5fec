import type * as TableStore from 'tablestore';
import type { Starts } from '../../core/channel-state.ts';
import {
  type CallsLeft,
  type CallTotals,
  type DetailsRound,
  type Health,
  type Hold,
  type LastCalls,
  NEW_HEALTH,
} from '../../core/health.ts';
import type { Round, SeenIds } from '../../core/round.ts';
import type { Stored } from '../../core/stored.ts';
import type { Tallies, Tally } from '../../core/tally.ts';
import type { Lease } from '../../ports/journal.ts';
import type { HeadRow } from '../../ports/raw-journal.ts';
import {
  boolean,
  type FieldParsers,
  inField,
  jsonOf,
  listOf,
  nullable,
  objectOf,
  optional,
  orAbsent,
  orElse,
  type Parser,
  recordOf,
  string,
  timestamp,
  whole,
} from '../parser.ts';
import { cellsOf } from '../rows.ts';
import { checkpointRefSchema } from './checkpoint.ts';
import {
  calls,
  clockTime,
  count,
  detailsChangeSchema,
  duration,
  instances,
  integerOf,
  MAX_CLOCK_MS,
  MAX_COUNT,
  seq,
  stored,
  storedCell,
  total,
} from './fields.ts';

const holdSchema = objectOf<Hold>({
  missing: orElse(instances, 0),
  scans: orElse(count, 0),
  countedSinceMs: optional(clockTime),
  sinceMs: clockTime,
});

const detailsRoundSchema = objectOf<DetailsRound>({
  after: orElse(string, ''),
  coveredUntilMs: orElse(clockTime, 0),
  committedAtMs: orElse(clockTime, 0),
  uncommitted: orElse(listOf(detailsChangeSchema), []),
});

const roundSchema = objectOf<Round>({
  startMs: clockTime,
  lastPartAtMs: clockTime,
  parts: count,
  nextPage: whole(1, MAX_COUNT),
  pages: count,
  totalCount: count,
  isSteady: boolean,
  seenCount: instances,
  seen: objectOf<SeenIds>({ bits: string, digest: string }),
});

const tallyFields: FieldParsers<Tally> = {
  sinceMs: clockTime,
  ticks: count,
  good: count,
  late: count,
  periodMs: whole(1, MAX_CLOCK_MS),
  gaps: orAbsent(listOf(whole(1, MAX_CLOCK_MS))),
  asIfSinceMs: orAbsent(clockTime),
};
const tallySchema = objectOf<Tally>(tallyFields);
const tallyBeforeSchema = objectOf<Tally & { untilMs: number }>({
  ...tallyFields,
  untilMs: clockTime,
});

const healthSchema = objectOf<Health>({
  seq: orElse(seq, NEW_HEALTH.seq),
  unservedSeq: orAbsent(seq),
  lastAttemptAtMs: orElse(clockTime, NEW_HEALTH.lastAttemptAtMs),
  lastGoodAtMs: orElse(nullable(clockTime), NEW_HEALTH.lastGoodAtMs),
  lastGoodStartMs: orElse(nullable(clockTime), NEW_HEALTH.lastGoodStartMs),
  instances: orElse(instances, NEW_HEALTH.instances),
  pages: orElse(count, NEW_HEALTH.pages),
  // A clock that is set back during a scan makes it negative.
  scanMs: orElse(timestamp, NEW_HEALTH.scanMs),
  failures: orElse(count, NEW_HEALTH.failures),
  failingSinceMs: orElse(nullable(clockTime), NEW_HEALTH.failingSinceMs),
  announced: optional(boolean),
  periodMs: optional(duration),
  rests: optional(boolean),
  reason: orElse(nullable(string), NEW_HEALTH.reason),
  hold: orElse(nullable(holdSchema), NEW_HEALTH.hold),
  round: orAbsent(roundSchema),
  roundMs: orAbsent(duration),
  announcedRound: optional(boolean),
  callsLeft: orAbsent(objectOf<CallsLeft>({ calls, atMs: clockTime })),
  lastCalls: orAbsent(
    objectOf<LastCalls>({ calls: count, throttles: count, budgetPerMinute: calls }),
  ),
  details: optional(detailsRoundSchema),
  tallies: orAbsent(objectOf<Tallies>({ now: tallySchema, before: orAbsent(tallyBeforeSchema) })),
});

/** The columns of a head row that `headIn` reads, besides those of its lease. */
export const HEAD_COLUMNS = [
  'checkpoint',
  'health',
  'starts',
  'callsTotal',
  'throttlesTotal',
  'uncounted',
] as const;

export const LEASE_COLUMNS = ['leaseOwner', 'leaseUntil'] as const;

export function isHeadColumn(name: string): boolean {
  return HEAD_COLUMNS.some((column) => column === name);
}

const startsSchema: Parser<Starts> = recordOf(seq);

export function headIn(row: TableStore.Row): HeadRow {
  const cells = cellsOf(row);
  const cellIn = <T>(column: string, parse: Parser<T>): Stored<T> | null =>
    cells.has(column) ? storedCell(cells, column, jsonOf(parse)) : null;
  return {
    checkpoint: cellIn('checkpoint', checkpointRefSchema),
    health: cellIn('health', healthSchema),
    starts: cellIn('starts', startsSchema),
    ...totalsIn(cells),
    ...uncountedIn(cells),
    ...saverIn(row),
  };
}

/** A tick that saves the head gives its lease back with it: until then, another one has saved it. */
function saverIn(row: TableStore.Row): Pick<HeadRow, 'savedBy'> {
  const lease = leaseIn(row);
  if (!('value' in lease)) return {};
  const { owner, untilMs } = lease.value;
  return owner !== '' && untilMs === 0 ? { savedBy: owner } : {};
}

function totalsIn(cells: ReadonlyMap<string, unknown>): Pick<HeadRow, 'totals'> {
  const [calls, throttles] = [cells.get('callsTotal'), cells.get('throttlesTotal')];
  if (calls === undefined && throttles === undefined) return {};
  return { totals: { calls: totalIn(calls), throttles: totalIn(throttles) } };
}

/** What cannot be read is counted from 0 again with the next tick. */
function totalIn(cell: unknown): number {
  const read = stored(() => integerOf(total)(cell));
  return 'value' in read ? read.value : 0;
}

const uncountedSchema = objectOf<CallTotals>({
  calls: orElse(count, 0),
  throttles: orElse(count, 0),
});

/** The calls of one tick. What cannot be read of them is lost to the totals. */
function uncountedIn(cells: ReadonlyMap<string, unknown>): Pick<HeadRow, 'uncounted'> {
  if (!cells.has('uncounted')) return {};
  const read = storedCell(cells, 'uncounted', jsonOf(uncountedSchema));
  return { uncounted: 'value' in read ? read.value : { calls: 0, throttles: 0 } };
}

export function leaseIn(row: TableStore.Row): Stored<Lease> {
  const cells = cellsOf(row);
  return stored(() => ({
    owner: inField('leaseOwner', orElse(string, ''), cells.get('leaseOwner')),
    untilMs: inField('leaseUntil', orElse(integerOf(timestamp), 0), cells.get('leaseUntil')),
  }));
}
