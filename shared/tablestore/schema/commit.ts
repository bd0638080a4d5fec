import type * as TableStore from 'tablestore';
import {
  type Change,
  type Commit,
  type Intern,
  internDetails,
  type Notice,
  type Report,
  type ReportedInstance,
} from '../../core/model.ts';
import type { Stored } from '../../core/stored.ts';
import { intern } from '../../lib/intern.ts';
import {
  boolean,
  type FieldParsers,
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
} from '../parser.ts';
import { cellsOf, isSilentNotice, lastKeyOf } from '../rows.ts';
import {
  count,
  detailFields,
  detailsChangeSchema,
  duration,
  instanceId,
  integerOf,
  MAX_SEQ,
  notedFields,
  seq,
  stored,
} from './fields.ts';

export const changeFields: FieldParsers<Change> = {
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
