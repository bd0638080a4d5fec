import type { Scope } from '../../../core/model.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import { type Filter, scopesIn } from '../filter.ts';
import { SORT_CHOICES } from '../instance-order.ts';
import type { InstanceKey } from '../instance-row.ts';
import { acceptedFormat, FORMATS, type Format, INSTANCE_FIELDS } from '../listing.ts';
import type { Moment } from '../moment.ts';
import { instancesToken } from '../page-token.ts';
import { choiceParameter, cursorParameter, limitParameter, listParameter } from '../parameter.ts';
import { type ParameterReader, type Problems, parameterReader } from '../parameters.ts';
import type { ViewRequest } from '../request.ts';
import { FILTER, keysOf, readFilter } from './filters.ts';
import { identityOf, notAhead } from './list-place.ts';
import { readPast, timeParameter } from './times.ts';

export interface InstancesQuery {
  readonly filter: Filter;
  readonly fields: ReadonlySet<string>;
  readonly format: Format;
  readonly sort: string;
  readonly limit: number;
  readonly moment: Moment;
  /** How many instances of the list came before this page, or the last one of them. */
  readonly after: number | InstanceKey;
  /** The moment that is shown. */
  readonly nowMs: number;
  /** The time by which durations are judged: the same for a whole minute, and for all pages. */
  readonly judgedAtMs: number;
  /** What makes the list, as one text: a cursor belongs to it. */
  readonly identity: string;
}

export const INSTANCES_PARAMETERS = {
  ...FILTER,
  cursor: cursorParameter(),
  at: timeParameter('Show the fleet as it was then.'),
  sort: choiceParameter(SORT_CHOICES, 'Without it, by scope and id. - is for the other direction.'),
  format: choiceParameter(FORMATS, 'Instead of the header Accept.'),
  fields: listParameter(
    'Only these fields of each instance.',
    'instanceId,status',
    INSTANCE_FIELDS,
  ),
  limit: limitParameter('The most instances of one answer. The default is that of JSON only.'),
};

export function parseInstancesQuery(
  { query: parameters, headers }: Pick<ViewRequest, 'query' | 'headers'>,
  scopes: readonly Scope[],
  nowMs: number,
): InstancesQuery | Problems {
  const read = parameterReader(INSTANCES_PARAMETERS, parameters);
  const filter = readFilter(read, scopes);
  const keys = keysOf(scopesIn(filter, scopes));
  const identity = identityOf(parameters);
  const decode = (token: string) => notAhead(instancesToken.decode(token, keys, identity), nowMs);
  const cursor = read.token('cursor', decode);
  const [place, last] =
    cursor === undefined || 'last' in cursor ? [undefined, cursor?.last] : [cursor, undefined];
  const moment = readMoment(read, nowMs);
  const sort = read.choice('sort');
  // A cursor of version 0.1 is a place in the one order that there was.
  if (last !== undefined && sort !== '') read.refuse('sort cannot be combined with this cursor');
  const format = read.choice('format') || acceptedFormat(headers.get('accept') ?? '');
  const shownAtMs = place?.nowMs ?? (moment.kind === 'time' ? moment.timeMs : nowMs);
  return read.finish({
    filter,
    fields: read.known('fields', INSTANCE_FIELDS),
    format,
    sort,
    // Lines and tables are for whole fleets: no page of them holds a cursor that could be overlooked.
    limit: read.whole('limit', format === 'json' ? undefined : Number.POSITIVE_INFINITY),
    moment: place === undefined ? moment : { kind: 'seqs', seqs: place.seqs, timeMs: place.nowMs },
    after: last ?? place?.offset ?? 0,
    nowMs: shownAtMs,
    // A moment of the past is shown exactly. Now is asked for again and again.
    judgedAtMs: moment.kind === 'time' ? shownAtMs : minuteOf(shownAtMs),
    identity,
  });
}

function minuteOf(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}

function readMoment(read: ParameterReader<'at'>, nowMs: number): Moment {
  const timeMs = readPast(read, 'at', nowMs);
  return timeMs === undefined ? { kind: 'now' } : { kind: 'time', timeMs };
}
