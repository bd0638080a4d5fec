import type { DeliveryRecord, StoredDelivery } from '../core/delivery-record.ts';

/** What became of messages, kept beside the journal and as long. @throws {JournalError} */
export interface DeliveryLog {
  /** Nothing is tried any more at `giveUpMs`. */
  recordDelivery(record: DeliveryRecord, giveUpMs: number): Promise<void>;
}

/** @throws {JournalError} */
export interface DeliveryLogReader {
  /** At most `limit` attempts at messages of a channel before `seq`, newest first. */
  deliveries(channel: string, limit: number, before?: number): Promise<readonly StoredDelivery[]>;
}
