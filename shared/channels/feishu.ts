import { createHmac } from 'node:crypto';
import type { Message, Outcome, Severity } from '../core/message.ts';
import { type Digest, digestOf, type Line } from '../delivery/core/message/digest.ts';
import type { Redact } from '../lib/secrets.ts';
import type { BodyOptions, ChannelKind } from './kind.ts';
import {
  afterNextMinuteMs,
  isSuccess,
  outcomeOfStatus,
  quote,
  unmarked,
  withWords,
} from './outcome.ts';
import { type Answer, POST_TIMEOUT_MS } from './post.ts';
import { type Judged, postToRobot, robotAnswer, signedAttempt } from './robot.ts';

interface FeishuSettings {
  /** `https://open.feishu.cn/open-apis/bot/v2/hook/…`, or the same of Lark. */
  readonly webhook: string;
  /** Absent when the robot is guarded by addresses or keywords instead. */
  readonly secret?: string;
}

/**
 * Feishu takes 100 messages a minute from all senders of a bot, but 5 a second, which those of a
 * catch-up could exceed. Source: the custom bot guide, which is named below.
 */
const MESSAGES_PER_MINUTE = 30;

/** A custom bot of Feishu or Lark. https://open.larkoffice.com/document/client-docs/bot-v3/add-custom-bot */
export const feishu: ChannelKind<FeishuSettings> = {
  kind: 'feishu',
  names: { zh: '飞书' },
  style: 'digest',
  about: 'a Feishu or Lark bot, and its secret if it signs',
  page: 'Feishu > the group > Settings > Bots',
  mentions: { ids: 'an open id or user id', takes: (id) => PERSON.test(id) },
  variables: {
    webhook: {
      name: 'FEISHU_WEBHOOK',
      about:
        'the webhook address of the custom bot, https://open.feishu.cn/open-apis/bot/v2/hook/…',
      isRequired: true,
      isSecret: true,
      rule: { hosts: ['open.feishu.cn', 'open.larksuite.com'] },
    },
    secret: {
      name: 'FEISHU_SECRET',
      about: 'the secret under signature verification, if it signs',
      isRequired: false,
      isSecret: true,
    },
  },
  bodyOf: cardOf,
  create: ({
    name,
    settings,
    settings: { webhook, secret },
    wording,
    allowPrivate,
    now,
    redact,
  }) => ({
    name,
    messagesPerMinute: MESSAGES_PER_MINUTE,
    send: (message, timeoutMs = POST_TIMEOUT_MS) =>
      signedAttempt(timeoutMs, now, (leftMs) =>
        postToRobot(
          {
            url: webhook,
            message: {
              ...(secret !== undefined && signature(secret, now())),
              ...cardOf(message, { settings, wording, nowMs: now() }),
            },
            allowPrivate,
            timeoutMs: leftMs,
          },
          (answer) => judge(answer, secret !== undefined, now(), redact),
        ),
      ),
  }),
};

/** The key is the timestamp and the secret, the signed text is empty. Valid for an hour. */
function signature(secret: string, nowMs: number): object {
  const timestamp = String(Math.floor(nowMs / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64') };
}

/** The whole request. Source: the custom bot guide, "20 KB". A smaller one may pass where one was refused. */
const MAX_REQUEST_BYTES = 20_000;
const MAX_REQUEST_BYTES_WITHOUT_USER_TEXT = 2_000;
/** The timestamp and the signature beside the card. */
const BYTES_OF_SIGNATURE = 200;

const HEADER_COLOURS: Readonly<Record<Severity, string>> = {
  bad: 'red',
  good: 'green',
  neutral: 'blue',
};

function cardOf(message: Message, { wording, nowMs }: BodyOptions<FeishuSettings>): object {
  const maxBytes = message.withoutUserText
    ? MAX_REQUEST_BYTES_WITHOUT_USER_TEXT
    : MAX_REQUEST_BYTES;
  const fits = (digest: Digest): boolean =>
    Buffer.byteLength(JSON.stringify(cardMessage(digest))) <= maxBytes - BYTES_OF_SIGNATURE;
  return cardMessage(digestOf(message, wording, nowMs, fits));
}

/**
 * A card of JSON 1.0: version 2.0 refuses properties that it does not know, and old clients cannot
 * show it. Names are plain text, in which there are no links and no mentions.
 */
function cardMessage({ title, severity, lines, totals, mentions }: Digest): object {
  return {
    msg_type: 'interactive',
    card: {
      config: { wide_screen_mode: true },
      header: { template: HEADER_COLOURS[severity], title: plainText(title) },
      elements: [
        ...[...lines, ...(totals === null ? [] : [totals])].flatMap(elementsOf),
        ...(mentions.length === 0
          ? []
          : [{ tag: 'markdown', content: mentions.map((id) => `<at id=${id}></at>`).join(' ') }]),
      ],
    },
  };
}

/**
 * `all`, an open id (`ou_…`) or a user id; no mail address and no mobile number with its country.
 * Source: the custom bot guide, "@ a person": by open_id and user_id only.
 */
const PERSON = /^(?!here$)[\w-]+$/u;

function elementsOf({ symbol, name, text, context, links }: Line): readonly object[] {
  const said = `${symbol} ${name === '' ? '' : `${name}  `}${text}`;
  const shown = context === '' ? said : `${said}\n${context}`;
  const addresses = links.map(({ label, url }) => `[${label}](${url})`).join(' · ');
  return [
    { tag: 'div', text: plainText(shown) },
    // Markup acts here, in links of the product's own, and in the mentions of routes.
    ...(addresses === '' ? [] : [{ tag: 'markdown', content: addresses }]),
  ];
}

function plainText(content: string): object {
  return { tag: 'plain_text', content };
}

/** What to do about the codes. Source: the custom bot guide; logs of ccfos/nightingale#977, #1437. */
const RATE_CODES: readonly number[] = [11232, 99991400];
/** Too many requests, or a request that is malformed or too large: only the text says which. */
const AMBIGUOUS_CODE = 9499;
const TOO_MANY = /too many|frequen|limit|频/iu;
const PAYLOAD_CODES: readonly number[] = [19002];
const DEAD_CODES: readonly number[] = [19001];
/** The signature does not match, or its time is over an hour off. */
const SIGNATURE_CODE = 19021;
/** Codes of the address and of the security settings, and what a person can do. */
const ADVICE: Readonly<Record<number, string>> = {
  19001: 'the bot is gone, or FEISHU_WEBHOOK is not its address',
  [SIGNATURE_CODE]: 'FEISHU_SECRET must be the secret of the bot, and the clock right',
  19022: 'the bot admits other IP addresses only',
  19024: 'the bot wants a keyword: let it check the signature instead',
};

function judge(answer: Answer, isSigned: boolean, nowMs: number, redact: Redact): Judged {
  const { code, text } = codeOf(answer.body);
  return {
    outcome: outcomeOf(answer, code, quote(redact(text)), nowMs, redact),
    refusesSignature: isSigned && code === SIGNATURE_CODE,
  };
}

/** Old endpoints name the code `StatusCode`. */
function codeOf(body: string): ReturnType<typeof robotAnswer> {
  const answer = robotAnswer(body, 'code', 'msg');
  return answer.code === undefined ? robotAnswer(body, 'StatusCode', 'StatusMessage') : answer;
}

/** Some refusals are HTTP 400, which alone would look like a wrong address. */
function outcomeOf(
  answer: Answer,
  code: number | undefined,
  msg: string,
  nowMs: number,
  redact: Redact,
): Outcome {
  const byStatus = outcomeOfStatus(answer, nowMs, redact);
  const isRobots = isSuccess(answer.status) || answer.status === 400 || answer.status === 429;
  if (code === undefined) return byStatus ?? unmarked(answer, 'code 0');
  const reason = `code ${code}: ${msg}`;
  if (!isRobots && byStatus !== undefined) return withWords(byStatus, reason);
  const isTooMany = RATE_CODES.includes(code) || (code === AMBIGUOUS_CODE && TOO_MANY.test(msg));
  if (isTooMany) return { kind: 'throttled', reason, untilMs: rateResetMs(answer, nowMs) };
  if (code === AMBIGUOUS_CODE || PAYLOAD_CODES.includes(code)) {
    return { kind: 'rejected', reason, cause: 'payload' };
  }
  const advice = ADVICE[code];
  if (advice !== undefined) {
    const cause = DEAD_CODES.includes(code) ? 'dead' : 'config';
    return { kind: 'rejected', reason: `code ${code} (${advice}): ${msg}`, cause };
  }
  if (byStatus !== undefined) return withWords(byStatus, reason);
  return code === 0 ? { kind: 'delivered' } : { kind: 'retry', reason, lost: false };
}

/** The longest pause that is believed. */
const MAX_RESET_SECONDS = 60 * 60;

/** Source: "Frequency limits" of the server API: seconds until the limit begins again. */
function rateResetMs({ headers }: Answer, nowMs: number): number {
  const value = headers['x-ogw-ratelimit-reset'];
  if (typeof value !== 'string' || !/^\d{1,9}$/u.test(value)) return afterNextMinuteMs(nowMs);
  return nowMs + Math.min(Number(value), MAX_RESET_SECONDS) * 1000;
}
