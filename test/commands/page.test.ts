import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type PageServer, servePage } from '../../commands/page/serve.ts';
import { type Upstream, upstreamOf } from '../../commands/page/upstream.ts';
import { type Finished, type Running, runCommand } from '../helpers/processes.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { type ServedView, serveView } from '../helpers/view.ts';

const VIEW_TOKEN = 'a-token-of-the-deployed-view';
const MONITORING_TOKEN = 'a-token-for-monitoring-only';
const PAGE = '<!doctype html><style>p{}</style><p>the page</p><script>void 0</script>';
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** An answer as it comes over the wire: not unpacked, and with the host that was asked. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

async function send(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  const request = requestHttp(url, { method, headers, agent: false }).end();
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: Buffer.concat(chunks),
  };
}

function jsonOf({ body }: Answer) {
  return JSON.parse(body.toString());
}

describe('npm run page', () => {
  let product: Product;
  let view: ServedView;
  const started: Running[] = [];

  beforeAll(async () => {
    product = await startProduct({ fleetSize: 60 });
    await product.tick();
    view = await serveView(product, {
      VIEW_TOKEN,
      VIEW_TOKENS: `prometheus monitoring ${MONITORING_TOKEN}`,
      VIEW_CORS_ORIGINS: 'https://fleet.example',
    });
  });
  afterEach(async () => {
    for (const { child, finished } of started.splice(0)) {
      child.kill('SIGTERM');
      await finished;
    }
  });
  afterAll(async () => {
    await view.close();
    await product.close();
  });

  function run(args: readonly string[], environment: Readonly<Record<string, string>>): Running {
    const running = runCommand('page', ['--port', '0', ...args], environment);
    started.push(running);
    return running;
  }

  /** The address that the command names; it must have said nothing else that matters. */
  async function addressOf({ child, finished }: Running): Promise<string> {
    let said = '';
    const line = new Promise<string>((resolve) => {
      child.stdout?.on('data', (text: string) => {
        said += text;
        const [, url] = /(http:\/\/127\.0\.0\.1:\d+\/)/u.exec(said) ?? [];
        if (url !== undefined) resolve(url);
      });
    });
    const ended = finished.then(({ stderr }) => Promise.reject(new Error(stderr)));
    return Promise.race([line, ended]);
  }

  it('serves the page and the answers of the view, to a browser that has no token', async () => {
    const url = await addressOf(run(['--view', view.url], { VIEW_TOKEN }));

    const page = await send(url, BROWSER);
    const home = await send(url, { accept: 'application/json' });
    const instances = await send(`${url}instances?limit=2&sort=-since`);

    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toMatch(/script-src 'sha256-/u);
    expect(page.body.toString()).toContain('<div id="app">');
    expect(jsonOf(home).total).toBe(60);
    expect(jsonOf(instances).instances).toHaveLength(2);
    for (const { headers, body } of [page, home, instances]) {
      expect(JSON.stringify(headers) + body.toString()).not.toContain(VIEW_TOKEN);
    }
  });

  it('reads the token from a file, and again once it has been replaced', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-page-'));
    const file = join(folder, 'token');
    await writeFile(file, `${VIEW_TOKEN}\n`);
    const url = await addressOf(run(['--view', view.url, '--token-file', file], {}));

    const before = await send(`${url}instances`);
    await writeFile(file, 'a-token-that-is-wrong-now');
    const after = await send(`${url}instances`);
    await rm(folder, { recursive: true });
    const without = await send(`${url}instances`);

    expect([before, after, without].map(({ status }) => status)).toEqual([200, 401, 502]);
    expect(after.headers['www-authenticate']).toBeUndefined();
    // The page knows by the code that no browser can sign in.
    expect(jsonOf(after)).toMatchObject({
      type: 'urn:ecs-watch:token-of-command',
      detail: expect.stringMatching(/--token-file.*VIEW_TOKEN/u),
    });
    expect(jsonOf(without).detail).toMatch(/token cannot be read \(ENOENT\)$/u);
  });

  it.each([
    [
      { VIEW_TOKEN: 'a-token-of-another-view' },
      1,
      /^127\.0\.0\.1:\d+ refuses the token: [^\n]*\n$/u,
    ],
    [
      { VIEW_TOKEN: MONITORING_TOKEN },
      1,
      /^127\.0\.0\.1:\d+ refuses: this token is for mon[^\n]*\n$/u,
    ],
    [{ VIEW_TOKEN: '' }, 2, /^127\.0\.0\.1:\d+ asks for a token: [^\n]*VIEW_TOKEN[^\n]*\n$/u],
    [{}, 2, /^127\.0\.0\.1:\d+ asks for a token: [^\n]*--token-file[^\n]*\n$/u],
  ])('with %j it ends at the start, with one sentence', async (environment, code, sentence) => {
    const finished = await run(['--view', view.url], environment).finished;

    expect(finished).toEqual({ code, stdout: '', stderr: expect.stringMatching(sentence) });
  });

  it('says what is wrong with its command line, and never the token', async () => {
    const wrong = ['--view', 'http://view.example/?token=x', '--port', '70000'];
    const cases: readonly [Promise<Finished>, RegExp][] = [
      [
        run(wrong, { VIEW_TOKEN: 'ein Schlüssel' }).finished,
        /^--view is not an https address.*\n--port is not a whole.*: 70000\nVIEW_TOKEN holds characters/u,
      ],
      [run([], { VIEW_TOKEN }).finished, /^--view is missing\n/u],
      [
        run(['--view', view.url, '--token-file', '/nowhere'], {}).finished,
        /^\/nowhere cannot be read/u,
      ],
    ];

    for (const [finished, said] of cases) {
      const { code, stdout, stderr } = await finished;
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(said);
      expect(stderr).not.toMatch(/Schlüssel/u);
    }
  });

  it('says that nothing answers there', async () => {
    const finished = await run(['--view', 'http://127.0.0.1:1'], { VIEW_TOKEN }).finished;

    expect(finished.code).toBe(1);
    expect(finished.stderr).toBe('127.0.0.1:1 refuses connections: nothing listens there\n');
  });
});

describe('the server of the page', () => {
  const open: { close(): unknown }[] = [];
  let seen: IncomingMessage[];
  let upstream: Upstream;
  let server: PageServer;

  /** Puts this view behind the server of the page. */
  async function serve(
    handle: (request: IncomingMessage, response: ServerResponse) => void,
    silenceMs?: number,
  ): Promise<Server> {
    seen = [];
    const view = createServer((request, response) => {
      seen.push(request);
      handle(request, response);
    }).listen(0, '127.0.0.1');
    await once(view, 'listening');
    const { port } = view.address() as AddressInfo;
    const base = new URL(`http://127.0.0.1:${port}/fleet/`);
    upstream = upstreamOf(base, async () => VIEW_TOKEN, silenceMs);
    server = await servePage(PAGE, upstream, 0);
    open.push(upstream, server, { close: () => view.close(() => undefined).closeAllConnections() });
    return view;
  }
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  const answerJson = (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };

  it('forwards what the view has, with the token and without what is none of its business', async () => {
    await serve(answerJson);

    await send(`${server.url}instances/i-1?limit=5&x=a%2Fb`, {
      cookie: 'session=of-another-program',
      authorization: 'Basic eA==',
      origin: 'http://127.0.0.1',
      'accept-language': 'zh-CN',
      'x-fc-invocation-type': 'Async',
    });

    expect(seen[0]?.url).toBe('/fleet/instances/i-1?limit=5&x=a%2Fb');
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${VIEW_TOKEN}`,
      'accept-language': 'zh-CN',
      'x-requested-with': 'ecs-watch',
    });
    for (const name of ['cookie', 'origin', 'x-fc-invocation-type']) {
      expect(seen[0]?.headers).not.toHaveProperty(name);
    }
  });

  it.each([
    ['POST', 'instances', {}, 405],
    ['DELETE', 'instances', {}, 405],
    ['GET', 'admin', {}, 404],
    ['GET', 'instances/i-1/more', {}, 404],
    ['GET', 'instances/..%2F..%2Fadmin', {}, 404],
    ['GET', 'instances/%', {}, 404],
    ['GET', 'instances', { host: 'evil.example' }, 421],
    ['GET', 'instances', { host: '127.0.0.1.evil.example:7810' }, 421],
    ['GET', '', { host: 'evil.example', ...BROWSER }, 421],
    ['GET', 'instances', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['GET', 'instances', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 403],
  ])('refuses %s /%s with %j, without asking the view', async (method, path, headers, status) => {
    await serve(answerJson);

    const answer = await send(`${server.url}${path}`, headers, method);

    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(seen).toEqual([]);
  });

  it.each([
    { host: 'localhost:7810' },
    { host: '[::1]:7810' },
    { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
  ])('answers a request with %j', async (headers) => {
    await serve(answerJson);

    expect((await send(`${server.url}instances`, headers)).status).toBe(200);
  });

  it('passes on packed answers, tags and refusals; but no download, no password and no other site', async () => {
    const packed = Buffer.from('1f8b08000000000000ffabae050043bfa6a302000000', 'hex');
    await serve((request, response) => {
      if (request.headers['if-none-match'] === '"t"') return response.writeHead(304).end();
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        etag: '"t"',
        'content-disposition': 'attachment',
        'access-control-allow-origin': '*',
        'www-authenticate': 'Basic',
        'set-cookie': 'a=b',
      });
      return response.end(packed);
    });

    const first = await send(`${server.url}instances`, { 'accept-encoding': 'gzip' });
    const again = await send(`${server.url}instances`, { 'if-none-match': '"t"' });

    expect(gunzipSync(first.body).toString()).toBe('{}');
    expect(first.headers).toMatchObject({
      etag: '"t"',
      'content-encoding': 'gzip',
      'cross-origin-resource-policy': 'same-origin',
    });
    for (const name of [
      'content-disposition',
      'access-control-allow-origin',
      'www-authenticate',
      'set-cookie',
    ]) {
      expect(first.headers).not.toHaveProperty(name);
    }
    expect(again.status).toBe(304);
  });

  it('streams: the beginning of an answer is there before its end', async () => {
    let end = (): void => undefined;
    await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('first\n');
      end = () => void response.end('last\n');
    });

    const answer = await fetch(`${server.url}instances?format=ndjson`);
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    end();
    const last = await reader?.read();

    expect([first, last].map((part) => Buffer.from(part?.value ?? []).toString())).toEqual([
      'first\n',
      'last\n',
    ]);
  });

  it('breaks an answer off where the view did, so that no half of it passes for the whole', async () => {
    await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('first\n', () => response.destroy());
    });

    const answer = await fetch(`${server.url}instances`);

    await expect(answer.text()).rejects.toThrow();
  });

  it('says in a problem document why the view gives no answer', async () => {
    const view = await serve((request, response) => {
      if (request.url === '/fleet/counts') response.writeHead(302, { location: '/login' }).end();
    }, 50);

    const redirected = await send(`${server.url}counts`);
    const silent = await send(`${server.url}instances`);
    view.closeAllConnections();
    await new Promise((resolve) => view.close(resolve));
    const gone = await send(`${server.url}instances`);

    expect([redirected, silent, gone].map(({ status }) => status)).toEqual([502, 502, 502]);
    const details = [redirected, silent, gone].map((answer) => jsonOf(answer).detail);
    expect(details[0]).toContain('leads to another address: /login');
    expect(details[1]).toContain('does not answer');
    expect(details[2]).toContain('refuses connections');
  });

  it('asks once more where a connection that was kept has been closed meanwhile', async () => {
    const used = new Set<unknown>();
    await serve((request, response) => {
      // As a server does that closes an idle connection in the moment of the next request.
      if (used.has(request.socket)) return request.socket.resetAndDestroy();
      used.add(request.socket);
      return answerJson(request, response);
    });

    const statuses: number[] = [];
    for (const path of ['instances', 'instances', 'instances']) {
      statuses.push((await send(`${server.url}${path}`)).status);
    }

    expect(statuses).toEqual([200, 200, 200]);
    expect(used.size).toBeGreaterThan(1);
  });
});
