import { isoTime } from './time.ts';

/** How many messages a receiver takes in a calendar day or month (UTC). */
export interface Quota {
  readonly per: 'day' | 'month';
  readonly messages: number;
}

/** The messages that a receiver has taken, or may have, in one period: `2026-11` or `2026-11-22`. */
export interface Used {
  readonly period: string;
  readonly messages: number;
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** The part that is kept for bad news. Another one of the same size may be used at any time. */
const RESERVED_SHARE = 0.1;
/** Past this part of a month's quota, people are informed. */
const LOW_SHARE = 0.8;

export function usedAt(used: Used, quota: Quota, nowMs: number): Used {
  const period = periodAt(quota, nowMs);
  return used.period === period ? used : { period, messages: 0 };
}

/** After so many further messages. */
export function moreUsed(used: Used, quota: Quota | undefined, nowMs: number, count: number): Used {
  if (quota === undefined) return used;
  const { period, messages } = usedAt(used, quota, nowMs);
  return { period, messages: messages + count };
}

/**
 * The earliest time for a message; `lastMs`: when the last one was delivered. What is good keeps to an
 * even use of the period, so that it is merged instead of exceeding the quota; it goes along with bad
 * news in any case. Bad news waits only in the reserve, and an hour at most, also when all is used up: the
 * count is ours, and the receiver knows its quota best. Nothing waits longer than the period.
 */
export function opensAtMs(
  used: Used,
  quota: Quota | undefined,
  {
    nowMs,
    lastMs,
    isBad,
  }: { readonly nowMs: number; readonly lastMs: number; readonly isBad: boolean },
): number {
  if (quota === undefined) return 0;
  const reserve = Math.ceil(quota.messages * RESERVED_SHARE);
  const { messages } = usedAt(used, quota, nowMs);
  const left = quota.messages - messages;
  const { startMs, endMs } = periodOf(quota, nowMs);
  if (isBad && left > reserve) return 0;
  if (isBad) return lastMs + Math.min(HOUR_MS, (endMs - nowMs) / Math.max(1, left));
  if (left <= reserve) return Math.min(lastMs + DAY_MS, endMs);
  const share = Math.max(0, messages - reserve) / Math.max(1, quota.messages - 2 * reserve);
  return Math.min(lastMs + DAY_MS, startMs + share * (endMs - startMs));
}

/** Is little left of a month? A day ends too soon for people to act. */
export function isLow(used: Used, quota: Quota | undefined, nowMs: number): quota is Quota {
  if (quota?.per !== 'month') return false;
  return usedAt(used, quota, nowMs).messages >= quota.messages * LOW_SHARE;
}

function periodAt({ per }: Quota, nowMs: number): string {
  return isoTime(nowMs).slice(0, per === 'month' ? 7 : 10);
}

function periodOf(
  { per }: Quota,
  nowMs: number,
): { readonly startMs: number; readonly endMs: number } {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  return per === 'month'
    ? { startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) }
    : { startMs: Date.UTC(year, month, day), endMs: Date.UTC(year, month, day + 1) };
}
