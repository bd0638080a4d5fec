import type { Outcome } from './message.ts';
import type { Stored } from './stored.ts';
import { MAX_TIME_MS } from './time.ts';

/** One attempt at a message, as it is kept for people. It holds no text of users. */
export interface DeliveryRecord {
  readonly channel: string;
  /** The channel whose message it was: this one is its fallback. Absent: it was its own. */
  readonly inPlaceOf?: string;
  /** Orders the records of a channel: the time of the attempt, and a number within it. */
  readonly seq: number;
  /** When the attempt began. */
  readonly atMs: number;
  readonly tickId: string;
  /** `scope/seq` of the first commits that the message was about. */
  readonly commits: readonly string[];
  readonly commitCount: number;
  readonly changeCount: number;
  /** 1: the first attempt since the last delivery. */
  readonly attempt: number;
  readonly isRepeat: boolean;
  readonly verdict: Outcome['kind'];
  /** What the receiver answered, without secrets; null: it took the whole message. */
  readonly reason: string | null;
}

/** Attempts that may be counted within one millisecond. */
const SEQS_PER_MS = 1_000;

/** `count`: of the channel, so that no two attempts of one millisecond share a seq. */
export function deliverySeq(atMs: number, count: number): number {
  return atMs * SEQS_PER_MS + (count % SEQS_PER_MS);
}

/** When an attempt began, also where its record cannot be read. */
export function deliveryTimeMs(seq: number): number {
  return Math.min(Math.max(0, Math.floor(seq / SEQS_PER_MS)), MAX_TIME_MS);
}

/** A record as it is stored: its place is known where the rest cannot be read. */
export type StoredDelivery = Stored<DeliveryRecord> & { readonly seq: number };
