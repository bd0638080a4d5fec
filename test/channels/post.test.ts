import type { RequestListener } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { gzipSync } from 'node:zlib';
import { PostError, post } from '../../shared/channels/post.ts';
import { withHostileServer } from '../helpers/hostile-server.ts';
import { deadAddress, withServer } from '../helpers/http-server.ts';

describe('a post that gets no answer has certainly not arrived', () => {
  it('where no server listens', async () => {
    expect(await failureAt(await deadAddress())).toMatchObject({ mayHaveArrived: false });
  });

  it('where the name does not resolve', async () => {
    expect(await failureAt('http://name.invalid')).toMatchObject({ mayHaveArrived: false });
  });

  it('where https meets a server that speaks http', async () => {
    await withServer(
      () => undefined,
      async (url) => {
        const failure = await failureAt(url.replace('http:', 'https:'));

        expect(failure).toMatchObject({ mayHaveArrived: false });
      },
    );
  });

  it('where the connection is reset during the TLS handshake', async () => {
    await withTcp(
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
      async (host) => {
        expect(await failureAt(`https://${host}`)).toEqual(new PostError('ECONNRESET', false));
      },
    );
  });

  it('where the TLS handshake never ends', async () => {
    await withTcp(
      () => undefined,
      async (host) => {
        expect(await failureAt(`https://${host}`, 300)).toEqual(new PostError('TIMEOUT', false));
      },
    );
  });
});

describe('a post that gets no answer may have arrived', () => {
  const hostile: readonly (readonly [string, RequestListener])[] = [
    ['is reset after the request', (request) => request.socket.resetAndDestroy()],
    ['is closed after the request', (request) => request.socket.end()],
    [
      'breaks in the middle of the answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': '10' });
        response.write('o', () => request.socket.resetAndDestroy());
      },
    ],
  ];

  it.each(hostile)('where the connection %s', async (_what, listener) => {
    await withServer(listener, async (url) => {
      expect(await failureAt(url)).toMatchObject({ mayHaveArrived: true });
    });
  });

  it('where hints of an answer come, and no answer', async () => {
    const bytes = Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(200));
    const parts = [{ kind: 'bytes', bytes } as const];
    await withHostileServer({ after: 'the request', parts, ending: 'stall' }, async ({ url }) => {
      expect(await failureAt(url)).toEqual(new PostError('NO_FINAL_ANSWER', true));
    });
  });

  it('where the answer does not come in time', async () => {
    await withServer(
      () => undefined,
      async (url) => {
        expect(await failureAt(url, 500)).toEqual(new PostError('TIMEOUT', true));
      },
    );
  });
});

describe('the answer to a post', () => {
  it.each<[string, Buffer, string]>([
    ['as it was before it was packed', gzipSync('{"errcode":0}'), '{"errcode":0}'],
    ['as nothing, if it unpacks to more than 64 kB', gzipSync(Buffer.alloc(50_000_000, 'ok')), ''],
    ['as nothing, if it cannot be unpacked', Buffer.from('{"errcode":0}'), ''],
  ])('is read %s', async (_how, packed, body) => {
    const listener: RequestListener = (request, response) => {
      request.resume();
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    };
    await withServer(listener, async (url) => {
      const answered = post({ url, headers: {}, body: '{}', allowPrivate: true, timeoutMs: 5_000 });

      await expect(answered).resolves.toMatchObject({ status: 200, body });
    });
  });
});

async function failureAt(url: string, timeoutMs = 5_000): Promise<unknown> {
  try {
    return await post({ url, headers: {}, body: '{}', allowPrivate: true, timeoutMs });
  } catch (error) {
    return error;
  }
}

/** Runs `use` with the host and port of a server that treats each connection in this way. */
async function withTcp(
  onConnection: (socket: Socket) => void,
  use: (host: string) => Promise<void>,
): Promise<void> {
  const sockets: Socket[] = [];
  const server: Server = createTcpServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}
