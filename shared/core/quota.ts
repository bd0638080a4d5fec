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

/** The part that is kept for bad news. */
const RESERVED_SHARE = 0.1;
/** Past this part of a month's quota, people are informed. */
const LOW_SHARE = 0.8;

export function usedAt(used: Used, quota: Quota, nowMs: number): Used {
  const period = periodAt(quota, nowMs);
  return used.period === period ? used : { period, messages: 0 };
}

export function oneMoreUsed(used: Used, quota: Quota | undefined, nowMs: number): Used {
  if (quota === undefined) return used;
  const { period, messages } = usedAt(used, quota, nowMs);
  return { period, messages: messages + 1 };
}

/**
 * How long after the last message the next one may follow. What is good is spread over the time that
 * is left, so that it is merged instead of exceeding the quota. Bad news waits only in the reserve,
 * and an hour at most. When all is used up, the receiver is asked once a day: it knows its quota best.
 */
export function pauseMs(
  used: Used,
  quota: Quota | undefined,
  nowMs: number,
  isBad: boolean,
): number {
  if (quota === undefined) return 0;
  const reserve = Math.ceil(quota.messages * RESERVED_SHARE);
  const left = quota.messages - usedAt(used, quota, nowMs).messages;
  const leftMs = periodEndMs(quota, nowMs) - nowMs;
  if (left <= 0) return DAY_MS;
  if (isBad) return left > reserve ? 0 : Math.min(HOUR_MS, leftMs / left);
  return left > reserve ? Math.min(DAY_MS, leftMs / (left - reserve)) : DAY_MS;
}

/** Is little left of a month? That of a day is counted anew too soon for people to act. */
export function isLow(used: Used, quota: Quota | undefined, nowMs: number): quota is Quota {
  if (quota?.per !== 'month') return false;
  return usedAt(used, quota, nowMs).messages >= quota.messages * LOW_SHARE;
}

function periodAt({ per }: Quota, nowMs: number): string {
  return isoTime(nowMs).slice(0, per === 'month' ? 7 : 10);
}

function periodEndMs({ per }: Quota, nowMs: number): number {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  return per === 'month' ? Date.UTC(year, month + 1) : Date.UTC(year, month, day + 1);
}
