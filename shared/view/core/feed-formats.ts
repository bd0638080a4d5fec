import { preferredType } from './accept.ts';
import type { Item } from './feed.ts';
import {
  CHANGE_SCHEMA,
  changeJson,
  DETAILS_SCHEMA,
  detailsJson,
  NOTICE_SCHEMA,
  noticeJson,
} from './feed-json.ts';
import { listSchema, named, objectSchema, TEXT, TIME } from './schema.ts';

/** Changes and notices as one JSON document, as lines of JSON, and as a batch of CloudEvents. */
export const FEED_FORMATS = ['json', 'ndjson', 'cloudevents'] as const;
export type FeedFormat = (typeof FEED_FORMATS)[number];

export const FEED_MEDIA_TYPES: Readonly<Record<FeedFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  cloudevents: 'application/cloudevents-batch+json',
};

/** The format that a caller accepts, where the address names none. Anything else gets JSON. */
export function acceptedFeedFormat(accept: string): FeedFormat {
  return preferredType(accept, FEED_FORMATS, FEED_MEDIA_TYPES) ?? 'json';
}

/** A change or a notice a line, in the order of the answer; a notice has the field `notice`. */
export function feedLines(items: readonly Item[]): string {
  return items.map((item) => `${JSON.stringify(itemJson(item))}\n`).join('');
}

/**
 * One event for each item: a page may end in the middle of a commit, and an id must always stand for
 * the same event. Source: CloudEvents 1.0.2, "JSON Event Format", section 4.
 */
export function feedEvents(items: readonly Item[]): string {
  const events = items.map((item) => {
    const { id, ...data } = itemJson(item);
    return {
      specversion: '1.0',
      id,
      source: `//ecs-watch/${item.commit.scope}`,
      type: `ecs-watch.${item.kind}`,
      ...(item.kind !== 'notice' && { subject: item.change.instanceId }),
      time: data.at,
      datacontenttype: 'application/json',
      data: { id, ...data },
    };
  });
  return JSON.stringify(events);
}

export const EVENTS_SCHEMA = listSchema(
  named(
    'CloudEvent',
    objectSchema(
      {
        specversion: { const: '1.0' },
        id: TEXT,
        source: TEXT,
        type: { enum: ['ecs-watch.change', 'ecs-watch.notice', 'ecs-watch.details'] },
        time: TIME,
        datacontenttype: { const: 'application/json' },
        data: { anyOf: [CHANGE_SCHEMA, NOTICE_SCHEMA, DETAILS_SCHEMA] },
      },
      { subject: TEXT },
    ),
  ),
);

function itemJson(item: Item): { readonly id: string; readonly at: string } {
  if (item.kind === 'details') return detailsJson(item);
  return item.kind === 'change' ? changeJson(item) : noticeJson(item);
}
