import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { InventoryError } from '../../shared/ports/inventory.ts';
import { NOW_MS, SCOPE } from '../helpers/examples.ts';
import { withServer } from '../helpers/http-server.ts';
import { failure, inventoryAt } from '../helpers/inventory.ts';

const MEGABYTE = 1024 * 1024;
const PACKED_MEGABYTE = gzipSync(Buffer.alloc(MEGABYTE));
/** What an answer of 8 MB may cost: as it came, unpacked, and as text. */
const MAX_GROWTH_BYTES = 100 * MEGABYTE;
/** 400 MB, packed megabyte by megabyte. */
const BOMB = Buffer.concat(Array.from({ length: 400 }, () => PACKED_MEGABYTE));

describe('ECS that answers', () => {
  it.each<[string, RequestListener]>([
    ['without end', (_request, response) => fill(response.writeHead(200))],
    ['without end, as an error', (_request, response) => fill(response.writeHead(400))],
    [
      '400 MB in few bytes',
      (_request, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip', connection: 'close' }).end(BOMB),
    ],
  ])('%s is cut off at 8 MB', async (_what, listener) => {
    await withCounted(listener, async (url, sockets) => {
      const peak = peakMemory();

      const error = await ask(url, 20_000);

      expect(peak.stop()).toBeLessThan(MAX_GROWTH_BYTES);
      expect(error).toMatchObject({ kind: 'malformed', code: 'TooLarge' });
      await untilNone(sockets);
    });
  });

  it.each<[string, RequestListener]>([
    ['nothing', () => undefined],
    ['half of an answer', (_request, response) => response.writeHead(200).write('{"TotalCount":')],
    ['half of an error', (_request, response) => response.writeHead(403).write('{"Code":')],
    [
      'one byte at a time',
      (_request, response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('%s is left at the deadline, with no connection behind it', async (_what, listener) => {
    await withCounted(listener, async (url, sockets) => {
      const errors = await Promise.all([ask(url, 200), ask(url, 200), ask(url, 200)]);

      for (const error of errors) {
        expect(error).toMatchObject({ kind: 'transient', code: 'Timeout' });
      }
      await untilNone(sockets);
    });
  });

  it('in a packed form is understood', async () => {
    const body = gzipSync('{"TotalCount":0,"InstanceStatuses":{"InstanceStatus":[]}}');
    const packed: RequestListener = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);

    await withServer(packed, async (url) => {
      await expect(inventoryAt(url).page(SCOPE, 1, NOW_MS + 20_000)).resolves.toMatchObject({
        rows: 0,
      });
    });
  });

  it('is asked by name and version, because some firewalls let no stranger through', async () => {
    const { version } = jest.requireActual<{ readonly version: string }>('../../package.json');
    const names: unknown[] = [];
    const listener: RequestListener = ({ headers }, response) => {
      names.push(headers['user-agent']);
      response.end('{}');
    };

    await withServer(listener, (url) => ask(url, 20_000));

    expect(names).toEqual([`ecs-watch/${version}`]);
  });
});

function ask(endpoint: string, timeoutMs: number): Promise<InventoryError> {
  return failure(inventoryAt(endpoint).page(SCOPE, 1, NOW_MS + timeoutMs));
}

function fill(response: ServerResponse): void {
  const chunk = 'x'.repeat(64 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

/** Serves `listener`, and counts the connections that are open. */
async function withCounted(
  listener: RequestListener,
  use: (url: string, sockets: ReadonlySet<unknown>) => Promise<void>,
): Promise<void> {
  const sockets = new Set<unknown>();
  const counting: RequestListener = (request, response) => {
    const { socket } = request;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    listener(request, response);
  };
  await withServer(counting, (url) => use(url, sockets));
}

/** Resolves when the server has seen every connection close; else the test times out. */
async function untilNone(sockets: ReadonlySet<unknown>): Promise<void> {
  while (sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** How far the memory of this process grows until `stop`, which says it in bytes. */
function peakMemory(): { stop(): number } {
  const startBytes = used();
  let peakBytes = startBytes;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, used());
  }, 5);
  return {
    stop() {
      clearInterval(timer);
      return Math.max(peakBytes, used()) - startBytes;
    },
  };
}

/** What answers are kept in: buffers outside the heap, and texts in it. */
function used(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
