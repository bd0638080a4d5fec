import type { Outcome } from '../core/message.ts';
import { cleanText } from '../core/text.ts';
import { MINUTE_MS } from '../core/time.ts';
import type { Redact } from '../lib/secrets.ts';
import { type Answer, PostError } from './post.ts';

// What all receivers have in common: what HTTP says about one attempt.

/** The outcome of an attempt that got no answer. */
export function outcomeOfFailure(error: unknown): Outcome {
  if (!(error instanceof PostError)) throw error;
  const reason =
    error.message === 'PRIVATE_ADDRESS'
      ? 'the address is private: set WEBHOOK_ALLOW_PRIVATE=true if this is meant'
      : `no answer: ${error.message}${cureOf(error.message)}`;
  return { kind: 'retry', reason, lost: error.mayHaveArrived };
}

/** Code → what it mostly means. Source: Node.js "Common system errors", "X509 certificate error codes". */
const CURES: readonly (readonly [code: RegExp, cure: string])[] = [
  [/^(?:ENOTFOUND|EAI_)/u, 'the receiver has no such host: check the address'],
  [/^ECONNREFUSED$/u, 'nothing listens there: check the address'],
  [
    /^CERT_HAS_EXPIRED$/u,
    'the certificate of the receiver has ended: its operator has to renew it',
  ],
  [
    /SELF_SIGNED|^UNABLE_TO_|ALTNAME/u,
    'the certificate of the receiver is not trusted: check the address',
  ],
];

function cureOf(code: string): string {
  const cure = CURES.find(([known]) => known.test(code));
  return cure === undefined ? '' : ` (${cure[1]})`;
}

/** Statuses of failures that end by themselves. Source: RFC 9110, Standard Webhooks 1.0. */
const PASSING_STATUSES: readonly number[] = [408, 425, 500, 502, 503, 504];

/** The request was understood, and what is in it refused. Source: RFC 9110, 15.5.14 and 15.5.21. */
const CONTENT_STATUSES: readonly number[] = [413, 422];

/** A proxy has passed the message on, and waited for the answer in vain. Source: RFC 9110, 15.6.5. */
const GATEWAY_TIMEOUT = 504;

/** A larger one says nothing, and is treated like a failure of the server. Source: RFC 9110, 15. */
const MAX_STATUS = 599;

/** What the status alone says; undefined for 2xx, where the body may decide. */
export function outcomeOfStatus(
  { status, headers }: Answer,
  nowMs: number,
  redact: Redact,
): Outcome | undefined {
  const reason = `HTTP ${status}`;
  if (isSuccess(status)) return undefined;
  if (status < 200 || status > MAX_STATUS) return { kind: 'retry', reason, lost: true };
  const untilMs = retryAfterMs(headers['retry-after'], nowMs);
  if (status === 429) {
    return { kind: 'throttled', reason, untilMs: untilMs ?? afterNextMinuteMs(nowMs) };
  }
  if (PASSING_STATUSES.includes(status)) {
    const lost = status === GATEWAY_TIMEOUT;
    return untilMs === undefined
      ? { kind: 'retry', reason, lost }
      : { kind: 'throttled', reason, untilMs, lost };
  }
  if (CONTENT_STATUSES.includes(status)) return { kind: 'rejected', reason, cause: 'payload' };
  if (status < 400) {
    return {
      kind: 'rejected',
      reason: redirection(status, headers.location, redact),
      cause: 'config',
    };
  }
  return { kind: 'rejected', reason, cause: status === 410 ? 'dead' : 'config' };
}

/** An outcome that the status decided, with what the service says besides. */
export function withWords<T extends Outcome>(outcome: T, words: string): T {
  return 'reason' in outcome ? { ...outcome, reason: `${outcome.reason}: ${words}` } : outcome;
}

/** An outcome with what a person can do about it, where that is known. */
export function withAdvice(outcome: Outcome, advice: string | undefined): Outcome {
  return outcome.kind === 'rejected' && advice !== undefined
    ? { ...outcome, reason: `${outcome.reason} (${advice})` }
    : outcome;
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** A redirect is not followed. Its path may hold a secret; its host is enough to see what is wrong. */
function redirection(
  status: number,
  location: string | string[] | undefined,
  redact: Redact,
): string {
  const target = typeof location === 'string' ? redact(location) : '';
  if (!URL.canParse(target)) return `HTTP ${status}: a redirect, which is not followed`;
  return `HTTP ${status}: a redirect to ${quote(new URL(target).origin)}, which is not followed`;
}

/**
 * A success by its status, without the body by which the service confirms. It comes from a service
 * that only resembles this one, or from a proxy: the message may have been shown.
 */
export function unmarked({ status }: Answer, mark: string): Outcome {
  const reason = `HTTP ${status} without the answer that confirms a message (${mark})`;
  return { kind: 'retry', reason, lost: true, unmarked: true };
}

/** The longest pause that a receiver may ask for. People would forget a channel that is silent for a day. */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

/** `Date` takes `-1` and `1.5` for days of 2001. Source: RFC 9110, 5.6.7: a date begins with its day. */
const HTTP_DATE = /^[A-Za-z]{3}/u;

/** The header holds seconds or an HTTP date. */
function retryAfterMs(value: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const isSeconds = /^\d+(?:\.\d+)?$/u.test(value);
  if (!isSeconds && !HTTP_DATE.test(value)) return undefined;
  const waitMs = isSeconds ? Math.ceil(Number(value) * 1000) : Date.parse(value) - nowMs;
  if (Number.isNaN(waitMs)) return undefined;
  return nowMs + Math.min(Math.max(0, waitMs), MAX_RETRY_AFTER_MS);
}

/** Past the full minute, for each millisecond of the clock's second: five seconds at most. */
const JITTER_FACTOR = 5;

/**
 * Shortly after the next full minute, when receivers count again. The milliseconds of the clock are as
 * good as random and spread channels out: at round times receivers are busiest.
 * Source: the custom bot guide of Feishu, on code 11232, for whole and half hours.
 */
export function afterNextMinuteMs(nowMs: number): number {
  return nowMs + MINUTE_MS - (nowMs % MINUTE_MS) + (nowMs % 1_000) * JITTER_FACTOR;
}

const MAX_QUOTE_LENGTH = 200;
/** What is looked at: at the end of a long answer, half a secret may be left. */
const MAX_QUOTED_LENGTH = 2_000;

/** What a receiver answered, short enough to log, and without characters that act on a terminal. */
export function quote(text: string): string {
  return cleanText(text.slice(0, MAX_QUOTED_LENGTH), MAX_QUOTE_LENGTH);
}

/** The object that an answer holds as JSON; an empty one where it holds anything else. */
export function jsonObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
