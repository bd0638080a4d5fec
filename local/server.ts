import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server of the local cloud: always on the loopback address. */
export interface LocalServer {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Listens on `port` (0: any free one), for requests that name the loopback. A page of the web can
 * give its own host name the address 127.0.0.1, and its script would then reach faults and inbox.
 * @throws with the port's number when it is taken.
 */
export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port: number,
): Promise<LocalServer> {
  const server = createServer((request, response) => {
    if (!isLoopbackName(request.headers.host)) return refuseHost(request, response);
    handle(request, response).catch(() => request.socket.destroy());
  });
  // Clients of the cloud keep connections open between ticks; so does the real service.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`Cannot listen on ${HOST}:${port}: ${cause.message}`, { cause })),
    );
    server.listen(port, HOST, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `localhost`, 127.0.0.0/8 and ::1, with or without a port. HTTP/1.0 may name no host at all. */
const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/iu;

function isLoopbackName(host: string | undefined): boolean {
  return host === undefined || LOOPBACK_NAME.test(host);
}

/** 421 Misdirected Request: this server does not answer for that name. RFC 9110, 15.5.20. */
function refuseHost(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(421, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end('The local cloud answers for 127.0.0.1 and localhost only.\n');
}

/** A TCP reset: the client reads ECONNRESET, as when a proxy or the network fails. */
export function resetConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

export class BodyTooLargeError extends Error {}

/** The whole body of a request. @throws {BodyTooLargeError} past `maxBytes`. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  // By events: an iterator over the request takes longer than everything else that a small body needs.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxBytes) {
        request.destroy(new BodyTooLargeError(`more than ${maxBytes} bytes`));
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks, size)));
    request.once('error', reject);
  });
}
