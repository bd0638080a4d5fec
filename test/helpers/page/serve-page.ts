import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../commands/bundle.ts';
import { bundlePage } from '../../../commands/bundle-page.ts';
import { callerOf } from '../../../shared/fc/access.ts';
import { parseHttpEvent, requestOf, responseOf } from '../../../shared/fc/http.ts';
import { view } from '../../../shared/view/view.ts';
import type { TestView } from '../../view/helpers.ts';

/** The view of a journal in memory with the built page, on a port of its own. */
export interface ServedPage {
  readonly url: string;
  /** Which journal is shown. */
  test: TestView;
  /** Empty: everybody may read. */
  token: string;
  /** While it is set, no request is answered. */
  isDown: boolean;
  /** Addresses that were asked for, without the page itself. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function servePage(test: TestView): Promise<ServedPage> {
  const page = await builtPage();
  const served: ServedPage = {
    url: '',
    test,
    token: '',
    isDown: false,
    asked: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => {
    if (served.isDown) request.destroy();
    else void answer(served, page, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(served, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
}

/** The page as `npm run build` makes it. */
export async function builtPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-page-'));
  try {
    const file = join(folder, 'page.html');
    await bundlePage(ROOT, file);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A request takes the way that it takes in Function Compute: trigger event, view, response. */
async function answer(
  { test, token, asked }: ServedPage,
  page: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams, search } = new URL(request.url ?? '/', 'http://view');
  if (pathname !== '/') asked.push(pathname + search);
  const event = parseHttpEvent(
    Buffer.from(
      JSON.stringify({
        rawPath: pathname,
        queryParameters: Object.fromEntries(searchParams),
        headers: request.headers,
        requestContext: { http: { method: request.method } },
      }),
    ),
  );
  const tokens = token === '' ? [] : [{ name: 'own', secret: token, access: 'granted' as const }];
  const policy = { tokens, isPublic: token === '' };
  const { access } = callerOf(request.headers.authorization ?? '', policy);
  const ports = { ...test.ports, page: async () => page };
  const { statusCode, headers, body, isBase64Encoded } = responseOf(
    await view(ports, requestOf(event, access)),
    { requestId: 'request', accepted: String(request.headers['accept-encoding'] ?? '') },
  );
  response.writeHead(statusCode, headers);
  response.end(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
}
