import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What a hostile server does with each connection. Plain data: a failure can print it. */
export interface HostileAnswer {
  /** When the server begins. */
  readonly after: 'connecting' | 'the first bytes' | 'the request';
  readonly parts: readonly AnswerPart[];
  /** What the server does after the last part. */
  readonly ending: 'end' | 'reset' | 'stall';
}

export type AnswerPart =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** One byte at a time. */
  | { readonly kind: 'drip'; readonly bytes: Buffer; readonly everyMs: number }
  /** The same bytes for ever, as fast as they are read. */
  | { readonly kind: 'endless'; readonly bytes: Buffer };

export interface HostileServer {
  readonly url: string;
  /** Whole requests that arrived so far. */
  readonly arrived: number;
  /**
   * Resolves when the client has let go of all connections, with 0, or after a while with the
   * number of those that it still holds.
   */
  heldConnections(): Promise<number>;
}

/** A client lets go within milliseconds; on a busy machine it may take longer. */
const PATIENCE_MS = 5_000;

/** Serves the answer on a port of its own while `use` runs. */
export async function withHostileServer<T>(
  answer: HostileAnswer,
  use: (server: HostileServer) => Promise<T>,
): Promise<T> {
  const open = new Map<Socket, Promise<void>>();
  let arrived = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        open.delete(socket);
        resolve();
      });
    });
    open.set(socket, closed);
    // A client that gives up resets the connection.
    socket.on('error', () => undefined);
    void serve(socket, answer, () => {
      arrived += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      get arrived() {
        return arrived;
      },
      async heldConnections() {
        let timer: NodeJS.Timeout | undefined;
        const patience = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, PATIENCE_MS);
        });
        await Promise.race([Promise.all(open.values()), patience]);
        clearTimeout(timer);
        return open.size;
      },
    });
  } finally {
    for (const socket of open.keys()) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function serve(
  socket: Socket,
  { after, parts, ending }: HostileAnswer,
  onWholeRequest: () => void,
): Promise<void> {
  const { firstBytes, wholeRequest } = receive(socket);
  void wholeRequest.then(onWholeRequest);
  if (after === 'the first bytes') await firstBytes;
  if (after === 'the request') await wholeRequest;
  for (const part of parts) await send(socket, part);
  if (ending === 'end') socket.end();
  if (ending === 'reset') socket.resetAndDestroy();
}

function receive(socket: Socket): {
  readonly firstBytes: Promise<void>;
  readonly wholeRequest: Promise<void>;
} {
  let received = Buffer.alloc(0);
  let onFirst = (): void => undefined;
  let onWhole = (): void => undefined;
  const firstBytes = new Promise<void>((resolve) => {
    onFirst = resolve;
  });
  const wholeRequest = new Promise<void>((resolve) => {
    onWhole = resolve;
  });
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    onFirst();
    if (isWholeRequest(received)) onWhole();
  });
  return { firstBytes, wholeRequest };
}

/** Our clients send each body with its length. */
function isWholeRequest(received: Buffer): boolean {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const length = /^content-length: *(\d+)/imu.exec(received.toString('latin1', 0, headEnd))?.[1];
  return received.length >= headEnd + 4 + Number(length ?? 0);
}

async function send(socket: Socket, part: AnswerPart): Promise<void> {
  if (part.kind === 'drip') {
    for (const byte of part.bytes) {
      if (socket.destroyed) return;
      await write(socket, Buffer.of(byte));
      await new Promise((resolve) => setTimeout(resolve, part.everyMs));
    }
    return;
  }
  do {
    await write(socket, part.bytes);
    // A write that ends at once would let nothing else happen in this process.
    await new Promise((resolve) => setImmediate(resolve));
  } while (part.kind === 'endless' && socket.writable);
}

/** Resolves when the bytes are on their way, or will never be. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (!socket.writable) resolve();
    else socket.write(bytes, () => resolve());
  });
}
