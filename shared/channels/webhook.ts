import { createHmac } from 'node:crypto';
import { cloudEventOf } from '../delivery/core/cloud-event.ts';
import type { Channel } from '../ports/channel.ts';
import { outcomeOfFailure, outcomeOfStatus } from './outcome.ts';
import { POST_TIMEOUT_MS, post } from './post.ts';

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_` and base64, as Standard Webhooks writes it; absent: requests are not signed. */
  readonly secret?: string;
  readonly allowPrivate: boolean;
  readonly now: () => number;
}

/** Any endpoint: one CloudEvents 1.0 event a commit, signed as Standard Webhooks 1.0 asks. */
export function webhook({ url, secret, allowPrivate, now }: WebhookOptions): Channel {
  const key = secret === undefined ? undefined : webhookKey(secret);
  return {
    name: 'webhook',
    style: 'commits',
    messagesPerMinute: Number.POSITIVE_INFINITY,
    async send(message, timeoutMs = POST_TIMEOUT_MS) {
      const event = cloudEventOf(message);
      const body = JSON.stringify(event);
      const attemptSeconds = Math.floor(now() / 1000);
      try {
        const answer = await post({
          url,
          headers: {
            'content-type': 'application/cloudevents+json; charset=utf-8',
            ...(key !== undefined && signature(key, webhookId(event.id), attemptSeconds, body)),
          },
          body,
          allowPrivate,
          timeoutMs,
        });
        return outcomeOfStatus(answer, now()) ?? { kind: 'delivered' };
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },
  };
}

const SECRET_PREFIX = 'whsec_';

/** The key in a secret. Source: Standard Webhooks 1.0, "Signature scheme". */
export function webhookKey(secret: string): Buffer {
  return Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
}

/** The signed text joins its parts with dots, so the id itself has none. */
function webhookId(eventId: string): string {
  return eventId.replaceAll('.', '_');
}

function signature(
  key: Buffer,
  id: string,
  attemptSeconds: number,
  body: string,
): Readonly<Record<string, string>> {
  const signed = `${id}.${attemptSeconds}.${body}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(attemptSeconds),
    'webhook-signature': `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  };
}
