import { createHmac } from 'node:crypto';
import type { Message, Outcome } from '../core/message.ts';
import type { Quota } from '../core/quota.ts';
import { type Digest, digestOf, type Line } from '../delivery/core/message/digest.ts';
import type { Redact } from '../lib/secrets.ts';
import { shape } from '../lib/shape.ts';
import { fullWidth } from './full-width.ts';
import type { BodyOptions, ChannelKind } from './kind.ts';
import { outcomeOfStatus, quote, unmarked } from './outcome.ts';
import { type Answer, POST_TIMEOUT_MS } from './post.ts';
import { type Judged, postToRobot, robotAnswer, signedAttempt } from './robot.ts';

interface DingtalkSettings {
  /** `https://oapi.dingtalk.com/robot/send?access_token=…` */
  readonly webhook: string;
  /** `SEC…`; absent when the robot is guarded by a keyword or by addresses instead. */
  readonly secret?: string;
  /** One of the keywords that guard the robot. */
  readonly keyword?: string;
}

/**
 * DingTalk mutes a robot for ten minutes past 20 messages a minute; this stays below.
 * Source: the guide of custom robots, which is named below.
 */
const MESSAGES_PER_MINUTE = 18;
/**
 * An assumption: free editions may call DingTalk's APIs 5,000 times a month, and what a robot may be
 * sent is not published. Source: https://github.com/opsre/WatchAlert/issues/91
 */
const ASSUMED_QUOTA: Quota = { per: 'month', messages: 5_000 };

/** A DingTalk custom robot. https://open.dingtalk.com/document/robots/custom-robot-access */
export const dingtalk: ChannelKind<DingtalkSettings> = {
  kind: 'dingtalk',
  names: { zh: '钉钉' },
  style: 'digest',
  about: 'a DingTalk robot; its secret if it signs; a keyword if it wants one in each message',
  page: 'DingTalk > the group > Group Settings > Bots',
  mentions: { ids: 'a mobile number or user id', takes: (id) => id !== EVERYONE_ONLINE },
  variables: {
    webhook: {
      name: 'DINGTALK_WEBHOOK',
      about: 'its Webhook, https://oapi.dingtalk.com/robot/send?access_token=…',
      isRequired: true,
      isSecret: true,
      rule: { hosts: ['oapi.dingtalk.com'], parameter: 'access_token' },
    },
    secret: {
      name: 'DINGTALK_SECRET',
      about: 'the text SEC… under Additional Signature, if it signs',
      isRequired: false,
      isSecret: true,
    },
    keyword: {
      name: 'DINGTALK_KEYWORD',
      about: 'one of its Custom Keywords, if it has any',
      isRequired: false,
      isSecret: false,
      rule: shape(/^\P{Cc}{1,64}$/u, 'one keyword of the robot: 64 characters at most'),
    },
  },
  bodyOf: robotMessage,
  create: ({ name, settings, wording, allowPrivate, now, redact }) => ({
    name,
    messagesPerMinute: MESSAGES_PER_MINUTE,
    quota: ASSUMED_QUOTA,
    send: (message, timeoutMs = POST_TIMEOUT_MS) =>
      signedAttempt(timeoutMs, now, (leftMs) =>
        postToRobot(
          {
            url: signedAddress(settings, now()),
            message: robotMessage(message, { settings, wording, nowMs: now() }),
            allowPrivate,
            timeoutMs: leftMs,
          },
          (answer) => judge(answer, settings, now(), redact),
        ),
      ),
  }),
};

/** The signature is a query parameter. It is valid for an hour, so each attempt makes its own. */
function signedAddress({ webhook, secret }: DingtalkSettings, nowMs: number): string {
  if (secret === undefined) return webhook;
  const url = new URL(webhook);
  url.searchParams.set('timestamp', String(nowMs));
  url.searchParams.set('sign', robotSignature(secret, nowMs));
  return url.href;
}

function robotSignature(secret: string, nowMs: number): string {
  return createHmac('sha256', secret).update(`${nowMs}\n${secret}`).digest('base64');
}

/**
 * The robot refuses more than 20,000 bytes, measured on the request with everything escaped: below
 * that, other clients of theirs are cut off as well. A smaller message may pass where one was refused.
 */
const MAX_BODY_BYTES = 16_000;
const MAX_BODY_BYTES_WITHOUT_USER_TEXT = 1_500;

function robotMessage(
  message: Message,
  { settings: { keyword }, wording, nowMs }: BodyOptions<DingtalkSettings>,
): object {
  const maxBytes = message.withoutUserText ? MAX_BODY_BYTES_WITHOUT_USER_TEXT : MAX_BODY_BYTES;
  const fits = (digest: Digest): boolean =>
    Buffer.byteLength(JSON.stringify(markdownMessage(digest, keyword))) <= maxBytes;
  return markdownMessage(digestOf(message, wording, nowMs, fits), keyword);
}

/**
 * The title is the push text; the chat shows only the text. The keyword is its last paragraph: the
 * robot searches the text, and on a locked phone no word of the title should be spent on this.
 */
function markdownMessage(
  { title, lines, totals, mentions }: Digest,
  keyword: string | undefined,
): object {
  const bullets = [...lines, ...(totals === null ? [] : [totals])].map(bullet);
  const text = [
    [`#### ${withTwins(title)}`, ...bullets].join('\n'),
    ...(mentions.length === 0 ? [] : [mentions.map((id) => `@${id}`).join(' ')]),
    ...(keyword === undefined ? [] : [keyword]),
  ].join('\n\n');
  return { msgtype: 'markdown', markdown: { title, text }, ...atOf(mentions) };
}

/** Slack's word for those who are there now. */
const EVERYONE_ONLINE = 'here';
const MOBILE = /^\+?[\d-]+$/u;

/** The people that a message notifies. The robot looks for each of them in the text as well. */
function atOf(mentions: readonly string[]): object {
  if (mentions.length === 0) return {};
  const people = mentions.filter((id) => id !== 'all');
  return {
    at: {
      atMobiles: people.filter((id) => MOBILE.test(id)),
      atUserIds: people.filter((id) => !MOBILE.test(id)),
      isAtAll: mentions.includes('all'),
    },
  };
}

/** Two spaces at its end break a line. */
function bullet({ symbol, name, text, context, links }: Line): string {
  const subject = name === '' ? '' : `**${withTwins(name)}** `;
  const addresses = links.map(({ label, url }) => `[${label}](${url})`).join(' · ');
  const below = [withTwins(context), addresses].filter((part) => part !== '');
  return [`- ${symbol} ${subject}${withTwins(text)}`, ...below].join('  \n  ');
}

/**
 * What makes links, images, mentions or structure. DingTalk honours backslashes only in part. Without
 * square brackets, round ones make no link.
 */
const SPECIAL_CHARACTERS = '[]!@<>*`#|';

function withTwins(text: string): string {
  return fullWidth(text, SPECIAL_CHARACTERS);
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
const DEAD_ADVICE = 'the robot or its group is gone, or DINGTALK_WEBHOOK is not its address';
const PAYLOAD_CODES: readonly number[] = [
  40035, 43002, 43004, 400105, 430101, 430102, 430103, 430104, 460101, 101002,
];
const SECURITY_CODE = 310000;

function judge(
  answer: Answer,
  { secret }: DingtalkSettings,
  nowMs: number,
  redact: Redact,
): Judged {
  const byStatus = outcomeOfStatus(answer, nowMs, redact);
  if (byStatus !== undefined) return { outcome: byStatus };
  const { code, text } = robotAnswer(answer.body, 'errcode', 'errmsg');
  if (code === SECURITY_CODE) return judgeRefusal(quote(redact(text)), secret !== undefined);
  return { outcome: outcomeOfCode(answer, code, quote(redact(text)), nowMs) };
}

function outcomeOfCode(
  answer: Answer,
  errcode: number | undefined,
  errmsg: string,
  nowMs: number,
): Outcome {
  if (errcode === undefined) return unmarked(answer, 'errcode 0');
  if (errcode === 0) return { kind: 'delivered' };
  const reason = `errcode ${errcode}: ${errmsg}`;
  if (RATE_CODES.includes(errcode)) {
    return { kind: 'throttled', reason, untilMs: nowMs + MUTE_MS };
  }
  if (errcode === QUOTA_CODE) {
    const quota = `errcode ${errcode} (the quota of robot messages is used up): ${errmsg}`;
    const untilMs = nextChineseDayMs(nowMs);
    return { kind: 'throttled', reason: quota, untilMs, isQuota: true };
  }
  if (DEAD_CODES.includes(errcode)) {
    return {
      kind: 'rejected',
      reason: `errcode ${errcode} (${DEAD_ADVICE}): ${errmsg}`,
      cause: 'dead',
    };
  }
  if (PAYLOAD_CODES.includes(errcode)) return { kind: 'rejected', reason, cause: 'payload' };
  return { kind: 'retry', reason, lost: false };
}

/**
 * The code of a wrong keyword, address, clock and signature. Which one it is stands in the text, in
 * English or Chinese, and only the advice depends on it. The text about a wrong signature mentions
 * the timestamp, too. Sources: qd-today/qd#510, jenkinsci/dingtalk-plugin#116.
 */
const REFUSALS: readonly {
  readonly text: RegExp;
  readonly advice: string;
  readonly isOfSignature: boolean;
}[] = [
  {
    text: /keyword|关键词/iu,
    advice: 'DINGTALK_KEYWORD must be a keyword of the robot',
    isOfSignature: false,
  },
  {
    text: /\bip\b|whitelist|白名单/iu,
    advice: 'the robot admits other IP addresses only',
    isOfSignature: false,
  },
  {
    text: /invalid timestamp|expired|过期/iu,
    advice: 'the clock is wrong',
    isOfSignature: true,
  },
  {
    text: /sign|签名/iu,
    advice: 'DINGTALK_SECRET must be the secret of the robot',
    isOfSignature: true,
  },
];

/** The robot looks for a signature, and whatever it says of it, there was none. */
const UNSIGNED_ADVICE = 'the robot wants signed messages: set DINGTALK_SECRET to its secret';

/** A text that is not known may be about the signature as well. */
function judgeRefusal(errmsg: string, isSigned: boolean): Judged {
  const known = REFUSALS.find(({ text }) => text.test(errmsg));
  const isUnsigned = !isSigned && known?.isOfSignature === true;
  const advice = isUnsigned ? UNSIGNED_ADVICE : known?.advice;
  const reason = `errcode ${SECURITY_CODE}${advice === undefined ? '' : ` (${advice})`}: ${errmsg}`;
  return {
    outcome: { kind: 'rejected', reason, cause: 'config' },
    refusesSignature: isSigned && known?.isOfSignature !== false,
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** A quota begins again at midnight in China, of whatever period it is: one question a day. */
function nextChineseDayMs(nowMs: number): number {
  return nowMs + DAY_MS - ((nowMs + CHINA_OFFSET_MS) % DAY_MS);
}
