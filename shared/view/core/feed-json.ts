import {
  type EventChange,
  type EventData,
  eventChange,
  eventDataOf,
} from '../../core/event-json.ts';
import type { Details, Scope } from '../../core/model.ts';
import { describedJson, type NoteJson } from '../../core/note.ts';
import { cleanText } from '../../core/text.ts';
import type { ChangeItem, DetailsItem, Item, NoticeItem } from './feed.ts';
import { DETAIL_FIELDS } from './fleet-json.ts';
import {
  ALWAYS_TRUE,
  BOOLEAN,
  COUNT,
  type FieldSchemas,
  listSchema,
  mapSchema,
  named,
  objectSchema,
  orNull,
  TEXT,
  TIME,
} from './schema.ts';

/** A change for programs: as the webhook sends it, with the facts of its commit. */
export interface ChangeJson extends EventChange {
  readonly scope: string;
  readonly seq: number;
  readonly at: string;
  readonly previousAt: string | null;
  /** The instance was there when watching began; nothing happened to it then. */
  readonly baseline?: true;
}

export function changeJson({ commit, change, index }: ChangeItem): ChangeJson {
  const { id, ...rest } = eventChange(commit, change, index);
  const { scope, seq, at, previousAt } = eventDataOf({ ...commit, changes: [] });
  const isBaseline = commit.notice?.kind === 'baseline';
  return { id, scope, seq, at, previousAt, ...rest, ...(isBaseline && { baseline: true }) };
}

const COMMIT_FIELDS = { id: TEXT, scope: TEXT, seq: COUNT, at: TIME, previousAt: orNull(TIME) };
const CHANGE_FIELDS = {
  ...COMMIT_FIELDS,
  instanceId: TEXT,
  from: orNull(TEXT),
  to: orNull(TEXT),
};
const FURTHER_CHANGE_FIELDS = {
  returned: ALWAYS_TRUE,
  fromSince: TIME,
  fromSinceKnown: BOOLEAN,
  ...DETAIL_FIELDS,
  baseline: ALWAYS_TRUE,
} satisfies FieldSchemas<Omit<ChangeJson, keyof typeof CHANGE_FIELDS>>;

export const CHANGE_SCHEMA = named('Change', objectSchema(CHANGE_FIELDS, FURTHER_CHANGE_FIELDS));

export function noticeJson({ commit }: NoticeItem): EventData & { readonly id: string } {
  return { id: `${commit.scope}/${commit.seq}`, ...eventDataOf(commit) };
}

const REPORTED_SCHEMA = listSchema(
  objectSchema(
    { scope: TEXT, instanceId: TEXT },
    { name: TEXT, since: TIME, isAtLeast: ALWAYS_TRUE, changes: COUNT },
  ),
);
const REPORT_SCHEMA = named(
  'Report',
  objectSchema(
    {
      per: { enum: ['day', 'week'] },
      from: TIME,
      until: TIME,
      changes: COUNT,
      outcomes: mapSchema(COUNT),
      instances: COUNT,
      stopped: COUNT,
      longest: REPORTED_SCHEMA,
      flapping: COUNT,
      most: REPORTED_SCHEMA,
      channels: listSchema(
        objectSchema({ channel: TEXT, period: TEXT, messages: COUNT, quota: COUNT }),
      ),
    },
    {
      isCut: ALWAYS_TRUE,
      unread: listSchema(TEXT),
      ticks: objectSchema(
        { since: TIME, expected: COUNT, good: COUNT, late: COUNT },
        { scope: TEXT },
      ),
    },
  ),
);

/** Each kind of notice has some of the further fields. */
export const NOTICE_SCHEMA = named(
  'Notice',
  objectSchema(
    { ...COMMIT_FIELDS, notice: TEXT },
    {
      instances: COUNT,
      again: ALWAYS_TRUE,
      missing: COUNT,
      known: COUNT,
      failures: COUNT,
      since: TIME,
      until: TIME,
      reason: TEXT,
      roundSeconds: COUNT,
      channel: TEXT,
      deliveredAt: orNull(TIME),
      used: COUNT,
      quota: COUNT,
      account: TEXT,
      report: REPORT_SCHEMA,
      // Of a notice that a newer version has written.
      fields: { type: 'object' },
    },
  ),
);

/** Only the fields that differ; one that only one of the two has was added, or removed. */
export interface DetailsJson {
  readonly id: string;
  readonly scope: string;
  readonly seq: number;
  readonly at: string;
  readonly previousAt: string | null;
  readonly instanceId: string;
  readonly before: Details & Partial<NoteJson>;
  readonly after: Details & Partial<NoteJson>;
}

export function detailsJson({ commit, index, change }: DetailsItem): DetailsJson {
  const { scope, seq, at, previousAt } = eventDataOf({ ...commit, changes: [] });
  const { instanceId, before, after } = change;
  const own = { instanceId, before: describedJson(before), after: describedJson(after) };
  return { id: `${scope}/${seq}/${index}`, scope, seq, at, previousAt, ...own };
}

const SOME_DETAILS = objectSchema({}, DETAIL_FIELDS);
export const DETAILS_SCHEMA = named(
  'Details',
  objectSchema({
    ...COMMIT_FIELDS,
    instanceId: TEXT,
    before: SOME_DETAILS,
    after: SOME_DETAILS,
  } satisfies FieldSchemas<DetailsJson>),
);

/** The items for programs: the changes, and apart from them the notices and other details. */
export function itemsJson(items: readonly Item[]): {
  readonly changes: readonly ChangeJson[];
  readonly notices: readonly object[];
  readonly details: readonly DetailsJson[];
} {
  return {
    changes: items.filter((item) => item.kind === 'change').map(changeJson),
    notices: items.filter((item) => item.kind === 'notice').map(noticeJson),
    details: items.filter((item) => item.kind === 'details').map(detailsJson),
  };
}

/** What the journal says of an instance that was released. */
export function releaseJson(
  { key, regionId }: Scope,
  { commit, change }: ChangeItem,
): { readonly text: string; readonly instance: object } {
  const { instanceId, from, ...details } = change;
  const { at, previousAt } = eventDataOf({ ...commit, changes: [] });
  const window = previousAt === null ? `before ${at}` : `between ${previousAt} and ${at}`;
  const status = cleanText(from ?? 'unknown');
  return {
    text: `${cleanText(instanceId)} was released ${window}; its last status was ${status}`,
    instance: {
      instanceId,
      scope: key,
      region: regionId,
      lastStatus: from,
      releasedAt: at,
      releasedAfter: previousAt,
      ...describedJson(details),
    },
  };
}

export const RELEASED_INSTANCE_SCHEMA = named(
  'ReleasedInstance',
  objectSchema(
    {
      instanceId: TEXT,
      scope: TEXT,
      region: TEXT,
      lastStatus: orNull(TEXT),
      releasedAt: TIME,
      releasedAfter: orNull(TIME),
    },
    DETAIL_FIELDS,
  ),
);
