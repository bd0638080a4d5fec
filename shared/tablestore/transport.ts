import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { WireAnswer, WireRequest } from 'tablestore';
import { readBytes } from '../lib/read-body.ts';

/**
 * The SDK's own sender never settles when a connection dies inside an answer, keeps all that a
 * server sends, and leaves a request that came to nothing on its connection. This one ends each
 * request, with its connection, in time and in size.
 */

/** A page of GetRange holds 4 MB ("Limits on the wide column model"), and no answer holds more. */
const MAX_ANSWER_BYTES = 12_000_000;
/**
 * Tablestore begins its answer to a read within milliseconds. While a function is frozen, a kept
 * connection may be dropped without a sign, and then no answer ever comes.
 */
const SILENCE_MS = 1_000;
/** A connection that was not used for longer is not trusted: a write on it could be left in doubt. */
const MAX_IDLE_MS = 30_000;

const AGENTS = {
  'http:': new HttpAgent({ keepAlive: true }),
  'https:': new HttpsAgent({ keepAlive: true }),
} as const;
const lastUsedAtMs = new WeakMap<Socket, number>();

/** A kept connection, on which a read was sent, has been silent. */
class SilentConnectionError extends Error {
  override readonly name = 'SilentConnectionError';
}

/** The answer, whatever its status. A read on a connection that is dead is repeated once. */
export async function send(wire: WireRequest, timeoutMs: number): Promise<WireAnswer> {
  const endMs = Date.now() + timeoutMs;
  closeIdle(MAX_IDLE_MS);
  try {
    return await exchange(wire, timeoutMs);
  } catch (error) {
    if (!(error instanceof SilentConnectionError)) throw error;
    // The others that are idle were kept through the same freeze.
    closeIdle(0);
    return await exchange(wire, Math.max(1, endMs - Date.now()));
  }
}

function exchange(wire: WireRequest, timeoutMs: number): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const request = open(wire);
    const fail = (error: Error): void => {
      reject(error);
      request.destroy();
    };
    const failLater = (ms: number, makeError: () => Error): NodeJS.Timeout =>
      setTimeout(() => fail(makeError()), ms);
    const deadline = failLater(timeoutMs, () => new Error(`no answer within ${timeoutMs} ms`));
    let silence: NodeJS.Timeout | undefined;
    request.on('finish', () => {
      if (!request.reusedSocket || !isRead(wire)) return;
      silence = failLater(
        SILENCE_MS,
        () => new SilentConnectionError(`silent for ${SILENCE_MS} ms`),
      );
    });
    request.on('error', fail);
    request.on('response', (response) => {
      clearTimeout(silence);
      readBytes(response, MAX_ANSWER_BYTES, tooLarge).then((body) => {
        resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, body });
      }, fail);
    });
    request.on('close', () => {
      clearTimeout(silence);
      clearTimeout(deadline);
      if (request.socket !== null) lastUsedAtMs.set(request.socket, Date.now());
    });
    request.end(wire.body);
  });
}

/** @throws {TypeError} where a header cannot hold its value */
function open({ endpoint, method, path, headers }: WireRequest): ClientRequest {
  const { hostname, port } = endpoint;
  const options = { host: hostname, port, method, path, headers };
  return endpoint.protocol === 'https:'
    ? httpsRequest({ ...options, agent: AGENTS['https:'] })
    : httpRequest({ ...options, agent: AGENTS['http:'] });
}

function isRead({ path }: WireRequest): boolean {
  return path === '/GetRow' || path === '/BatchGetRow' || path === '/GetRange';
}

function tooLarge(): Error {
  return new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
}

/** Closes the kept connections that were last used before so many milliseconds. */
function closeIdle(idleMs: number): void {
  const beforeMs = Date.now() - idleMs;
  for (const { freeSockets } of Object.values(AGENTS)) {
    for (const socket of Object.values(freeSockets).flatMap((sockets) => sockets ?? [])) {
      if ((lastUsedAtMs.get(socket) ?? 0) <= beforeMs) socket.destroy();
    }
  }
}
