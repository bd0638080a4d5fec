import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { html } from '../html.ts';
import { equalSecrets, hmacSha256 } from '../signature/hash.ts';
import { cardProblem } from './feishu-card.ts';
import { cardHtml, cardTitle } from './feishu-view.ts';
import { slidingWindow } from './rate.ts';
import {
  type Arrival,
  type JsonObject,
  jsonAnswer,
  objectIn,
  parseObject,
  type ReceiverKind,
  type Verdict,
} from './receiver.ts';

// Signature, limits and codes: https://open.larkoffice.com/document/client-docs/bot-v3/add-custom-bot
// Answers as logged: https://github.com/ccfos/nightingale/issues/1437, /977 and /2821

/** "Within one hour", in seconds. */
const MAX_TIMESTAMP_SKEW_SECONDS = 60 * 60;
/** The whole request body: "20 KB". */
const MAX_MESSAGE_BYTES = 20 * 1_024;
const MAX_PER_MINUTE = 100;
const MAX_PER_SECOND = 5;

type FeishuSettings = { readonly webhook: string; readonly secret: string };

// These guard nothing but a loopback port; only their form is that of the real ones.
const PATH = '/open-apis/bot/v2/hook/00000000-0000-4000-8000-0000000ec500';
const SECRET = 'secretOfTheLocalBot000';

interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly msg: string;
}

const refusal = (code: number, msg: string, status = 200): Refusal => ({ status, code, msg });

/** Malformed or too large. What exactly is wrong is for the developer who reads the inbox. */
const badRequest = (why: string): Refusal => refusal(9499, `Bad Request: ${why}`, 400);

/** A custom bot of Feishu that is protected by a signature. Lark's differs only by its host. */
export const feishu: ReceiverKind<FeishuSettings> = {
  names: { en: 'Feishu', zh: '飞书' },
  path: '/open-apis/bot/v2/hook/',
  variables: { webhook: 'FEISHU_WEBHOOK', secret: 'FEISHU_SECRET' },
  settings: (base) => ({ webhook: `${base}${PATH}`, secret: SECRET }),
  create({ webhook, secret }) {
    const path = new URL(webhook).pathname;
    const perMinute = slidingWindow(MAX_PER_MINUTE, MINUTE_MS);
    const perSecond = slidingWindow(MAX_PER_SECOND, SECOND_MS);

    const checkCaller = ({ method, url }: Arrival): Refusal | null => {
      if (method !== 'POST') return badRequest('not POST');
      if (equalSecrets(url.pathname, path)) return null;
      return refusal(19001, 'param invalid: incoming webhook access token invalid');
    };
    const checkRate = ({ atMs }: Arrival): Refusal | null => {
      if (perSecond.waitMs(atMs) > 0) return refusal(9499, 'too many request', 400);
      if (perMinute.waitMs(atMs) === 0) return null;
      return refusal(11232, 'frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]');
    };
    return {
      judge: (arrival) =>
        verdict(checkCaller(arrival) ?? checkRate(arrival) ?? checkMessage(arrival, secret)),
    };
  },
  drawing: {
    textOf(body) {
      const message: JsonObject = JSON.parse(body);
      const texts = message.msg_type === 'interactive' ? textsIn(message.card) : [];
      const { text } = objectIn(message, 'content');
      return [...texts, ...(typeof text === 'string' ? [text] : [])].join('\n');
    },
    pushOf(body) {
      const message: JsonObject = JSON.parse(body);
      const { text } = objectIn(message, 'content');
      return typeof text === 'string' ? text : cardTitle(objectIn(message, 'card'));
    },
    htmlOf(body) {
      const message: JsonObject = JSON.parse(body);
      const { text } = objectIn(message, 'content');
      return typeof text === 'string' ? html`<p>${text}</p>` : cardHtml(objectIn(message, 'card'));
    },
  },
};

const OK = {
  code: 0,
  msg: 'success',
  data: {},
  Extra: null,
  StatusCode: 0,
  StatusMessage: 'success',
};

function verdict(refused: Refusal | null): Verdict {
  if (refused === null) return { accepted: true, answer: jsonAnswer(200, OK) };
  const { status, code, msg } = refused;
  return { accepted: false, answer: jsonAnswer(status, { code, msg, data: {} }) };
}

function checkMessage({ body, atMs }: Arrival, secret: string): Refusal | null {
  if (body.length > MAX_MESSAGE_BYTES) return badRequest('more than 20 KB');
  const message = parseObject(body.toString());
  if (message === null) return badRequest('no JSON');
  if (!isSigned(message, secret, atMs)) {
    return refusal(19021, 'sign match fail or timestamp is not within one hour from current time');
  }
  const { msg_type: type } = message;
  if (typeof type !== 'string' || type === '') return refusal(19002, 'params error, msg_type need');
  if (type === 'interactive') {
    const problem = cardProblem(message.card);
    return problem === null ? null : badRequest(problem);
  }
  const { text } = objectIn(message, 'content');
  const isFilled = typeof text === 'string' && text !== '';
  return type === 'text' && isFilled ? null : refusal(19002, `params error, ${type} content need`);
}

/** base64(HMAC-SHA256(key = timestamp + "\n" + secret, message = "")), the timestamp in seconds. */
function isSigned({ timestamp, sign }: JsonObject, secret: string, atMs: number): boolean {
  if (typeof timestamp !== 'string' || typeof sign !== 'string') return false;
  if (!/^\d+$/.test(timestamp)) return false;
  const skewSeconds = Math.abs(atMs / SECOND_MS - Number(timestamp));
  const expected = hmacSha256(`${timestamp}\n${secret}`, '', 'base64');
  return skewSeconds <= MAX_TIMESTAMP_SKEW_SECONDS && equalSecrets(sign, expected);
}

/** Every text of a card, in the order in which it is shown. */
function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'content' && typeof member === 'string' ? [member] : textsIn(member),
  );
}
