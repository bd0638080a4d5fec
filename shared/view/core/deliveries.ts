import { deliveryTimeMs, type StoredDelivery } from '../../core/delivery-record.ts';
import { isoTime } from '../../core/time.ts';
import { BOOLEAN, COUNT, listSchema, named, objectSchema, orNull, TEXT, TIME } from './schema.ts';

/** The last attempt of a page: the next page is past it, newest first and by channel within a time. */
export interface DeliveryPosition {
  readonly seq: number;
  readonly channel: string;
}

export interface DeliveriesPage {
  readonly records: readonly (readonly [channel: string, record: StoredDelivery])[];
  /** Undefined: there is nothing older. */
  readonly next: DeliveryPosition | undefined;
}

/** Before which seq the records of a channel are read for a page past `after`. */
export function readBefore(
  channel: string,
  after: DeliveryPosition | undefined,
): number | undefined {
  if (after === undefined) return undefined;
  return channel > after.channel ? after.seq + 1 : after.seq;
}

/** The newest records of all channels. `byChannel`: at most `limit` + 1 of each, newest first. */
export function newestDeliveries(
  byChannel: ReadonlyMap<string, readonly StoredDelivery[]>,
  limit: number,
): DeliveriesPage {
  const all = [...byChannel].flatMap(([channel, records]) =>
    records.map((record) => ({ channel, seq: record.seq, record })),
  );
  all.sort((one, other) => other.seq - one.seq || (one.channel < other.channel ? -1 : 1));
  const page = all.slice(0, limit);
  const last = page.at(-1);
  return {
    records: page.map(({ channel, record }) => [channel, record]),
    next: all.length > limit && last ? { seq: last.seq, channel: last.channel } : undefined,
  };
}

export function deliveryJson(channel: string, stored: StoredDelivery): object {
  if ('unreadable' in stored) {
    const { unreadable } = stored;
    return { channel, at: isoTime(deliveryTimeMs(stored.seq)), unreadable };
  }
  const { seq: _, atMs, isRepeat, commitCount, changeCount, ...record } = stored.value;
  return { at: isoTime(atMs), ...record, repeat: isRepeat, commitCount, changeCount };
}

export const DELIVERY_SCHEMA = named('Delivery', {
  anyOf: [
    objectSchema(
      {
        channel: TEXT,
        at: TIME,
        tickId: TEXT,
        attempt: COUNT,
        verdict: { enum: ['delivered', 'retry', 'throttled', 'rejected'] },
        reason: orNull(TEXT),
        repeat: BOOLEAN,
        commits: listSchema(TEXT),
        commitCount: COUNT,
        changeCount: COUNT,
      },
      { inPlaceOf: TEXT },
    ),
    // A stored row that cannot be read. Its time may be one that RFC 3339 cannot write.
    objectSchema({ channel: TEXT, at: TEXT, unreadable: TEXT }),
  ],
});
