import { pushDrawing, pushOfJson } from './push-view.ts';
import { jsonAnswer, parseObject, type ReceiverKind } from './receiver.ts';

type HttpSettings = { readonly url: string };

/** It guards nothing but a loopback port. */
const PATH = '/http/000000000000000000000000';

/** A receiver that no product knows: it takes a JSON object, and says so. */
export const http: ReceiverKind<HttpSettings> = {
  names: { en: 'HTTP', zh: 'HTTP' },
  path: '/http/',
  variables: { url: 'HTTP_URL' },
  settings: (base) => ({ url: `${base}${PATH}` }),
  create: () => ({
    judge({ url, method, body }) {
      if (url.pathname !== PATH) return { accepted: false, answer: jsonAnswer(404, { ok: false }) };
      const isTaken = method === 'POST' && parseObject(body.toString()) !== null;
      return { accepted: isTaken, answer: jsonAnswer(isTaken ? 200 : 400, { ok: isTaken }) };
    },
  }),
  drawing: pushDrawing(pushOfJson('title', 'text')),
};
