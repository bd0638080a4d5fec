import { MINUTE_MS } from '../clock.ts';
import { html } from '../html.ts';
import { equalSecrets, hmacSha256 } from '../signature/hash.ts';
import { DINGTALK_MARKDOWN, markdownHtml } from './markdown.ts';
import { mutingWindow } from './rate.ts';
import {
  type Arrival,
  type JsonObject,
  jsonAnswer,
  mediaType,
  objectIn,
  parseObject,
  type ReceiverKind,
  type Verdict,
} from './receiver.ts';

// Sources of the codes, texts and limits below:
// https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages
// https://help.dingtalk.io/open/dingstart/customize-robot-security-settings
// The texts of 310000 in the form of today: https://github.com/qd-today/qd/issues/510

/** A signature is valid if its timestamp is within one hour of now. */
const MAX_TIMESTAMP_SKEW_MS = 60 * MINUTE_MS;
/** The whole request body. */
const MAX_MESSAGE_BYTES = 20_000;
/** "send too fast, exceed 20 times per minute", and then silence for ten minutes. */
const MAX_PER_MINUTE = 20;
const MUTE_MS = 10 * MINUTE_MS;

/** What each kind of message must hold. The title of a markdown message is its push text. */
const REQUIRED_PARTS: Readonly<Record<string, readonly string[]>> = {
  text: ['content'],
  markdown: ['title', 'text'],
  link: ['title', 'text', 'messageUrl'],
  actionCard: ['title', 'text'],
  feedCard: ['links'],
};

interface RobotError {
  readonly errcode: number;
  readonly errmsg: string;
}

const robotError = (errcode: number, errmsg: string): RobotError => ({ errcode, errmsg });

type DingtalkSettings = {
  readonly webhook: string;
  readonly secret: string;
  /** The keyword that each message must hold; absent: any message is taken. */
  readonly keyword?: string;
};

/** A robot as `settings` describe it: what guards it, and its token. */
type Robot = Omit<DingtalkSettings, 'webhook'> & { readonly accessToken: string };

// These guard nothing but a loopback port; only their form is that of the real ones.
const ACCESS_TOKEN = 'ec5'.padEnd(64, '0');
const SECRET = 'SEC'.padEnd(67, '0');

/** A DingTalk custom robot that is protected by a signature, and perhaps by a keyword. */
export const dingtalk: ReceiverKind<DingtalkSettings> = {
  names: { en: 'DingTalk', zh: '钉钉' },
  path: '/robot/send',
  variables: {
    webhook: 'DINGTALK_WEBHOOK',
    secret: 'DINGTALK_SECRET',
    keyword: 'DINGTALK_KEYWORD',
  },
  settings: (base) => ({
    webhook: `${base}/robot/send?access_token=${ACCESS_TOKEN}`,
    secret: SECRET,
  }),
  create({ webhook, ...guards }) {
    const accessToken = new URL(webhook).searchParams.get('access_token') ?? '';
    const robot = { ...guards, accessToken };
    const rate = mutingWindow(MAX_PER_MINUTE, MINUTE_MS, MUTE_MS);
    const checkRate = ({ atMs }: Arrival): RobotError | null =>
      rate.waitMs(atMs) === 0
        ? null
        : robotError(130101, `send too fast, exceed ${MAX_PER_MINUTE} times per minute`);
    return {
      judge: (arrival) =>
        verdict(checkCaller(arrival, robot) ?? checkRate(arrival) ?? checkMessage(arrival, robot)),
    };
  },
  drawing: {
    textOf: dingtalkText,
    pushOf(body) {
      const { title, content } = contentOf(body);
      return String(title ?? content ?? '');
    },
    htmlOf(body) {
      const { text, content } = contentOf(body);
      return typeof text === 'string'
        ? markdownHtml(text, DINGTALK_MARKDOWN)
        : html`<p>${String(content ?? body)}</p>`;
    },
  },
};

/** Every answer is HTTP 200. */
function verdict(refusal: RobotError | null): Verdict {
  const answer = jsonAnswer(200, refusal ?? { errcode: 0, errmsg: 'ok' });
  return { accepted: refusal === null, answer };
}

/** base64(HMAC-SHA256(key = secret, message = timestamp + "\n" + secret)). */
function dingtalkSign(timestampMs: string, secret: string): string {
  return hmacSha256(secret, `${timestampMs}\n${secret}`, 'base64');
}

function checkCaller({ method, url, atMs }: Arrival, robot: Robot): RobotError | null {
  if (method !== 'POST') return robotError(43002, 'require POST method');
  const accessToken = url.searchParams.get('access_token');
  if (!accessToken) return robotError(40035, '缺少参数 access_token');
  if (!equalSecrets(accessToken, robot.accessToken))
    return robotError(300001, 'token is not exist');

  const timestampMs = url.searchParams.get('timestamp') ?? '';
  const sign = url.searchParams.get('sign') ?? '';
  const skewMs = /^\d+$/.test(timestampMs) ? Math.abs(atMs - Number(timestampMs)) : Infinity;
  if (skewMs > MAX_TIMESTAMP_SKEW_MS) return robotError(310000, 'invalid timestamp');
  if (!equalSecrets(sign, dingtalkSign(timestampMs, robot.secret))) {
    return robotError(310000, 'sign not match');
  }
  return null;
}

function checkMessage(arrival: Arrival, { keyword = '' }: Robot): RobotError | null {
  if (mediaType(arrival) !== 'application/json') {
    return robotError(43004, '无效的HTTP HEADER Content-Type');
  }
  if (arrival.body.length > MAX_MESSAGE_BYTES) {
    return robotError(460101, `message too long, exceed ${MAX_MESSAGE_BYTES} bytes`);
  }
  const body = arrival.body.toString();
  const message = parseObject(body);
  if (message === null) return robotError(40035, '缺少参数 json');
  const kind = typeof message.msgtype === 'string' ? message.msgtype : '';
  const required = Object.hasOwn(REQUIRED_PARTS, kind) ? REQUIRED_PARTS[kind] : undefined;
  if (required === undefined) return robotError(400105, 'unsupported msgtype');
  const missing = required.find((name) => isBlank(objectIn(message, kind)[name]));
  if (missing !== undefined) return robotError(40035, `缺少参数 ${kind}.${missing}`);
  const { text, content } = contentOf(body);
  return String(text ?? content ?? '').includes(keyword) ? null : NO_KEYWORD;
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' ? value.trim() === '' : !Array.isArray(value);
}

const NO_KEYWORD = robotError(
  310000,
  'description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;',
);

function contentOf(body: string): JsonObject {
  const message: JsonObject = JSON.parse(body);
  return objectIn(message, String(message.msgtype));
}

/** Markdown is shown as it was written: it is readable as text. */
function dingtalkText(body: string): string {
  const { title, text, content } = contentOf(body);
  const lines = [title, text, content].filter((line) => typeof line === 'string');
  return lines.length > 0 ? lines.join('\n') : JSON.stringify(JSON.parse(body), null, 2);
}
