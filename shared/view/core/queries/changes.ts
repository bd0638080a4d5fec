import type { Scope } from '../../../core/model.ts';
import type { Item } from '../feed.ts';
import { acceptedFeedFormat, FEED_FORMATS, type FeedFormat } from '../feed-formats.ts';
import {
  allows,
  allowsAmong,
  type InstanceFilter,
  instanceMatcher,
  type ScopeFilter,
  scopesIn,
  type Wanted,
} from '../filter.ts';
import { type ChangesPlace, changesToken } from '../page-token.ts';
import { choiceParameter, limitParameter, listParameter, textParameter } from '../parameter.ts';
import { type ParameterReader, type Problems, parameterReader } from '../parameters.ts';
import type { ViewRequest } from '../request.ts';
import {
  INSTANCE_FILTER,
  keysOf,
  lowerCase,
  readInstanceFilter,
  readScopeFilter,
  SCOPE_FILTER,
  unknownIn,
} from './filters.ts';
import { TIME_FORMS, timeIn } from './times.ts';

export interface ChangesQuery {
  readonly filter: ScopeFilter & InstanceFilter;
  /** The statuses that changes begin with or lead to, in lower case. */
  readonly statuses: Wanted;
  /** The statuses that changes begin with, in lower case; `none` for an appearance. */
  readonly from: Wanted;
  /** The statuses that changes lead to, in lower case; `released` is one of them here. */
  readonly to: Wanted;
  /** Also other details of instances, whose status has not changed. */
  readonly withDetails: boolean;
  readonly format: FeedFormat;
  readonly limit: number;
  readonly start: ChangesStart;
}

export type ChangesStart =
  | { readonly kind: 'newest' }
  | ({ readonly kind: 'since' | 'before' } & ChangesPlace)
  | { readonly kind: 'since-time' | 'before-time'; readonly timeMs: number };

export const CHANGES_PARAMETERS = {
  ...SCOPE_FILTER,
  ...INSTANCE_FILTER,
  status: listParameter('Statuses that a change begins with or leads to.', 'Stopped'),
  from: listParameter('Statuses that a change begins with; none: it appeared.', 'Running,none'),
  to: listParameter('Statuses that a change leads to.', 'Stopped,released'),
  details: choiceParameter(
    ['true', 'false'],
    'Also instances of which other details changed (name, tags, addresses), chosen by scope and id.',
    'false',
  ),
  format: choiceParameter(FEED_FORMATS, 'Instead of the header Accept.'),
  limit: limitParameter('The most changes and notices of one answer.'),
  before: textParameter(
    `olderCursor of an earlier answer, or a time (${TIME_FORMS}).`,
    '2026-11-22',
  ),
  since: textParameter(`nextCursor of an earlier answer, or a time (${TIME_FORMS}).`, '2026-11-22'),
};

export function parseChangesQuery(
  { query: parameters, headers }: Pick<ViewRequest, 'query' | 'headers'>,
  scopes: readonly Scope[],
): ChangesQuery | Problems {
  const read = parameterReader(CHANGES_PARAMETERS, parameters);
  const filter = { ...readScopeFilter(read, scopes), ...readInstanceFilter(read) };
  return read.finish({
    filter,
    statuses: read.wanted('status', lowerCase),
    from: read.wanted('from', lowerCase),
    to: read.wanted('to', lowerCase),
    withDetails: read.choice('details') === 'true',
    format: read.choice('format') || acceptedFeedFormat(headers.get('accept') ?? ''),
    limit: read.whole('limit'),
    start: readStart(read, keysOf(scopesIn(filter, scopes))),
  });
}

/** The name, in filters, of a change to no status, and of one from none. */
const RELEASED = 'released';
const APPEARED = 'none';

/** Statuses that no change can have, as far as is known: `others` are those besides ECS's own. */
export function unknownStatusesOf(
  { statuses, from, to }: ChangesQuery,
  others: readonly string[],
): readonly string[] {
  const either = [RELEASED, APPEARED, ...others];
  return [
    ...unknownIn('status', statuses, either),
    ...unknownIn('from', from, [APPEARED, ...others]),
    ...unknownIn('to', to, [RELEASED, ...others]),
  ];
}

/** Every reader needs the notices: a filter for instances must not hide that scans fail. */
export function itemMatcher({ filter, statuses, from, to }: ChangesQuery): (item: Item) => boolean {
  const isWanted = instanceMatcher(filter);
  return (item) => {
    if (item.kind === 'notice') return true;
    if (item.kind === 'details') return allows(filter.ids, item.change.instanceId);
    const { change } = item;
    const before = change.from?.toLowerCase() ?? APPEARED;
    const after = change.to?.toLowerCase() ?? RELEASED;
    return (
      isWanted(change.instanceId, change) &&
      allowsAmong(statuses, [before, after]) &&
      allows(from, before) &&
      allows(to, after)
    );
  };
}

/** `scopes`: the keys that the query covers. */
function readStart(
  read: ParameterReader<'before' | 'since'>,
  scopes: readonly string[],
): ChangesStart {
  const decode = (token: string) => changesToken.decode(token, scopes);
  const since = readPoint(read, 'since', decode);
  const before = readPoint(read, 'before', decode);
  if (since !== undefined && before !== undefined) {
    read.refuse('since and before cannot be combined');
  }
  return since ?? before ?? { kind: 'newest' };
}

/** A cursor or a time. */
function readPoint<Name extends 'since' | 'before'>(
  read: ParameterReader<Name>,
  name: Name,
  decode: (token: string) => ChangesPlace | undefined,
): ChangesStart | undefined {
  const timeMs = timeIn(read.text(name));
  if (timeMs !== undefined) return { kind: `${name}-time`, timeMs };
  const place = read.token(name, decode, `or a time (${TIME_FORMS})`);
  return place === undefined ? undefined : { kind: name, ...place };
}
