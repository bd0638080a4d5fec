import { equalSecrets, hmacSha256 } from '../signature/hash.ts';
import { type Arrival, arrivalHeader, type Refusal } from './receiver.ts';

// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

/** What the reference libraries tolerate between the sender's clock and ours. */
const MAX_CLOCK_SKEW_SECONDS = 5 * 60;
const SECRET_PREFIX = 'whsec_';

/** 400 for a request that cannot be checked, 401 for one that was not signed with `secret`. */
export function checkWebhookSignature(arrival: Arrival, secret: string): Refusal | null {
  const id = arrivalHeader(arrival, 'webhook-id');
  const timestamp = arrivalHeader(arrival, 'webhook-timestamp');
  const signatures = arrivalHeader(arrival, 'webhook-signature');
  if (!id || !timestamp || !signatures) {
    return bad('webhook-id, webhook-timestamp and webhook-signature are required');
  }
  // A full stop separates id, timestamp and body in the signed text.
  if (id.includes('.')) return bad('webhook-id must not contain a full stop');
  const skewSeconds = Math.abs(arrival.atMs / 1_000 - secondsOf(timestamp));
  // Written this way round, NaN is refused as well.
  if (!(skewSeconds <= MAX_CLOCK_SKEW_SECONDS)) {
    return bad('webhook-timestamp is not within five minutes of now, in seconds');
  }
  const expected = sign(secret, `${id}.${timestamp}.`, arrival.body);
  return signatures.split(' ').some((signature) => equalSecrets(signature, expected))
    ? null
    : { status: 401, reason: 'no signature matches' };
}

function bad(reason: string): Refusal {
  return { status: 400, reason };
}

function secondsOf(timestamp: string): number {
  return /^\d+$/.test(timestamp) ? Number(timestamp) : Number.NaN;
}

function sign(secret: string, head: string, body: Buffer): string {
  const key = Buffer.from(secret.replace(SECRET_PREFIX, ''), 'base64');
  return `v1,${hmacSha256(key, Buffer.concat([Buffer.from(head), body]), 'base64')}`;
}
