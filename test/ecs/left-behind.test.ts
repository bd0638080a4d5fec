import { createHook } from 'node:async_hooks';
import type { RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { NOW_MS, SCOPE } from '../helpers/examples.ts';
import { deadAddress, withServer } from '../helpers/http-server.ts';
import { inventoryAt } from '../helpers/inventory.ts';

const EMPTY_PAGE = '{"TotalCount":0,"InstanceStatuses":{"InstanceStatus":[]}}';
/** Of a call that is expected to be answered; no test waits for it. */
const LONG_MS = 30_000;
/** Of a call that is expected to reach its deadline. */
const SHORT_MS = 100;

describe('a call to ECS', () => {
  it.each<[string, number, RequestListener]>([
    ['an answer', LONG_MS, (_request, response) => response.end(EMPTY_PAGE)],
    ['an error', LONG_MS, (_request, response) => response.writeHead(403).end('{"Code":"No"}')],
    [
      'a packed answer',
      LONG_MS,
      (_request, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(EMPTY_PAGE)),
    ],
    [
      'an answer that is packed wrongly',
      LONG_MS,
      (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}'),
    ],
    [
      'an answer that breaks off',
      LONG_MS,
      (_request, response) => {
        response.writeHead(200, { 'content-length': '9' }).write('{', () => response.destroy());
      },
    ],
    ['a reset', LONG_MS, (request) => request.socket.resetAndDestroy()],
    [
      'an answer that is too large',
      LONG_MS,
      (_request, response) => response.end(Buffer.alloc(9 * 1024 * 1024)),
    ],
    ['silence', SHORT_MS, () => undefined],
    ['half an answer', SHORT_MS, (_request, response) => response.writeHead(200).write('{')],
  ])('leaves no timer running behind %s', async (_what, timeoutMs, listener) => {
    await withServer(listener, async (url) => {
      const left = await timersLeftBy(() => ask(url, timeoutMs));

      expect(left).toEqual([]);
    });
  });

  it('leaves no timer running where no connection is made', async () => {
    const url = await deadAddress();

    await expect(timersLeftBy(() => ask(url, LONG_MS))).resolves.toEqual([]);
  });

  it('sends the next request over the same connection, undisturbed by the one before', async () => {
    const ports = new Set<number | undefined>();
    const listener: RequestListener = ({ socket }, response) => {
      ports.add(socket.remotePort);
      response.end(EMPTY_PAGE);
    };
    await withServer(listener, async (url) => {
      const left = await timersLeftBy(async () => {
        for (let call = 0; call < 5; call += 1) {
          expect(await ask(url, LONG_MS)).toMatchObject({ rows: 0 });
        }
      });

      expect(left).toEqual([]);
      expect(ports.size).toBe(1);
    });
  });

  it.each<[string, 'http' | 'https', (socket: Socket) => unknown]>([
    ['a server that never shakes hands', 'https', () => undefined],
    [
      'half of the headers',
      'http',
      (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nx-a')),
    ],
    [
      'a server that switches the protocol',
      'http',
      (socket) =>
        socket.once('data', () =>
          socket.write(
            'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
          ),
        ),
    ],
    [
      'a server that says to go on, without end',
      'http',
      (socket) => {
        const more = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 5);
        socket.on('close', () => clearInterval(more));
      },
    ],
  ])(
    'is over at its deadline with %s, and closes the connection',
    async (_what, scheme, behave) => {
      await withRawServer(behave, async (port, sockets) => {
        const error = await ask(`${scheme}://127.0.0.1:${port}`, SHORT_MS).catch(
          (thrown) => thrown,
        );
        const left = await timersLeftBy(() => ask(`${scheme}://127.0.0.1:${port}`, SHORT_MS));

        expect(error).toMatchObject({ kind: 'transient', code: 'Timeout' });
        expect(left).toEqual([]);
        await Promise.all([...sockets].map(closed));
      });
    },
  );
});

function ask(endpoint: string, timeoutMs: number): Promise<unknown> {
  const answered = inventoryAt(endpoint).page(SCOPE, 1, NOW_MS + timeoutMs);
  return answered.catch((error: unknown) => error);
}

/** Node.js closes a connection, and reports it, within a few turns of the event loop. */
const MAX_TURNS = 100;

/** Where the timers were set that `use` leaves running, if the client or the product set them. */
async function timersLeftBy(use: () => Promise<unknown>): Promise<readonly string[]> {
  const running = new Map<number, string>();
  const hook = createHook({
    init(id, type) {
      const { stack = '' } = new Error('a timer');
      if (type === 'Timeout' && /\bhttpx\b|\/shared\//u.test(stack)) running.set(id, stack);
    },
    destroy(id) {
      running.delete(id);
    },
  });
  hook.enable();
  try {
    await use();
    for (let turn = 0; turn < MAX_TURNS && (turn < 2 || running.size > 0); turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    hook.disable();
  }
  return [...running.values()];
}

async function withRawServer(
  behave: (socket: Socket) => unknown,
  use: (port: number, sockets: ReadonlySet<Socket>) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port, sockets);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Resolves when the client has closed the connection; else the test times out. */
async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
}
