import { lookup as resolve } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { unpacked } from '../lib/read-body.ts';
import { USER_AGENT } from '../lib/user-agent.ts';
import { isPrivateAddress, literalAddress } from './address.ts';

export type Method = 'POST' | 'PUT' | 'PATCH' | 'GET';

export interface Post {
  readonly url: string;
  /** Absent: POST. Nothing is sent behind the head of a GET. */
  readonly method?: Method;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
  /** For the whole exchange, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Cut after `MAX_ANSWER_BYTES`. */
  readonly body: string;
}

/** There is no answer. The message is a code that says why. */
export class PostError extends Error {
  override readonly name = 'PostError';
  /** False only if the receiver certainly never saw the message. */
  readonly mayHaveArrived: boolean;

  constructor(code: string, mayHaveArrived: boolean) {
    super(code);
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** The most for one attempt. It is shorter than the time for which a claim is valid. */
export const POST_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** Answers with a status of 1xx before the final one. Thousands would keep the process busy. */
const MAX_INTERIM_ANSWERS = 100;

/**
 * One request with one deadline for all of it. Redirects are not followed.
 * @throws {PostError} whose message is a code and never holds the address, which is a secret
 */
export function post({
  url,
  method = 'POST',
  headers,
  body,
  allowPrivate,
  timeoutMs,
}: Post): Promise<Answer> {
  return new Promise((answer, fail) => {
    const target = new URL(url);
    const literal = literalAddress(target.hostname);
    if (!allowPrivate && literal !== undefined && isPrivateAddress(literal)) {
      fail(new PostError('PRIVATE_ADDRESS', false));
      return;
    }
    const send = target.protocol === 'http:' ? requestHttp : requestHttps;
    const request = send(target, {
      method,
      headers: {
        'user-agent': USER_AGENT,
        ...headers,
        ...(method !== 'GET' && { 'content-length': String(Buffer.byteLength(body)) }),
      },
      // Each message has a new connection. One that was kept open while the function was frozen is
      // dead, and would look like a lost answer.
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      ...(!allowPrivate && { lookup: resolvePublic }),
    });
    // The same code, such as ECONNRESET, may mean either. What counts is whether the connection was
    // ready: nothing of the message is written before.
    let isReady = false;
    request.on('socket', (socket) => {
      const ready = target.protocol === 'http:' ? 'connect' : 'secureConnect';
      socket.once(ready, () => {
        isReady = true;
      });
    });
    const failWith = (error: Error & { code?: string }): void => {
      const code = error.name === 'AbortError' ? 'TIMEOUT' : (error.code ?? 'NETWORK');
      fail(new PostError(code, isReady));
    };
    request.on('error', failWith);
    // If the receiver switches the protocol, the request ends with neither an answer nor an error.
    request.on('close', () => failWith(Object.assign(new Error(), { code: 'CLOSED' })));
    let interimAnswers = 0;
    request.on('information', () => {
      interimAnswers += 1;
      if (interimAnswers > MAX_INTERIM_ANSWERS) {
        request.destroy(Object.assign(new Error(), { code: 'NO_FINAL_ANSWER' }));
      }
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (): void =>
        answer({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: textOf(
            Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES),
            response.headers['content-encoding'],
          ),
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

/** An answer that unpacks to more than it may, or not at all, says nothing. */
function textOf(bytes: Buffer, encoding: string | undefined): string {
  try {
    return unpacked(bytes, encoding, MAX_ANSWER_BYTES).toString('utf8');
  } catch {
    return '';
  }
}

/** A name is checked when it is resolved, since it may have another address after an earlier check. */
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
