import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { render } from '../../shared/view/core/render.ts';
import { errorReply, type Reply } from '../../shared/view/core/reply.ts';
import { NO_ANSWER, TOKEN_OF_COMMAND } from '../../shared/view/core/verdict.ts';
import { scriptedPageReply } from '../../shared/view/page-reply.ts';
import { fateOf } from './request.ts';
import { type Upstream, UpstreamError } from './upstream.ts';

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Serves the page at `/`, and forwards its requests to the view.
 * @throws {Error} in a sentence, when the port is taken
 */
export async function servePage(
  page: string,
  upstream: Upstream,
  port: number,
): Promise<PageServer> {
  const pageReply = scriptedPageReply(page);
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: target = '', headers } = request;
    request.resume();
    const fate = fateOf({ method, target, headers });
    if (fate.kind === 'forward') return forward(fate.path, request, response);
    write(fate.kind === 'page' ? pageReply : fate.reply, request, response);
  }

  async function forward(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { method = 'GET', headers } = request;
    const reading = new AbortController();
    response.once('close', () => reading.abort());
    try {
      const found = await upstream.ask(path, { method, headers, signal: reading.signal });
      if (found.statusCode === 401) {
        found.resume();
        return write(TOKEN_REFUSED, request, response);
      }
      response.writeHead(found.statusCode ?? 502, answerHeaders(found.headers));
      // A browser must notice that the rest is missing: a broken answer breaks this one, too.
      await pipeline(found, response);
    } catch (error) {
      if (response.headersSent || !(error instanceof UpstreamError)) throw error;
      write(errorReply(502, NO_ANSWER, error.message), request, response);
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is taken by another program' : 'cannot be used';
      reject(new Error(`Port ${port} ${why}: name another one with --port.`, { cause }));
    });
    server.listen(port, HOST, resolve);
  });
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** No browser can send a better token: the command has it. */
const TOKEN_REFUSED = errorReply(
  401,
  TOKEN_OF_COMMAND,
  'the view refuses the token of npm run page: write the new one into the file at --token-file, ' +
    'or start the command again with the new one in VIEW_TOKEN',
);

function write(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', headers } = request;
  const named = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  const { status, body, headers: own } = render(reply, { method, headers: new Map(named) });
  response.writeHead(status, { ...own, ...SAME_ORIGIN });
  response.end(body);
}

/** Pages of other sites, and of other ports, may embed nothing of this. */
const SAME_ORIGIN = { 'cross-origin-resource-policy': 'same-origin' } as const;

/**
 * Function Compute makes browsers download what comes from *.fcapp.run, and the view may let scripts of
 * other sites read it; neither is for this machine. A browser must not be asked for the password either.
 */
const LEFT_OUT =
  /^(?:content-disposition|www-authenticate|set-cookie|strict-transport-security|access-control-.*|x-fc-.*)$/u;
/** Of the connection to the view. RFC 9110, 7.6.1. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'upgrade'];

function answerHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(
    ([name]) => !LEFT_OUT.test(name) && !OF_THE_CONNECTION.includes(name),
  );
  return { ...Object.fromEntries(kept), ...SAME_ORIGIN };
}
