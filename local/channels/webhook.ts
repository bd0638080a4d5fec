import { checkEnvelope, eventText } from './cloud-event.ts';
import type { Receiver, Verdict } from './receiver.ts';
import { checkWebhookSignature } from './standard-webhooks.ts';

/** A receiver of Standard Webhooks that carry one CloudEvent each. */
export function webhookReceiver({ secret }: { secret: string }): Receiver {
  return {
    judge(arrival) {
      if (arrival.method !== 'POST') return refused(405, 'only POST is allowed');
      const refusal = checkWebhookSignature(arrival, secret) ?? checkEnvelope(arrival);
      return refusal === null ? ACCEPTED : refused(refusal.status, refusal.reason);
    },
    textOf: eventText,
  };
}

const ACCEPTED: Verdict = { accepted: true, answer: { status: 204, headers: {}, body: '' } };

function refused(status: number, reason: string): Verdict {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { accepted: false, answer: { status, headers, body: JSON.stringify({ error: reason }) } };
}
