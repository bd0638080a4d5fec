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
  type Stuck,
} from '../../core/channel-state.ts';
import type { Incident } from '../../core/incident.ts';
import { type MessageChange, SEVERITIES, type Severity } from '../../core/message.ts';
import type { Quota, Used } from '../../core/quota.ts';
import type { SentInstead } from '../../core/sent-instead.ts';
import type { Stored } from '../../core/stored.ts';
import {
  boolean,
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
  wrong,
} from '../parser.ts';
import { cellsOf, channelOf, type StoredChannel } from '../rows.ts';
import { changeFields } from './commit.ts';
import { count, instanceId, integerOf, seq, storedCell } from './fields.ts';

const positionSchema = objectOf<Position>({ seq, part: orElse(count, 0) });
const cursorSchema: Parser<Cursor> = recordOf(positionSchema);
const asOfSchema = objectOf<AsOf>({
  ms: timestamp,
  isAll: orElse(boolean, false),
  isRest: optional(onlyTrue),
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
  isPerhapsUnseen: optional(onlyTrue),
  mayHaveNamedMore: optional(onlyTrue),
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
