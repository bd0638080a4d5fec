import { once } from 'node:events';
import { connect } from 'node:net';

/** The answer to one HTTP request. */
export interface Answer {
  readonly status: number;
  /** Status line and headers, as they came. */
  readonly head: string;
  readonly body: Buffer;
}

/**
 * One connection that is kept open, and waits for each answer before it sends the next request. It takes whole
 * requests as bytes, so that the load costs far less than the work of the server that it measures.
 */
export interface Connection {
  /** @throws {Error} when the connection ends before the answer does. */
  send(request: Buffer): Promise<Answer>;
  close(): void;
}

const END_OF_HEAD = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);

export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');

  let waiting: PromiseWithResolvers | undefined;
  let head: string | undefined;
  let chunks: Buffer[] = [];
  let missingBytes = 0;

  const takeHead = (chunk: Buffer): Buffer | undefined => {
    const arrived = chunks.length === 0 ? chunk : Buffer.concat([...chunks, chunk]);
    const end = arrived.indexOf(END_OF_HEAD);
    if (end === -1) {
      chunks = [arrived];
      return undefined;
    }
    chunks = [];
    head = arrived.toString('latin1', 0, end);
    missingBytes = contentLength(head);
    return arrived.subarray(end + END_OF_HEAD.length);
  };

  socket.on('data', (chunk: Buffer) => {
    const body = head === undefined ? takeHead(chunk) : chunk;
    if (body === undefined || head === undefined) return;
    if (body.length > 0) chunks.push(body);
    missingBytes -= body.length;
    if (missingBytes > 0) return;
    const answer = { status: Number(head.slice(9, 12)), head, body: joined(chunks) };
    head = undefined;
    chunks = [];
    waiting?.resolve(answer);
  });
  const fail = (): void => waiting?.reject(new Error('the connection ended before the answer'));
  socket.on('error', fail);
  socket.on('close', fail);

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

interface PromiseWithResolvers {
  resolve(answer: Answer): void;
  reject(cause: Error): void;
}

function contentLength(head: string): number {
  const [, length] = /^content-length: (\d+)$/im.exec(head) ?? [];
  if (length === undefined) throw new Error('an answer without Content-Length');
  return Number(length);
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first = NOTHING, ...others] = chunks;
  return others.length === 0 ? first : Buffer.concat(chunks);
}
