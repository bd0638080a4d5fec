import type * as TableStore from 'tablestore';
import {
  type AsOf,
  type ChannelLimits,
  type ChannelState,
  type Claim,
  type Cursor,
  type Flapping,
  type HeldChange,
  type HeldNews,
  type MutedNews,
  NEW_CHANNEL,
  type Position,
  type SentAhead,
  type SetAside,
  type Starts,
  type Stuck,
} from '../core/channel-state.ts';
import type { DeliveryRecord, StoredDelivery } from '../core/delivery-record.ts';
import {
  type CallsLeft,
  type CallTotals,
  type DetailsRound,
  type Health,
  type Hold,
  type LastCalls,
  NEW_HEALTH,
} from '../core/health.ts';
import type { Incident } from '../core/incident.ts';
import { type MessageChange, type Outcome, SEVERITIES, type Severity } from '../core/message.ts';
import {
  type Change,
  type Commit,
  type Details,
  type DetailsChange,
  INSTANCE_ID,
  type Instance,
  type Intern,
  internDetails,
  type Note,
  type Noted,
  type Notice,
  type Report,
  type ReportedInstance,
} from '../core/model.ts';
import type { Quota, Used } from '../core/quota.ts';
import type { Round, SeenIds } from '../core/round.ts';
import type { SentInstead } from '../core/sent-instead.ts';
import type { Stored } from '../core/stored.ts';
import type { Tallies, Tally } from '../core/tally.ts';
import type { KnownRegions, WatchedScope, WatchList } from '../core/watch-list.ts';
import { intern } from '../lib/intern.ts';
import type { CheckpointRef, KeptCheckpoint, Lease } from '../ports/journal.ts';
import type { HeadRow } from '../ports/raw-journal.ts';
import {
  boolean,
  FieldError,
  type FieldParsers,
  finite,
  inField,
  jsonOf,
  listOf,
  nullable,
  objectOf,
  onlyTrue,
  optional,
  orAbsent,
  orElse,
  type Parser,
  recordOf,
  string,
  timestamp,
  whole,
  wrong,
} from './parser.ts';
import { cellsOf, channelOf, isSilentNotice, lastKeyOf, type StoredChannel } from './rows.ts';

/**
 * Every stored row, as the tick, the view and the doctor read it. A row may come from an older
 * version, which did not know a field, or from a newer one, which knows more:
 *
 * - A missing field gets a default. Where the row means nothing without it, the row is unreadable.
 * - Fields that are not listed here are kept, and are written back with the value.
 */

/** A cell of the SDK that holds an integer: an object whose text is the number. */
function integerOf(parse: Parser<number>): Parser<number> {
  return (cell) => {
    const value = typeof cell === 'object' && cell !== null ? Number(String(cell)) : cell;
    if (!Number.isSafeInteger(value)) throw wrong(value, 'an integer');
    return parse(value);
  };
}

/**
 * Larger numbers are damage. A scope commits once a second at the most, so that its journal does not
 * reach this seq in 30,000 years; no account is known to have a million instances in one region.
 */
const MAX_SEQ = 1e12;
const MAX_INSTANCES = 1_000_000;
const MAX_COUNT = 1e9;
/** No working clock has written a later time. */
const MAX_CLOCK_MS = Date.UTC(2100, 0, 1);

const seq = whole(0, MAX_SEQ);
const instances = whole(0, MAX_INSTANCES);
const count = whole(0, MAX_COUNT);
/** In milliseconds: a watcher may have been switched off for years. */
const duration = whole(0, MAX_CLOCK_MS);
const calls: Parser<number> = (value) => {
  const left = finite(value);
  if (left < 0 || left > MAX_COUNT) throw wrong(value, 'a number of calls');
  return left;
};
/** Counted over all commits of a scope, or over all its ticks. */
const total = whole(0, Number.MAX_SAFE_INTEGER);
const clockTime: Parser<number> = (value) => {
  const ms = timestamp(value);
  if (ms > MAX_CLOCK_MS) throw wrong(value, 'a time before the year 2100');
  return ms;
};

const instanceId: Parser<string> = (value) => {
  const id = string(value);
  if (!INSTANCE_ID.test(id)) throw wrong(value, 'an instance id');
  return id;
};

const detailFields: FieldParsers<Details> = {
  created: optional(string),
  name: optional(string),
  zoneId: optional(string),
  instanceType: optional(string),
  resourceGroupId: optional(string),
  privateIps: optional(listOf(string)),
  publicIps: optional(listOf(string)),
  tags: optional(recordOf(string)),
};

const noteSchema = objectOf<Note>({
  text: string,
  by: orElse(string, ''),
  atMs: orElse(clockTime, 0),
  untilMs: clockTime,
});

/** A note that cannot be read stops nothing: no promise depends on one. */
const notedFields: FieldParsers<Noted> = { note: orAbsent(noteSchema) };

const changeFields: FieldParsers<Change> = {
  instanceId,
  from: nullable(string),
  to: nullable(string),
  returned: optional(onlyTrue),
  fromSinceMs: optional(timestamp),
  fromSinceKnown: optional(boolean),
  ...detailFields,
  ...notedFields,
};
const changeSchema = objectOf<Change>(changeFields);
const changesSchema = jsonOf(listOf(changeSchema));

const detailsChangeSchema = objectOf<DetailsChange>({
  instanceId: string,
  before: objectOf<Details & Noted>({ ...detailFields, ...notedFields }),
  after: objectOf<Details & Noted>({ ...detailFields, ...notedFields }),
});

const reportedSchema = objectOf<ReportedInstance>({
  scope: orElse(string, ''),
  instanceId: orElse(string, ''),
  name: optional(string),
  sinceMs: optional(timestamp),
  isAtLeast: optional(onlyTrue),
  changes: optional(count),
});
const reportedTicksSchema = objectOf<NonNullable<Report['ticks']>>({
  scope: optional(string),
  sinceMs: timestamp,
  expected: count,
  good: count,
  late: count,
});
const reportedChannelSchema = objectOf<Report['channels'][number]>({
  channel: orElse(string, ''),
  period: orElse(string, ''),
  messages: orElse(count, 0),
  quota: orElse(count, 0),
});

type KnownNotice = Exclude<Notice, { kind: 'unknown' }>;
type NoticeFields<K extends KnownNotice['kind']> = FieldParsers<
  Omit<Extract<KnownNotice, { kind: K }>, 'kind'>
>;

/** Counts in a notice are only shown. `last` decides what the rows after it mean. */
function noticeFields(atMs: number): { readonly [K in KnownNotice['kind']]: NoticeFields<K> } {
  const sinceMs = orElse(timestamp, atMs);
  const failures = orElse(count, 0);
  const allFailing = {
    failing: orElse(recordOf(timestamp), {}),
    failingAccounts: orElse(optional(recordOf(timestamp)), undefined),
    lowQuotas: orElse(optional(recordOf(string)), undefined),
  };
  return {
    baseline: {
      instances: orElse(count, 0),
      last: boolean,
      since: optional(seq),
      silent: optional(onlyTrue),
      closes: optional(onlyTrue),
    },
    'suspicious-scan': { missing: orElse(count, 0), known: orElse(count, 0) },
    'suspicion-lifted': { missing: orElse(count, 0) },
    'scans-failing': { failures, sinceMs, reason: orElse(string, 'the reason is not known') },
    'scans-recovered': { failures, sinceMs },
    'long-round': { instances: orElse(count, 0), roundMs: orElse(duration, 0) },
    'ticks-resumed': { sinceMs, untilMs: orElse(timestamp, atMs) },
    test: {},
    'store-failing': { failures, sinceMs, reason: orElse(string, 'the reason is not known') },
    'channel-failing': {
      channel: orElse(string, ''),
      failures,
      reason: orElse(string, 'the reason is not known'),
      deliveredAtMs: orElse(nullable(timestamp), null),
      ...allFailing,
    },
    'channel-recovered': { channel: orElse(string, ''), sinceMs, ...allFailing },
    'quota-low': {
      channel: orElse(string, ''),
      used: orElse(count, 0),
      quota: orElse(count, 0),
      ...allFailing,
    },
    report: {
      per: (value) => (value === 'week' ? 'week' : 'day'),
      fromMs: orElse(timestamp, atMs),
      untilMs: orElse(timestamp, atMs),
      changes: orElse(count, 0),
      outcomes: orElse(recordOf(count), {}),
      isCut: optional(onlyTrue),
      unread: orAbsent(listOf(string)),
      instances: orElse(count, 0),
      stopped: orElse(count, 0),
      longest: orElse(listOf(reportedSchema), []),
      flapping: orElse(count, 0),
      most: orElse(listOf(reportedSchema), []),
      ticks: orAbsent(reportedTicksSchema),
      channels: orElse(listOf(reportedChannelSchema), []),
      ...allFailing,
    },
    'account-failing': {
      account: orElse(string, ''),
      reason: orElse(string, 'the reason is not known'),
      ...allFailing,
    },
    'account-recovered': { account: orElse(string, ''), sinceMs, ...allFailing },
  };
}

function noticeSchema(atMs: number): Parser<Notice> {
  return (value) => {
    const { kind, ...fields } = objectOf<{ kind: string }>({ kind: string })(value);
    const known = noticeFields(atMs);
    // A kind of a newer version must not stop anything.
    if (!Object.hasOwn(known, kind)) return { kind: 'unknown', name: kind, fields };
    return objectOf<object>(known[kind as KnownNotice['kind']])(value) as Notice;
  };
}

/** `share`: that of all commits that are read together; their instances have much in common. */
export function commitIn(
  scope: string,
  row: TableStore.Row,
  share: Intern = intern(),
): Stored<Commit> {
  const cells = cellsOf(row);
  return stored(() => {
    const atMs = inField('at', integerOf(timestamp), cells.get('at'));
    const said = inField('notice', optional(jsonOf(noticeSchema(atMs))), cells.get('notice'));
    const previousAtMs = optional(integerOf(timestamp));
    const detailsSchema = optional(jsonOf(listOf(detailsChangeSchema)));
    const details = inField('details', detailsSchema, cells.get('details'));
    const changes = inField('changes', changesSchema, cells.get('changes'));
    const commit: Commit = {
      scope,
      seq: inField('seq', whole(1, MAX_SEQ), Number(lastKeyOf(row))),
      atMs,
      previousAtMs: inField('previousAt', previousAtMs, cells.get('previousAt')) ?? null,
      tickId: inField('tickId', string, cells.get('tickId')),
      changes: changes.map((change) => internDetails(change, share)),
      ...(details !== undefined && { details }),
    };
    return said === undefined || isSilentNotice(said, commit)
      ? commit
      : { ...commit, notice: said };
  });
}

/** A part weighs megabytes, so that no function holds a fleet of more of them. */
const MAX_PARTS = 64;

/** It becomes part of the keys of rows; ours have half of it. */
const MAX_WRITER_LENGTH = 256;
const writer: Parser<string> = (value) => {
  const text = string(value);
  if (text.length > MAX_WRITER_LENGTH) throw wrong(value, 'the name of a run');
  return text;
};

const checkpointRefSchema = objectOf<CheckpointRef>({
  seq,
  parts: whole(1, MAX_PARTS),
  writer,
});

const keptSchema = objectOf<KeptCheckpoint>({
  seq,
  parts: whole(1, MAX_PARTS),
  writer,
  atMs: clockTime,
  digest: string,
});

export function keptIn(row: TableStore.Row): Stored<KeptCheckpoint> {
  return stored(() => {
    const kept = inField('checkpoint', jsonOf(keptSchema), cellsOf(row).get('checkpoint'));
    if (kept.seq !== Number(lastKeyOf(row)))
      throw new FieldError('checkpoint.seq', 'is not its row');
    return kept;
  });
}

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

/** One part of a checkpoint: which one it is, and the instances in it. */
export interface CheckpointPart {
  readonly seq: number;
  readonly index: number;
  readonly baselined: boolean;
  readonly changeCount?: number;
  readonly lastAtMs?: number;
  readonly instances: readonly (readonly [instanceId: string, Instance])[];
  readonly released: readonly (readonly [instanceId: string, releasedAtMs: number])[];
}

const knownSchema = objectOf<Details & Noted & Pick<Instance, 'sinceKnown'>>({
  ...detailFields,
  ...notedFields,
  sinceKnown: optional(boolean),
});

/** Stored as a list: id, status, since, and what else is known where there is any. */
const instanceSchema: Parser<readonly [string, Instance]> = (value) => {
  if (!Array.isArray(value)) throw wrong(value, 'a list');
  const [id, status, sinceMs, known] = value as readonly unknown[];
  return [
    inField(0, instanceId, id),
    {
      ...inField(3, optional(knownSchema), known),
      status: inField(1, string, status),
      sinceMs: inField(2, orElse(timestamp, 0), sinceMs),
    },
  ];
};

/** Stored as a list: id, and when the release was recorded. */
const releaseSchema: Parser<readonly [string, number]> = (value) => {
  if (!Array.isArray(value)) throw wrong(value, 'a list');
  const [id, atMs] = value as readonly unknown[];
  return [inField(0, instanceId, id), inField(1, clockTime, atMs)];
};

const checkpointPartSchema = objectOf<CheckpointPart>({
  seq,
  index: whole(0, MAX_PARTS - 1),
  baselined: boolean,
  changeCount: orAbsent(total),
  lastAtMs: orAbsent(timestamp),
  instances: listOf(instanceSchema),
  released: orElse(listOf(releaseSchema), []),
});

/** @throws {FieldError} */
export function checkpointPartIn(json: string): CheckpointPart {
  return inField('data', jsonOf(checkpointPartSchema), json);
}

const positionSchema = objectOf<Position>({ seq, part: orElse(count, 0) });
const cursorSchema: Parser<Cursor> = recordOf(positionSchema);
const asOfSchema = objectOf<AsOf>({
  ms: timestamp,
  isAll: orElse(boolean, false),
  rules: optional(string),
});
const claimSchema = objectOf<Claim>({
  to: cursorSchema,
  tickId: orElse(string, ''),
  asOf: optional(asOfSchema),
  isAhead: optional(boolean),
  mutes: optional(listOf(string)),
  saysInstead: optional(onlyTrue),
  reminds: orAbsent(timestamp),
  untilMs: orElse(timestamp, 0),
});
const stuckSchema = objectOf<Stuck>({
  scope: string,
  to: positionSchema,
  refusals: orElse(count, 0),
  isContent: orElse(boolean, false),
  accepted: orElse(count, 0),
  isPassing: orElse(boolean, false),
});
const sentAheadSchema = objectOf<SentAhead>({
  scope: string,
  seq,
  isSure: orElse(boolean, false),
});
const setAsideSchema = objectOf<SetAside>({
  scope: string,
  seq,
  atMs: orElse(timestamp, 0),
  reason: orElse(string, ''),
});

const severity: Parser<Severity> = (value) => {
  const known = SEVERITIES.find((each) => each === value);
  if (known === undefined) throw wrong(value, 'bad, neutral or good');
  return known;
};

const heldSchema = objectOf<HeldNews>({
  scope: string,
  instanceId,
  changes: orElse(
    listOf(
      objectOf<HeldChange>({
        seq,
        atMs: orElse(timestamp, 0),
        previousAtMs: orElse(nullable(timestamp), null),
        change: objectOf<MessageChange>({
          ...changeFields,
          index: optional(count),
          route: optional(string),
          severities: orElse(optional(recordOf(severity)), undefined),
        }),
      }),
    ),
    [],
  ),
  flips: orElse(listOf(timestamp), []),
  flapping: orElse(
    nullable(objectOf<Flapping>({ flips: orElse(count, 0), sinceMs: orElse(timestamp, 0) })),
    null,
  ),
});

const mutedSchema = objectOf<MutedNews>({
  policy: orElse(string, ''),
  fromMs: orElse(timestamp, 0),
  untilMs: orElse(timestamp, 0),
  isMaybeSent: optional(onlyTrue),
  after: recordOf(seq),
});

const incidentState: Parser<Incident['state']> = (value) => {
  if (value !== 'open' && value !== 'closed' && value !== 'unsure')
    throw wrong(value, 'open, closed or unsure');
  return value;
};

/** Of an incident that cannot be read in part, the next event is sent in any case. */
const incidentSchema = objectOf<Incident>({
  state: orElse(incidentState, 'unsure'),
  seq: orElse(seq, 0),
  openedAtMs: orElse(listOf(timestamp), []),
  overSinceMs: orAbsent(timestamp),
  down: orAbsent(listOf(instanceId)),
});

const insteadSchema = objectOf<SentInstead>({
  channel: string,
  messages: count,
  fromMs: timestamp,
  untilMs: timestamp,
  isMaybeSaid: optional(onlyTrue),
});

const usedSchema = objectOf<Used>({
  period: orElse(string, NEW_CHANNEL.used.period),
  messages: orElse(count, NEW_CHANNEL.used.messages),
});

const quotaPeriod: Parser<Quota['per']> = (value) => {
  if (value !== 'day' && value !== 'month') throw wrong(value, 'day or month');
  return value;
};

const limitsSchema = objectOf<ChannelLimits>({
  messagesPerMinute: orAbsent(count),
  quota: orAbsent(objectOf<Quota>({ per: quotaPeriod, messages: count })),
});

const channelSchema = objectOf<StoredChannel>({
  version: orElse(count, NEW_CHANNEL.version),
  tickId: orElse(string, NEW_CHANNEL.tickId),
  // Without its cursor, a channel would silently begin at the end of every journal.
  cursor: cursorSchema,
  destination: orElse(nullable(string), NEW_CHANNEL.destination),
  claim: orElse(nullable(claimSchema), NEW_CHANNEL.claim),
  stuck: orElse(nullable(stuckSchema), NEW_CHANNEL.stuck),
  ahead: orElse(listOf(sentAheadSchema), NEW_CHANNEL.ahead),
  setAside: orElse(listOf(setAsideSchema), NEW_CHANNEL.setAside),
  doubt: orElse(cursorSchema, NEW_CHANNEL.maybeDelivered),
  maybeDeliveredAsOf: orElse(nullable(asOfSchema), NEW_CHANNEL.maybeDeliveredAsOf),
  held: orElse(listOf(heldSchema), NEW_CHANNEL.held),
  attemptedAtMs: orElse(timestamp, NEW_CHANNEL.attemptedAtMs),
  sentAtMs: orElse(listOf(timestamp), NEW_CHANNEL.sentAtMs),
  used: orElse(usedSchema, NEW_CHANNEL.used),
  limits: orAbsent(limitsSchema),
  failures: orElse(count, NEW_CHANNEL.failures),
  failingSinceMs: orElse(nullable(timestamp), NEW_CHANNEL.failingSinceMs),
  unmarked: orElse(count, NEW_CHANNEL.unmarked),
  notBeforeMs: orElse(timestamp, NEW_CHANNEL.notBeforeMs),
  problem: orElse(nullable(string), NEW_CHANNEL.problem),
  brief: orElse(boolean, NEW_CHANNEL.withoutUserText),
  isRefused: optional(boolean),
  isPaused: optional(boolean),
  deliveredAtMs: orElse(nullable(timestamp), NEW_CHANNEL.deliveredAtMs),
  muted: optional(recordOf(mutedSchema)),
  incidents: orAbsent(recordOf(recordOf(incidentSchema))),
  instead: orAbsent(insteadSchema),
  remindedMs: orAbsent(timestamp),
});

export function channelIn(row: TableStore.Row): Stored<ChannelState> {
  const cells = cellsOf(row);
  const state = storedCell(cells, 'state', jsonOf(channelSchema));
  if (!('value' in state)) return state;
  // Compare-and-set compares the column, not what the text says of it.
  const version = storedCell(cells, 'version', integerOf(count));
  if (!('value' in version)) return version;
  return { value: { ...channelOf(state.value), version: version.value } };
}

const deliverySchema = objectOf<Omit<DeliveryRecord, 'channel' | 'seq'>>({
  atMs: orElse(timestamp, 0),
  tickId: orElse(string, ''),
  commits: orElse(listOf(string), []),
  commitCount: orElse(count, 0),
  changeCount: orElse(count, 0),
  attempt: orElse(count, 1),
  isRepeat: orElse(boolean, false),
  verdict: string as Parser<Outcome['kind']>,
  reason: orElse(nullable(string), null),
  inPlaceOf: orAbsent(string),
});

export function deliveryIn(channel: string, row: TableStore.Row): StoredDelivery {
  const seq = Number(lastKeyOf(row));
  const record = storedCell(cellsOf(row), 'record', jsonOf(deliverySchema));
  if (!('value' in record)) return { ...record, seq };
  return { seq, value: { ...record.value, channel, seq } };
}

/** A region id becomes part of the name of a host. */
const regionId: Parser<string> = (value) => {
  const id = string(value);
  if (!/^[a-z][a-z0-9-]{1,62}$/u.test(id)) throw wrong(value, 'a region id');
  return id;
};

/** It becomes part of the keys of rows. Source: Tablestore, "Limits": a key column has 1 KB. */
const MAX_KEY_LENGTH = 512;
const scopeKey: Parser<string> = (value) => {
  const key = string(value);
  if (key === '' || key.length > MAX_KEY_LENGTH) throw wrong(value, 'the key of a scope');
  return key;
};

const watchListSchema = objectOf<WatchList>({
  scopes: listOf(
    objectOf<WatchedScope>({
      key: scopeKey,
      account: string,
      regionId,
      isDiscovered: optional(onlyTrue),
      zoneId: optional(string),
      clusterId: optional(string),
      resourceGroupId: optional(string),
    }),
  ),
  regions: orElse(
    recordOf(objectOf<KnownRegions>({ ids: listOf(regionId), listedAtMs: orElse(clockTime, 0) })),
    {},
  ),
});

export function watchListIn(row: TableStore.Row): Stored<WatchList> {
  return storedCell(cellsOf(row), 'list', jsonOf(watchListSchema));
}

function storedCell<T>(
  cells: ReadonlyMap<string, unknown>,
  column: string,
  parse: Parser<T>,
): Stored<T> {
  const cell = cells.get(column);
  const read = stored(() => inField(column, parse, cell));
  return 'value' in read || typeof cell !== 'string' ? read : { ...read, stored: cell };
}

/** What a parser returns, or what is wrong. */
export function stored<T>(read: () => T): Stored<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return { unreadable: error.message };
  }
}
