import { MINUTE_MS } from '../clock.ts';
import { equalSecrets, hmacSha256 } from '../signature/hash.ts';
import { mutingWindow } from './rate.ts';
import {
  type Arrival,
  isObject,
  type JsonObject,
  mediaType,
  parseObject,
  type Receiver,
  type Verdict,
} from './receiver.ts';

// Sources of the codes, texts and limits below:
// https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages
// https://help.dingtalk.io/open/dingstart/customize-robot-security-settings

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

/** A DingTalk custom robot that is protected by a signature. Every answer is HTTP 200. */
export function dingtalkRobot(robot: { accessToken: string; secret: string }): Receiver {
  const rate = mutingWindow(MAX_PER_MINUTE, MINUTE_MS, MUTE_MS);

  const check = (arrival: Arrival): RobotError | null =>
    checkCaller(arrival, robot) ?? checkRate(arrival) ?? checkMessage(arrival);

  const checkRate = ({ atMs }: Arrival): RobotError | null =>
    rate.waitMs(atMs) === 0
      ? null
      : robotError(130101, `send too fast, exceed ${MAX_PER_MINUTE} times per minute`);

  return {
    judge: (arrival) => verdict(check(arrival)),
    textOf: dingtalkText,
  };
}

function verdict(refusal: RobotError | null): Verdict {
  return {
    accepted: refusal === null,
    answer: {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(refusal ?? { errcode: 0, errmsg: 'ok' }),
    },
  };
}

/** base64(HMAC-SHA256(key = secret, message = timestamp + "\n" + secret)). */
function dingtalkSign(timestampMs: string, secret: string): string {
  return hmacSha256(secret, `${timestampMs}\n${secret}`, 'base64');
}

function checkCaller(
  { method, url, atMs }: Arrival,
  robot: { accessToken: string; secret: string },
): RobotError | null {
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

function checkMessage(arrival: Arrival): RobotError | null {
  if (mediaType(arrival) !== 'application/json') {
    return robotError(43004, '无效的HTTP HEADER Content-Type');
  }
  if (arrival.body.length > MAX_MESSAGE_BYTES) {
    return robotError(460101, `message too long, exceed ${MAX_MESSAGE_BYTES} bytes`);
  }
  const message = parseObject(arrival.body.toString());
  if (message === null) return robotError(40035, '缺少参数 json');
  const kind = typeof message.msgtype === 'string' ? message.msgtype : '';
  const required = Object.hasOwn(REQUIRED_PARTS, kind) ? REQUIRED_PARTS[kind] : undefined;
  if (required === undefined) return robotError(400105, 'unsupported msgtype');
  const missing = required.find((name) => isBlank(part(message, kind)[name]));
  return missing === undefined ? null : robotError(40035, `缺少参数 ${kind}.${missing}`);
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' ? value.trim() === '' : !Array.isArray(value);
}

function part(message: JsonObject, name: string): JsonObject {
  const value = message[name];
  return isObject(value) ? value : {};
}

/** Markdown is shown as it was written: it is readable as text. */
function dingtalkText(body: string): string {
  const message: JsonObject = JSON.parse(body);
  const { title, text, content } = part(message, String(message.msgtype));
  const lines = [title, text, content].filter((line) => typeof line === 'string');
  return lines.length > 0 ? lines.join('\n') : JSON.stringify(message, null, 2);
}
