import { SECOND_MS } from '../clock.ts';
import { equalSecrets } from '../signature/hash.ts';
import { pushDrawing, pushOfJson } from './push-view.ts';
import { tokenBucket } from './rate.ts';
import {
  arrivalHeader,
  jsonAnswer,
  parseObject,
  type ReceiverKind,
  type Verdict,
} from './receiver.ts';

// https://docs.ntfy.sh/publish/#publish-as-json and #limitations; codes: server/errors.go of binwiederhier/ntfy

/** Bytes of a message; a longer one becomes a file. */
const MAX_MESSAGE_BYTES = 4_096;
/** "60 requests at once, refilled at one request every 5 seconds". */
const BURST = 60;
const REFILL_MS = 5 * SECOND_MS;
const TOPIC = /^[-_A-Za-z0-9]{1,64}$/;
const TOKEN = 'tk_000000000000000000000000000000';

type NtfySettings = { readonly url: string; readonly token: string };

/** A server of ntfy. A message in JSON is posted to its root. */
export const ntfy: ReceiverKind<NtfySettings> = {
  names: { en: 'ntfy', zh: 'ntfy' },
  path: '/ntfy/',
  variables: { url: 'NTFY_URL', token: 'NTFY_TOKEN' },
  settings: (base) => ({ url: `${base}/ntfy/`, token: TOKEN }),
  create({ token }) {
    const rate = tokenBucket(BURST, REFILL_MS);
    return {
      judge(arrival) {
        if (rate.waitMs(arrival.atMs) > 0)
          return refused(429, 42901, 'limit reached: too many requests, please be nice');
        const authorization = arrivalHeader(arrival, 'authorization') ?? '';
        if (!equalSecrets(authorization, `Bearer ${token}`))
          return refused(401, 40101, 'unauthorized');
        const message = parseObject(arrival.body.toString());
        if (message === null)
          return refused(400, 40017, 'invalid request: request body must be message JSON');
        const { topic, message: text = 'triggered', priority = 3 } = message;
        if (!TOPIC.test(String(topic)))
          return refused(400, 40009, 'invalid request: topic invalid');
        if (typeof priority !== 'number' || ![1, 2, 3, 4, 5].includes(priority))
          return refused(400, 40007, 'invalid priority parameter');
        if (Buffer.byteLength(String(text)) > MAX_MESSAGE_BYTES)
          return refused(400, 40014, 'invalid request: attachments not allowed');
        return { accepted: true, answer: jsonAnswer(200, { id: 'x', event: 'message', topic }) };
      },
    };
  },
  drawing: pushDrawing(pushOfJson('title', 'message')),
};

function refused(http: number, code: number, error: string): Verdict {
  return { accepted: false, answer: jsonAnswer(http, { code, http, error }) };
}
