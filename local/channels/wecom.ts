import { MINUTE_MS } from '../clock.ts';
import { html } from '../html.ts';
import { equalSecrets } from '../signature/hash.ts';
import { markdownHtml, WECOM_MARKDOWN } from './markdown.ts';
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

// Limits and codes: https://developer.work.weixin.qq.com/document/path/99110
// Texts as logged: https://github.com/dromara/domain-admin/issues/82

/** UTF-8 bytes of the content, by the type of the message. */
const MAX_CONTENT_BYTES: Readonly<Record<string, number>> = {
  text: 2_048,
  markdown: 4_096,
  markdown_v2: 4_096,
};
/** Of all types together. */
const MAX_PER_MINUTE = 20;
/** The texts of errors name the address that a request came from: here, one for documentation. */
const SENDER = 'from ip: 203.0.113.7';

type WecomSettings = { readonly webhook: string };

/** It guards nothing but a loopback port; only its form is that of the real ones. */
const KEY = '00000000-0000-4000-8000-0000000ec500';

interface RobotError {
  readonly errcode: number;
  readonly errmsg: string;
}

const robotError = (errcode: number, text: string): RobotError => ({
  errcode,
  errmsg: `${text}, hint: [1795341600000000000000000], ${SENDER}, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`,
});

/** A group robot of WeCom. Its key is all that guards it, and every answer is HTTP 200. */
export const wecom: ReceiverKind<WecomSettings> = {
  names: { en: 'WeCom', zh: '企业微信' },
  path: '/cgi-bin/webhook/send',
  variables: { webhook: 'WECOM_WEBHOOK' },
  settings: (base) => ({ webhook: `${base}/cgi-bin/webhook/send?key=${KEY}` }),
  create({ webhook }) {
    const key = new URL(webhook).searchParams.get('key') ?? '';
    const rate = slidingWindow(MAX_PER_MINUTE, MINUTE_MS);
    const checkCaller = ({ url }: Arrival): RobotError | null =>
      equalSecrets(url.searchParams.get('key') ?? '', key)
        ? null
        : robotError(93000, 'invalid webhook url');
    const checkRate = ({ atMs }: Arrival): RobotError | null =>
      rate.waitMs(atMs) === 0 ? null : robotError(45009, 'api freq out of limit');
    return {
      judge: (arrival) =>
        verdict(checkCaller(arrival) ?? checkRate(arrival) ?? checkMessage(arrival)),
    };
  },
  drawing: {
    textOf: (body) => String(contentOf(body)),
    pushOf: (body) => withoutMarkup(contentOf(body)).trim(),
    htmlOf(body) {
      const message: JsonObject = JSON.parse(body);
      const content = contentOf(body);
      return message.msgtype === 'text'
        ? html`<p>${content}</p>`
        : markdownHtml(content, WECOM_MARKDOWN);
    },
  },
};

function verdict(refusal: RobotError | null): Verdict {
  const answer = jsonAnswer(200, refusal ?? { errcode: 0, errmsg: 'ok' });
  return { accepted: refusal === null, answer };
}

function checkMessage({ method, body }: Arrival): RobotError | null {
  const message = method === 'POST' ? parseObject(body.toString()) : null;
  if (message === null) return robotError(40058, 'invalid Request Parameter');
  const type = String(message.msgtype);
  const maxBytes = Object.hasOwn(MAX_CONTENT_BYTES, type) ? MAX_CONTENT_BYTES[type] : undefined;
  const { content } = objectIn(message, type);
  if (maxBytes === undefined || typeof content !== 'string' || content === '') {
    return robotError(40058, `${type}.content missing. invalid Request Parameter`);
  }
  if (Buffer.byteLength(content) <= maxBytes) return null;
  return robotError(
    40058,
    `${type}.content exceed max length ${maxBytes}. invalid Request Parameter`,
  );
}

function contentOf(body: string): string {
  const message: JsonObject = JSON.parse(body);
  const { content } = objectIn(message, String(message.msgtype));
  if (typeof content !== 'string') throw new TypeError('no content');
  return content;
}

/** A phone shows the beginning of a message, without its markup. */
function withoutMarkup(content: string): string {
  return content
    .replace(/<\/?font[^<>]*>/g, '')
    .replace(/<(@[^<>]{1,64})>/g, '$1')
    .replace(/^#{1,6} |^> ?|\*\*|`/gm, '')
    .replace(/\n{2,}/g, '\n')
    .replace(/\[([^[\]]*)\]\([^()]*\)/g, '$1');
}
