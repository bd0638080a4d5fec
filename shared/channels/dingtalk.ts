import { createHmac } from 'node:crypto';
import type { Message, Outcome } from '../core/message.ts';
import { type Digest, digestOf, fitLines, type Line } from '../delivery/core/digest.ts';
import type { Redact } from '../lib/secrets.ts';
import type { Channel } from '../ports/channel.ts';
import { outcomeOfFailure, outcomeOfStatus, quote } from './outcome.ts';
import { type Answer, POST_TIMEOUT_MS, post } from './post.ts';

export interface DingtalkOptions {
  /** `https://oapi.dingtalk.com/robot/send?access_token=…` */
  readonly webhook: string;
  /** `SEC…`; absent when the robot is guarded by a keyword or by addresses instead. */
  readonly secret?: string;
  readonly allowPrivate: boolean;
  readonly now: () => number;
  /** Takes secrets out of what the receiver answers. */
  readonly redact: Redact;
}

/** The robot is muted for ten minutes past 20 a minute; two windows of ours never reach that. */
const MESSAGES_PER_MINUTE = 18;
const MUTE_MS = 10 * 60 * 1000;
/** The robot refuses more than 20,000 bytes, of the request with everything escaped. */
const MAX_TEXT_BYTES = 12_000;
const MAX_BRIEF_BYTES = 1_000;

/** A DingTalk custom robot. https://open.dingtalk.com/document/robots/custom-robot-access */
export function dingtalk({ webhook, secret, allowPrivate, now, redact }: DingtalkOptions): Channel {
  return {
    name: 'dingtalk',
    style: 'digest',
    messagesPerMinute: MESSAGES_PER_MINUTE,
    async send(message, timeoutMs = POST_TIMEOUT_MS) {
      try {
        const answer = await post({
          url: signed(webhook, secret, now()),
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body: JSON.stringify(robotMessage(message)),
          allowPrivate,
          timeoutMs,
        });
        return outcomeOfStatus(answer, now()) ?? outcomeOfCode(answer, now(), redact);
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },
  };
}

/** The signature is a query parameter, made anew for each attempt: it is valid for an hour. */
function signed(webhook: string, secret: string | undefined, nowMs: number): string {
  if (secret === undefined) return webhook;
  const url = new URL(webhook);
  url.searchParams.set('timestamp', String(nowMs));
  url.searchParams.set('sign', signature(secret, nowMs));
  return url.href;
}

function signature(secret: string, nowMs: number): string {
  return createHmac('sha256', secret).update(`${nowMs}\n${secret}`).digest('base64');
}

function robotMessage(message: Message): object {
  const digest = digestOf(message);
  return { msgtype: 'markdown', markdown: { title: digest.title, text: textOf(digest, message) } };
}

function textOf({ title, lines }: Digest, { withoutUserText: brief }: Message): string {
  const room = (brief ? MAX_BRIEF_BYTES : MAX_TEXT_BYTES) - Buffer.byteLength(title);
  return [
    `#### ${escapeText(title)}`,
    ...fitLines(lines.map(bullet), room, Buffer.byteLength),
  ].join('\n');
}

function bullet({ symbol, name, text, context }: Line): string {
  const subject = name === '' ? '' : `**${escapeText(name)}** `;
  return `- ${symbol} ${subject}${escapeText(text)}  \n  ${escapeText(context)}`;
}

/**
 * Characters that make links, images, mentions or structure, by their full-width twins: DingTalk
 * honours backslashes only in part.
 */
const TWINS: Readonly<Record<string, string>> = {
  '[': '［',
  ']': '］',
  '(': '（',
  ')': '）',
  '!': '！',
  '@': '＠',
  '<': '＜',
  '>': '＞',
  '*': '＊',
  '`': '｀',
  '#': '＃',
  '|': '｜',
};

function escapeText(text: string): string {
  return text.replace(/[[\]()!@<>*`#|]/gu, (character) => TWINS[character] ?? character);
}

/**
 * Codes inside HTTP 200 → what to do. Sources: DingTalk's custom robot guide; the codes of the
 * rate limit differ between its editions, so both are here.
 */
const RATE_CODES: readonly number[] = [130101, 410100];
/** The organisation's calls of the day are used up. */
const DAY_QUOTA_CODE = 90030;
const DEAD_CODES: readonly number[] = [300001, 300005, 400101, 400013, 400102, 400106];
const PAYLOAD_CODES: readonly number[] = [
  40035, 43002, 43004, 400105, 430101, 430102, 430103, 430104, 460101, 101002,
];
/** Signature, keyword, address, or clock: the text says which. */
const SECURITY_CODE = 310000;

function outcomeOfCode({ body }: Answer, nowMs: number, redact: Redact): Outcome {
  const { errcode, errmsg } = parse(body);
  if (errcode === 0) return { kind: 'delivered' };
  if (errcode === undefined) {
    return { kind: 'retry', reason: 'HTTP 200 without errcode: no DingTalk robot', lost: false };
  }
  const reason = `errcode ${errcode}: ${quote(redact(errmsg))}`;
  if (RATE_CODES.includes(errcode)) {
    return { kind: 'throttled', reason, untilMs: nowMs + MUTE_MS };
  }
  if (errcode === DAY_QUOTA_CODE) {
    return { kind: 'throttled', reason, untilMs: nextChineseDayMs(nowMs) };
  }
  if (DEAD_CODES.includes(errcode)) return { kind: 'rejected', reason, cause: 'dead' };
  if (PAYLOAD_CODES.includes(errcode)) return { kind: 'rejected', reason, cause: 'payload' };
  if (errcode === SECURITY_CODE) return { kind: 'rejected', reason, cause: 'config' };
  return { kind: 'retry', reason, lost: false };
}

function parse(body: string): { readonly errcode: number | undefined; readonly errmsg: string } {
  try {
    const { errcode, errmsg } = JSON.parse(body) as { errcode?: unknown; errmsg?: unknown };
    return {
      errcode: typeof errcode === 'number' ? errcode : undefined,
      errmsg: typeof errmsg === 'string' ? errmsg : '',
    };
  } catch {
    return { errcode: undefined, errmsg: '' };
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** DingTalk's day ends at midnight in China. */
function nextChineseDayMs(nowMs: number): number {
  return nowMs + DAY_MS - ((nowMs + CHINA_OFFSET_MS) % DAY_MS);
}
