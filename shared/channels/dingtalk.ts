import { createHmac } from 'node:crypto';
import type { Message, Outcome } from '../core/message.ts';
import { type Digest, digestOf, fitLines, type Line } from '../delivery/core/digest.ts';
import type { Redact } from '../lib/secrets.ts';
import type { ChannelKind } from './kind.ts';
import { outcomeOfFailure, outcomeOfStatus, quote, unmarked } from './outcome.ts';
import { type Answer, POST_TIMEOUT_MS, post } from './post.ts';

interface DingtalkSettings {
  /** `https://oapi.dingtalk.com/robot/send?access_token=…` */
  readonly webhook: string;
  /** `SEC…`; absent when the robot is guarded by a keyword or by addresses instead. */
  readonly secret?: string;
}

/** A DingTalk custom robot. https://open.dingtalk.com/document/robots/custom-robot-access */
export const dingtalk: ChannelKind<DingtalkSettings> = {
  kind: 'dingtalk',
  about: 'a DingTalk robot, and its secret if it signs',
  variables: {
    webhook: {
      name: 'DINGTALK_WEBHOOK',
      isRequired: true,
      isSecret: true,
      rule: { hosts: ['oapi.dingtalk.com'], parameter: 'access_token' },
    },
    secret: { name: 'DINGTALK_SECRET', isRequired: false, isSecret: true },
  },
  create: ({ name, settings: { webhook, secret }, allowPrivate, now, redact }) => ({
    name,
    style: 'digest',
    // DingTalk mutes a robot for ten minutes past 20 a minute. Two windows of 18 never reach that.
    messagesPerMinute: 18,
    // An assumption: free editions may call DingTalk's APIs 5,000 times a month, and what a robot may
    // be sent is not published. https://github.com/opsre/WatchAlert/issues/91
    quota: { per: 'month', messages: 5_000 },
    async send(message, timeoutMs = POST_TIMEOUT_MS) {
      try {
        const answer = await post({
          url: signedAddress(webhook, secret, now()),
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
  }),
};

/** The signature is a query parameter. It is valid for an hour, so each attempt makes its own. */
function signedAddress(webhook: string, secret: string | undefined, nowMs: number): string {
  if (secret === undefined) return webhook;
  const url = new URL(webhook);
  url.searchParams.set('timestamp', String(nowMs));
  url.searchParams.set('sign', robotSignature(secret, nowMs));
  return url.href;
}

function robotSignature(secret: string, nowMs: number): string {
  return createHmac('sha256', secret).update(`${nowMs}\n${secret}`).digest('base64');
}

function robotMessage(message: Message): object {
  const digest = digestOf(message);
  const text = markdownOf(digest, message);
  return { msgtype: 'markdown', markdown: { title: digest.title, text } };
}

/** The robot refuses more than 20,000 bytes, measured on the request with everything escaped. */
const MAX_MARKDOWN_BYTES = 12_000;
const MAX_MARKDOWN_BYTES_WITHOUT_USER_TEXT = 1_000;

function markdownOf({ title, lines }: Digest, { withoutUserText }: Message): string {
  const maxBytes = withoutUserText ? MAX_MARKDOWN_BYTES_WITHOUT_USER_TEXT : MAX_MARKDOWN_BYTES;
  const room = maxBytes - Buffer.byteLength(title);
  const bullets = fitLines(lines.map(bullet), room, Buffer.byteLength);
  return [`#### ${withTwins(title)}`, ...bullets].join('\n');
}

function bullet({ symbol, name, text, context }: Line): string {
  const subject = name === '' ? '' : `**${withTwins(name)}** `;
  return `- ${symbol} ${subject}${withTwins(text)}  \n  ${withTwins(context)}`;
}

/**
 * Full-width twins of the characters that make links, images, mentions or structure. Escaping does
 * not help: DingTalk honours backslashes only in part.
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

function withTwins(text: string): string {
  return text.replace(/[[\]()!@<>*`#|]/gu, (character) => TWINS[character] ?? character);
}

/**
 * What to do about the codes inside HTTP 200. Source: DingTalk's custom robot guide. Its editions
 * name different codes for the rate limit, so both are here.
 */
const RATE_CODES: readonly number[] = [130101, 410100];
const MUTE_MS = 10 * 60 * 1000;
/**
 * The organisation's messages are used up, most likely those of a month. It may be a day's quota, or
 * may be raised, so the robot is asked again once a day. https://github.com/opsre/WatchAlert/issues/91
 */
const QUOTA_CODE = 90030;
const DEAD_CODES: readonly number[] = [300001, 300005, 400101, 400013, 400102, 400106];
const PAYLOAD_CODES: readonly number[] = [
  40035, 43002, 43004, 400105, 430101, 430102, 430103, 430104, 460101, 101002,
];
/** The signature, the keyword, the address or the clock is wrong: the text says which. */
const SECURITY_CODE = 310000;

function outcomeOfCode(answer: Answer, nowMs: number, redact: Redact): Outcome {
  const { errcode, errmsg } = robotAnswer(answer.body);
  if (errcode === 0) return { kind: 'delivered' };
  if (errcode === undefined) {
    return unmarked(answer, 'errcode 0');
  }
  const reason = `errcode ${errcode}: ${quote(redact(errmsg))}`;
  if (RATE_CODES.includes(errcode)) {
    return { kind: 'throttled', reason, untilMs: nowMs + MUTE_MS };
  }
  if (errcode === QUOTA_CODE) {
    return { kind: 'throttled', reason, untilMs: nextChineseDayMs(nowMs), isQuota: true };
  }
  if (DEAD_CODES.includes(errcode)) return { kind: 'rejected', reason, cause: 'dead' };
  if (PAYLOAD_CODES.includes(errcode)) return { kind: 'rejected', reason, cause: 'payload' };
  if (errcode === SECURITY_CODE) return { kind: 'rejected', reason, cause: 'config' };
  return { kind: 'retry', reason, lost: false };
}

function robotAnswer(body: string): {
  readonly errcode: number | undefined;
  readonly errmsg: string;
} {
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
