import { lookup as resolve } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress, literalAddress } from './address.ts';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
  /** From the first byte to the last. */
  readonly timeoutMs: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most `MAX_ANSWER_BYTES` of it. */
  readonly body: string;
}

/** Why there is no answer. */
export class PostError extends Error {
  override readonly name = 'PostError';
  /** False only when it is certain that the receiver never saw the message. */
  readonly mayHaveArrived: boolean;

  constructor(code: string, mayHaveArrived: boolean) {
    super(code);
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** The most for one attempt. Shorter than the time for which a claim is believed. */
export const POST_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** Errors before anything was sent. */
const NEVER_SENT: readonly string[] = [
  'ECONNREFUSED',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'PRIVATE_ADDRESS',
];

/**
 * One POST, with one deadline over all of it; redirects are not followed.
 * @throws {PostError} whose message is a code and never holds the address, which is a secret
 */
export function post({ url, headers, body, allowPrivate, timeoutMs }: Post): Promise<Answer> {
  return new Promise((answer, fail) => {
    const target = new URL(url);
    const literal = literalAddress(target.hostname);
    if (!allowPrivate && literal !== undefined && isPrivateAddress(literal)) {
      fail(new PostError('PRIVATE_ADDRESS', false));
      return;
    }
    const send = target.protocol === 'http:' ? requestHttp : requestHttps;
    const request = send(target, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      // A fresh connection a message: one kept from before a freeze is dead, and would look like
      // an answer that was lost.
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      ...(!allowPrivate && { lookup: resolvePublic }),
    });
    const failWith = (error: Error & { code?: string }): void => {
      const code = error.name === 'AbortError' ? 'TIMEOUT' : (error.code ?? 'NETWORK');
      const isUnsent = NEVER_SENT.includes(code) || code.startsWith('ERR_TLS') || isTls(code);
      fail(new PostError(code, !isUnsent));
    };
    request.on('error', failWith);
    // A receiver that changes the protocol ends the request without an answer and without an error.
    request.on('close', () => failWith(Object.assign(new Error(), { code: 'CLOSED' })));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (): void =>
        answer({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8'),
        });
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= MAX_ANSWER_BYTES) {
          done();
          response.destroy();
        }
      });
      response.on('end', done);
      response.on('error', failWith);
    });
    request.end(body);
  });
}

/** Certificate failures: the connection was refused by us, before the message. */
function isTls(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/u.test(code);
}

/** Names are checked when they are resolved, since what a name means may change after a check. */
const resolvePublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, []);
      return;
    }
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
      callback(Object.assign(new Error('private address'), { code: 'PRIVATE_ADDRESS' }), []);
      return;
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
