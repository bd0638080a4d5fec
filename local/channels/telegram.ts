import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { pushDrawing, pushOfJson } from './push-view.ts';
import { slidingWindow } from './rate.ts';
import { jsonAnswer, parseObject, type ReceiverKind, type Verdict } from './receiver.ts';

// https://core.telegram.org/bots/api#sendmessage and #making-requests, https://core.telegram.org/bots/faq

/** Characters of a text after its entities were parsed. */
const MAX_TEXT_LENGTH = 4_096;
/** "20 messages per minute to the same group". */
const MAX_PER_MINUTE = 20;
const TOKEN = '000000000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const CHAT = '-1000000000000';

type TelegramSettings = { readonly url: string; readonly chat: string };

/** A bot of Telegram. Whatever it answers is an object with `ok`. */
export const telegram: ReceiverKind<TelegramSettings> = {
  names: { en: 'Telegram', zh: 'Telegram' },
  path: '/bot',
  variables: { url: 'TELEGRAM_URL', chat: 'TELEGRAM_CHAT' },
  settings: (base) => ({ url: `${base}/bot${TOKEN}/sendMessage`, chat: CHAT }),
  create({ url, chat }) {
    const { pathname } = new URL(url);
    const rate = slidingWindow(MAX_PER_MINUTE, MINUTE_MS);
    return {
      judge(arrival) {
        if (arrival.url.pathname !== pathname) return refused(401, 'Unauthorized');
        const message = parseObject(arrival.body.toString());
        if (message === null) return refused(400, "Bad Request: can't parse request");
        if (String(message.chat_id) !== chat) return refused(400, 'Bad Request: chat not found');
        const { text } = message;
        if (typeof text !== 'string' || text.trim() === '')
          return refused(400, 'Bad Request: message text is empty');
        if (text.length > MAX_TEXT_LENGTH) return refused(400, 'Bad Request: message is too long');
        const waitMs = rate.waitMs(arrival.atMs);
        if (waitMs > 0) return tooMany(Math.ceil(waitMs / SECOND_MS));
        return { accepted: true, answer: jsonAnswer(200, { ok: true, result: { text } }) };
      },
    };
  },
  drawing: pushDrawing(pushOfJson('title', 'text')),
};

function refused(status: number, description: string, more: object = {}): Verdict {
  const answer = jsonAnswer(status, { ok: false, error_code: status, description, ...more });
  return { accepted: false, answer };
}

function tooMany(seconds: number): Verdict {
  const parameters = { retry_after: seconds };
  return refused(429, `Too Many Requests: retry after ${seconds}`, { parameters });
}
