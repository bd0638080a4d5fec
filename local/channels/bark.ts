import { pushDrawing, pushOfJson } from './push-view.ts';
import { jsonAnswer, parseObject, type ReceiverKind, type Verdict } from './receiver.ts';

// https://github.com/Finb/bark-server: docs/API_V2.md, route_push.go

/** Bytes of what Apple takes of a push message. */
const MAX_PUSH_BYTES = 4_096;
const LEVELS: readonly unknown[] = ['critical', 'active', 'timeSensitive', 'passive', undefined];
const KEY = '0000000000000000000000';

type BarkSettings = { readonly url: string; readonly key: string };

/** A server of Bark, which passes on to a phone. Its code is that of HTTP. */
export const bark: ReceiverKind<BarkSettings> = {
  names: { en: 'Bark', zh: 'Bark' },
  path: '/push',
  variables: { url: 'BARK_URL', key: 'BARK_KEY' },
  settings: (base) => ({ url: `${base}/push`, key: KEY }),
  create: ({ key }) => ({
    judge({ body }) {
      const push = parseObject(body.toString());
      if (push === null) return answered(400, 'request bind failed: Syntax error');
      const { device_key: device = '', level } = push;
      if (device === '') return answered(400, 'device key is empty');
      if (device !== key) return answered(400, 'failed to get device token: no such key');
      const isTaken = body.length <= MAX_PUSH_BYTES && LEVELS.includes(level);
      return isTaken ? answered(200, 'success') : answered(500, 'push failed: PayloadTooLarge');
    },
  }),
  drawing: pushDrawing(pushOfJson('title', 'body')),
};

function answered(code: number, message: string): Verdict {
  return { accepted: code === 200, answer: jsonAnswer(code, { code, message }) };
}
