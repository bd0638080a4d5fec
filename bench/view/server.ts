import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'node:querystring';
import type { Prebuilt, ServerUsage } from './protocol.ts';
import { type SameReads, sameReads } from './same-reads.ts';

/**
 * A server of the benchmark, in a process of its own; it prints its address. With the path of a built
 * view function, it is that function behind HTTP, as a runtime of Function Compute is. Without one, it
 * answers prebuilt bytes, after the reads of the store that it is asked to make.
 */
type Answerer = (request: IncomingMessage, body: Buffer) => Promise<Prebuilt> | Prebuilt;

interface ViewFunction {
  handler(event: Buffer, context: object): Promise<FunctionResult>;
}

interface FunctionResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isBase64Encoded: boolean;
  readonly body: string;
}

const [bundle] = process.argv.slice(2);

function main(): void {
  const { env } = process;
  const answer = bundle === undefined ? bareServer(env) : functionServer(require(bundle), env);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void respond(answer, request, Buffer.concat(chunks), response));
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stderr.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
  });
  process.on('SIGTERM', () => process.exit(0));
}

async function respond(
  answer: Answerer,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { url = '/' } = request;
  const built = url.startsWith(USAGE) ? usage(url !== USAGE) : await answer(request, body);
  const { body: content } = built;
  const bytes = Buffer.byteLength(content);
  response.writeHead(built.status, { ...built.headers, 'Content-Length': bytes });
  // ASCII is the same bytes in both, and node:http writes a text with less work as the first.
  response.end(content, bytes === content.length ? 'latin1' : 'utf8');
}

const USAGE = '/bench/usage';

/** `afterCollection`: what is left once the garbage was collected. */
function usage(afterCollection: boolean): Prebuilt {
  if (afterCollection) globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const used: ServerUsage = { rss, heapUsed, cpuMs: (user + system) / 1000 };
  return { status: 200, headers: {}, body: JSON.stringify(used) };
}

/** The event of an HTTP trigger, as far as the function reads it. */
function functionServer({ handler }: ViewFunction, environment: NodeJS.ProcessEnv): Answerer {
  const {
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
  } = environment;
  return async (request, body) => {
    const requestId = randomUUID();
    const context = { requestId, credentials: { accessKeyId, accessKeySecret } };
    const [pathname = '/', search = ''] = (request.url ?? '/').split('?');
    const event = {
      version: 'v1',
      rawPath: pathname,
      headers: request.headers,
      queryParameters: { ...parse(search) },
      body: body.toString(),
      isBase64Encoded: false,
      requestContext: { requestId, http: { method: request.method, path: pathname } },
    };
    const result = await handler(Buffer.from(JSON.stringify(event)), context);
    return {
      status: result.statusCode,
      headers: result.headers,
      body: result.isBase64Encoded ? Buffer.from(result.body, 'base64') : result.body,
    };
  };
}

const PREBUILT = '/bench/prebuilt';

function bareServer(environment: NodeJS.ProcessEnv): Answerer {
  const reads = sameReads(environment);
  let prebuilt: Prebuilt = { status: 503, headers: {}, body: '' };
  let read: SameReads[keyof SameReads] | undefined;
  return (request, body) => {
    if (request.url === PREBUILT) {
      const { answer, before } = JSON.parse(body.toString()) as {
        readonly answer: Prebuilt & { readonly body: string };
        readonly before: keyof SameReads | null;
      };
      prebuilt = { ...answer, body: Buffer.from(answer.body, 'base64') };
      read = before === null ? undefined : reads[before];
      return { status: 200, headers: {}, body: '' };
    }
    return read === undefined ? prebuilt : read().then(() => prebuilt);
  };
}

main();
