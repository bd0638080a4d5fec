import { createHmac } from 'node:crypto';
import { cloudEventOf } from '../delivery/core/message/cloud-event.ts';
import { shape } from '../lib/shape.ts';
import type { ChannelKind } from './kind.ts';
import { outcomeOfFailure, outcomeOfStatus, withAdvice } from './outcome.ts';
import { POST_TIMEOUT_MS, post } from './post.ts';

interface WebhookSettings {
  readonly url: string;
  /** `whsec_` and base64, as Standard Webhooks writes it; absent: requests are not signed. */
  readonly secret?: string;
}

/** An endpoint that wants fewer answers 429, 502 or 504. Source: Standard Webhooks 1.0. */
const MESSAGES_PER_MINUTE = Number.POSITIVE_INFINITY;

/** Any endpoint. It gets one CloudEvents 1.0 event a commit, signed as Standard Webhooks 1.0 asks. */
export const webhook: ChannelKind<WebhookSettings> = {
  kind: 'webhook',
  names: { zh: 'Webhook' },
  style: 'commits',
  about: 'any endpoint: CloudEvents 1.0, signed as Standard Webhooks (`whsec_…`)',
  variables: {
    url: {
      name: 'WEBHOOK_URL',
      about: 'the https address of your endpoint',
      isRequired: true,
      isSecret: true,
      rule: { hosts: [] },
    },
    secret: {
      name: 'WEBHOOK_SECRET',
      about: 'whsec_…, with which your endpoint checks signatures',
      isRequired: false,
      isSecret: true,
      rule: shape(
        /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/u,
        'whsec_ and the base64 of 24 to 64 bytes, as Standard Webhooks writes it',
      ),
    },
  },
  bodyOf: cloudEventOf,
  create: ({ name, settings: { url, secret }, allowPrivate, now, redact }) => ({
    name,
    messagesPerMinute: MESSAGES_PER_MINUTE,
    async send(message, timeoutMs = POST_TIMEOUT_MS) {
      const event = cloudEventOf(message);
      const body = JSON.stringify(event);
      const contentType = 'application/cloudevents+json; charset=utf-8';
      const attemptSeconds = Math.floor(now() / 1000);
      try {
        const answer = await post({
          url,
          headers: {
            'content-type': contentType,
            ...(secret !== undefined && signatureHeaders(secret, event.id, attemptSeconds, body)),
          },
          body,
          allowPrivate,
          timeoutMs,
        });
        const outcome = outcomeOfStatus(answer, now(), redact) ?? ({ kind: 'delivered' } as const);
        return withAdvice(outcome, ADVICE[answer.status]);
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },
  }),
};

/** What a person can do about a status. Standard Webhooks leaves open how a bad signature is refused. */
const ADVICE: Readonly<Record<number, string>> = {
  400: 'compare WEBHOOK_SECRET with the secret of the endpoint',
  401: 'compare WEBHOOK_SECRET with the secret of the endpoint',
  403: 'compare WEBHOOK_SECRET with the secret of the endpoint',
  404: 'WEBHOOK_URL must be an address that takes events',
};

/** Source: Standard Webhooks 1.0, "Webhook headers". */
function signatureHeaders(
  secret: string,
  eventId: string,
  attemptSeconds: number,
  body: string,
): Readonly<Record<string, string>> {
  // The signed text joins its parts with dots, so the id itself has none.
  const id = eventId.replaceAll('.', '_');
  const signed = `${id}.${attemptSeconds}.${body}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(attemptSeconds),
    'webhook-signature': `v1,${createHmac('sha256', signingKey(secret)).update(signed).digest('base64')}`,
  };
}

const SECRET_PREFIX = 'whsec_';

/** Source: Standard Webhooks 1.0, "Signature scheme". */
function signingKey(secret: string): Buffer {
  return Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
}
