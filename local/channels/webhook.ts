import { html } from '../html.ts';
import { checkEnvelope, eventLine, eventText } from './cloud-event.ts';
import { jsonAnswer, type ReceiverKind, type Verdict } from './receiver.ts';
import { checkWebhookSignature } from './standard-webhooks.ts';

type WebhookSettings = { readonly url: string; readonly secret: string };

/** It guards nothing but a loopback port. */
const SECRET = `whsec_${Buffer.from('a secret of the local cloud').toString('base64')}`;

/** A receiver of Standard Webhooks that carry one CloudEvent each. */
export const webhook: ReceiverKind<WebhookSettings> = {
  names: { en: 'Webhook', zh: 'Webhook' },
  path: '/webhook',
  variables: { url: 'WEBHOOK_URL', secret: 'WEBHOOK_SECRET' },
  settings: (base) => ({ url: `${base}/webhook`, secret: SECRET }),
  create: ({ secret }) => ({
    judge(arrival) {
      if (arrival.method !== 'POST') return refused(405, 'only POST is allowed');
      const refusal = checkWebhookSignature(arrival, secret) ?? checkEnvelope(arrival);
      return refusal === null ? ACCEPTED : refused(refusal.status, refusal.reason);
    },
  }),
  drawing: {
    textOf: eventText,
    lineOf: eventLine,
    pushOf: () => null,
    style: '.webhook pre { white-space: pre-wrap; }',
    htmlOf: (body) => html`<pre>${JSON.stringify(JSON.parse(body), null, 2)}</pre>`,
  },
};

const ACCEPTED: Verdict = { accepted: true, answer: { status: 204, headers: {}, body: '' } };

function refused(status: number, reason: string): Verdict {
  return { accepted: false, answer: jsonAnswer(status, { error: reason }) };
}
