import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { createHandler, type Handler } from '../../functions/view/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { propertyRuns } from '../helpers/rounds.ts';

const TOKEN = 'letmein-0123456789/+';
const INVOCATION_PATH = '/2023-03-30/functions/ecs-watch-view/invocations';

let product: Product;
let logs: string[];

beforeAll(async () => {
  product = await startProduct({ fleetSize: 3 });
  await product.tick();
});

afterAll(() => product.close());

beforeEach(() => {
  logs = [];
});

/** The view on the product's journal, at the time of its clock. */
function viewWith(variables: Readonly<Record<string, string>>): Handler {
  const {
    WATCH_REGIONS = '',
    TABLESTORE_ENDPOINT = '',
    TABLESTORE_INSTANCE = '',
  } = product.environment;
  const environment = { WATCH_REGIONS, TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE, ...variables };
  return createHandler(environment, (line) => logs.push(line), product.runtime);
}

interface RequestParts {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

function ask(
  view: Handler,
  rawPath: string,
  { method = 'GET', headers = {}, query = {} }: RequestParts = {},
) {
  const event = {
    version: 'v1',
    rawPath,
    headers,
    queryParameters: query,
    body: '',
    isBase64Encoded: false,
    requestContext: { requestId: 'of-the-event', http: { method, path: rawPath } },
  };
  return view(Buffer.from(JSON.stringify(event)), {
    requestId: 'of-the-context',
    credentials: LOCAL_KEYS,
  });
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

it('shows what the watcher has recorded', async () => {
  const { statusCode, headers, isBase64Encoded, body } = await ask(
    viewWith({ VIEW_PUBLIC: 'true' }),
    '/instances',
  );

  expect({ statusCode, isBase64Encoded }).toEqual({ statusCode: 200, isBase64Encoded: false });
  expect(headers).toEqual({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'private, no-cache',
    etag: expect.stringMatching(/^W\/"[\w-]+"$/u),
    vary: 'accept, accept-encoding',
    'x-total-count': '3',
    'x-ecs-watch-as-of': expect.any(String),
    'x-ecs-watch-age-seconds': expect.stringMatching(/^\d+$/u),
    'x-ecs-watch-stale': 'false',
    'x-request-id': 'of-the-context',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  expect(JSON.parse(body)).toMatchObject({ total: 3, stale: false });
});

it('shows health without a token, and names scopes and channels only with one', async () => {
  const stranger = await ask(viewWith({}), '/healthz');
  const { statusCode, body } = await ask(viewWith({ VIEW_PUBLIC: 'true' }), '/healthz');

  expect(stranger.statusCode).toBe(200);
  expect(JSON.parse(stranger.body)).toEqual({ ok: true, degraded: false });
  expect(statusCode).toBe(200);
  expect(JSON.parse(body)).toMatchObject({
    ok: true,
    scopes: [{ scope: 'main/cn-hangzhou', stale: false, failures: 0 }],
    channels: CHANNEL_KINDS.map(({ kind }) => kind)
      .sort()
      .map((channel) => ({ channel, backlog: 0, failures: 0 })),
  });
  expect(body).not.toContain('i-bp');
});

describe('the token', () => {
  it.each([
    ['a bearer token', `Bearer ${TOKEN}`],
    ['a bearer token in any case of the scheme', `bearer ${TOKEN}`],
    ['the password of any user', basic('someone', TOKEN)],
    ['the password of no user', basic('', TOKEN)],
  ])('opens as %s', async (_, authorization) => {
    const view = viewWith({ VIEW_TOKEN: TOKEN });

    expect((await ask(view, '/', { headers: { authorization } })).statusCode).toBe(200);
    expect((await ask(view, '/', { headers: { Authorization: authorization } })).statusCode).toBe(
      200,
    );
  });

  it.each([
    ['nothing', ''],
    ['another token', `Bearer ${TOKEN}x`],
    ['the beginning of it', `Bearer ${TOKEN.slice(0, -1)}`],
    ['the token without a scheme', TOKEN],
    ['the token as a user', basic(TOKEN, '')],
    ['broken Basic credentials', 'Basic %%%'],
    ['another scheme', `Digest ${TOKEN}`],
  ])('stays closed for %s', async (_, authorization) => {
    const { statusCode, headers, body } = await ask(viewWith({ VIEW_TOKEN: TOKEN }), '/instances', {
      headers: { authorization },
    });

    expect(statusCode).toBe(401);
    expect(headers['www-authenticate']).toBe(
      'Basic realm="ecs-watch", charset="UTF-8", Bearer realm="ecs-watch"',
    );
    expect(body).not.toContain(TOKEN);
  });

  it('may hold a colon', async () => {
    const token = 'a:b:c:0123456789';
    const view = viewWith({ VIEW_TOKEN: token });

    const { statusCode } = await ask(view, '/', {
      headers: { authorization: basic('me', token) },
    });

    expect(statusCode).toBe(200);
  });

  it('is missing: the view stays closed, and says what to set', async () => {
    const { statusCode, body } = await ask(viewWith({ VIEW_TOKEN: '' }), '/instances', {
      headers: { authorization: 'Bearer ' },
    });

    expect(statusCode).toBe(403);
    expect(JSON.parse(body)).toMatchObject({
      type: 'urn:ecs-watch:closed',
      detail: expect.stringMatching(/VIEW_TOKEN.*VIEW_PUBLIC=true/u),
    });
  });

  it('is in no log line, wherever a reader puts it', async () => {
    const view = viewWith({ VIEW_TOKEN: TOKEN });

    await ask(view, `/instances/${encodeURIComponent(TOKEN)}`, { query: { token: TOKEN } });
    await ask(view, '/', { headers: { authorization: `Bearer ${TOKEN}` }, query: { x: TOKEN } });

    expect(logs).toHaveLength(2);
    expect(logs.join()).not.toContain(TOKEN);
    expect(logs.join()).not.toContain(encodeURIComponent(TOKEN));
  });
});

describe('further tokens', () => {
  const PROMETHEUS = 'prometheus-012345';
  const TEAM = 'team-0123456789ab';
  const variables = {
    VIEW_TOKEN: TOKEN,
    VIEW_TOKENS: `prometheus monitoring ${PROMETHEUS}; team region=cn-beijing ${TEAM}`,
    VIEW_CORS_ORIGINS: 'https://fleet.example',
  };
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it.each([
    [TOKEN, [200, 200, 200]],
    [PROMETHEUS, [200, 403, 403]],
    [TEAM, [200, 200, 403]],
    [`${TEAM}x`, [401, 401, 401]],
  ])('open what they have a right to', async (token, statuses) => {
    const view = viewWith(variables);

    const answers = await Promise.all(
      ['/metrics', '/instances', '/deliveries'].map((path) => ask(view, path, bearer(token))),
    );

    expect(answers.map(({ statusCode }) => statusCode)).toEqual(statuses);
  });

  it('work without VIEW_TOKEN', async () => {
    const view = viewWith({ VIEW_TOKENS: variables.VIEW_TOKENS });

    expect((await ask(view, '/metrics', bearer(PROMETHEUS))).statusCode).toBe(200);
    expect((await ask(view, '/metrics', bearer(TOKEN))).statusCode).toBe(401);
  });

  it('hide what they have no right to: a region that is not theirs', async () => {
    const view = viewWith(variables);

    const { body } = await ask(view, '/instances', bearer(TEAM));

    expect(JSON.parse(body)).toMatchObject({ total: 0, scopes: [] });
  });

  it('are in the log by their names only', async () => {
    const view = viewWith(variables);

    await ask(view, '/metrics', bearer(PROMETHEUS));
    await ask(view, `/instances/${TEAM}`, bearer(TEAM));

    expect(logs.map((line) => JSON.parse(line).token)).toEqual(['prometheus', 'team']);
    expect(logs.join()).not.toMatch(new RegExp(`${PROMETHEUS}|${TEAM}`, 'u'));
  });

  it('let the scripts of a configured origin read answers and failures', async () => {
    const view = viewWith(variables);
    const headers = { origin: 'https://fleet.example' };

    const refused = await ask(view, '/instances', { headers });
    const foreign = await ask(view, '/instances', { headers: { origin: 'https://evil.example' } });

    expect(refused.headers['access-control-allow-origin']).toBe('https://fleet.example');
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('a failure before the request is looked at', () => {
  const ORIGIN = 'https://fleet.example';
  const BROKEN = { TABLESTORE_INSTANCE: '', VIEW_CORS_ORIGINS: ORIGIN };
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: ORIGIN, 'access-control-request-method': 'GET' },
  };

  it('can be read by the scripts of a configured origin, and of no other', async () => {
    const view = viewWith(BROKEN);

    const own = await ask(view, '/instances', { headers: { origin: ORIGIN } });
    const foreign = await ask(view, '/instances', { headers: { origin: 'https://evil.example' } });

    expect(own).toMatchObject({
      statusCode: 500,
      headers: { 'access-control-allow-origin': ORIGIN, vary: 'origin, accept-encoding' },
    });
    expect(foreign).toMatchObject({
      statusCode: 500,
      headers: { vary: 'origin, accept-encoding' },
    });
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('is not hidden from a script by its preflight', async () => {
    const view = viewWith(BROKEN);

    const known = await ask(view, '/instances', preflight);
    const unknown = await ask(view, '/nothing', preflight);

    expect(known).toMatchObject({
      statusCode: 204,
      headers: {
        'access-control-allow-methods': 'GET, HEAD, OPTIONS',
        'access-control-allow-headers': expect.stringContaining('authorization'),
      },
    });
    expect(unknown.statusCode).toBe(500);
  });

  it.each([
    ['without origins', {}],
    ['with one that is none', { VIEW_CORS_ORIGINS: '*' }],
  ])('is for no script %s', async (_, variables) => {
    const view = viewWith({ TABLESTORE_INSTANCE: '', ...variables });

    const { headers } = await ask(view, '/instances', { headers: { origin: ORIGIN } });

    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

it('answers HEAD as GET, without a body', async () => {
  const view = viewWith({ VIEW_PUBLIC: 'true' });

  const get = await ask(view, '/healthz');
  const head = await ask(view, '/healthz', { method: 'HEAD' });

  expect(head).toEqual({ ...get, body: '' });
});

it('sends no body in answer to HEAD even when the configuration is broken', async () => {
  const { statusCode, body } = await ask(viewWith({ TABLESTORE_INSTANCE: '' }), '/', {
    method: 'HEAD',
  });

  expect([statusCode, body]).toEqual([500, '']);
});

it('answers a client that already has the icon with 304', async () => {
  const view = viewWith({ VIEW_TOKEN: TOKEN });
  const { headers } = await ask(view, '/icon.svg');

  const again = await ask(view, '/icon.svg', {
    headers: { 'If-None-Match': `W/${headers.etag}` },
  });

  expect(again).toEqual({
    statusCode: 304,
    headers: {
      etag: headers.etag,
      'cache-control': 'public, max-age=86400',
      vary: 'accept-encoding',
      'x-request-id': 'of-the-context',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
    isBase64Encoded: false,
    body: '',
  });
});

it('gives a browser a page that may load nothing but its own style sheet and icon', async () => {
  const { headers, body } = await ask(viewWith({ VIEW_PUBLIC: 'true' }), '/', {
    headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
  });

  const [, style = ''] = /<style>(.*?)<\/style>/su.exec(body) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; img-src 'self'; form-action 'self'; ` +
      "base-uri 'none'; frame-ancestors 'none'",
  );
});

it('accepts encoded paths and a slash at the end, and refuses unknown addresses', async () => {
  const view = viewWith({ VIEW_PUBLIC: 'true' });
  const statusOf = async (path: string) => (await ask(view, path)).statusCode;

  expect(await statusOf('/instances/')).toBe(200);
  expect(await statusOf('/%69nstances')).toBe(200);
  expect(await statusOf('/instances/%E4%BA')).toBe(404);
  expect(await statusOf('/favicon.ico')).toBe(404);
});

it('answers a call by InvokeFunction, which always posts, as a GET of /', async () => {
  const { statusCode, body } = await ask(viewWith({ VIEW_PUBLIC: 'true' }), INVOCATION_PATH, {
    method: 'POST',
    query: { qualifier: 'LATEST' },
  });

  expect(statusCode).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ total: 3, links: { instances: '/instances' } });
});

it.each([
  '',
  'null',
  '[]',
  '"text"',
  '{',
  '{"rawPath":7,"headers":null}',
  '{"rawPath":null,"headers":null,"queryParameters":null}',
  '{"queryParameters":null,"body":null,"requestContext":null,"isBase64Encoded":1}',
  '{"headers":{"authorization":{}},"queryParameters":"x","requestContext":{"http":7}}',
])('stays closed and does not break on the event %s', async (event) => {
  const answer = await viewWith({ VIEW_TOKEN: TOKEN })(Buffer.from(event), {
    credentials: LOCAL_KEYS,
  });

  expect(answer.statusCode).toBe(401);
  expect(answer.headers['x-request-id']).toMatch(/./u);
});

it('answers whatever is in an event, and never with an error of its own', async () => {
  const view = viewWith({ VIEW_TOKEN: TOKEN });
  const word = fc.constantFrom(
    ...['__proto__', 'constructor', 'toString', '\ud800', 'i-\udfff', '%', '%ff', '\u0000', '云'],
    ...['instances', 'changes', 'healthz', 'icon.svg', 'limit', 'status', 'cursor', 'text', ''],
  );
  const wrong = fc.constantFrom(null, undefined, 7, true, [], {}, '');
  const texts = fc.dictionary(word, fc.oneof(word, wrong));
  const headers = texts.map((others) => ({ ...others, authorization: `Bearer ${TOKEN}` }));
  const path = fc.array(word, { maxLength: 3 }).map((segments) => `/${segments.join('/')}`);
  const http = fc.record({ method: fc.oneof(fc.constantFrom('GET', 'HEAD', 'POST'), word, wrong) });
  const event = fc.record({
    rawPath: fc.oneof(path, wrong),
    headers: fc.oneof({ weight: 3, arbitrary: headers }, texts, wrong),
    queryParameters: fc.oneof(texts, wrong),
    body: fc.oneof(word, wrong),
    isBase64Encoded: fc.oneof(fc.boolean(), wrong),
    requestContext: fc.oneof(fc.record({ http, requestId: fc.oneof(word, wrong) }), wrong),
  });

  await fc.assert(
    fc.asyncProperty(event, async (parts) => {
      const bytes = Buffer.from(JSON.stringify(parts));

      const { statusCode, body } = await view(bytes, { credentials: LOCAL_KEYS });

      expect(statusCode).toBeLessThan(500);
      expect(typeof body).toBe('string');
    }),
    { seed: 35, numRuns: propertyRuns(300) },
  );
});

it('logs one line a request: method, path without the query, status and time', async () => {
  await ask(viewWith({ VIEW_PUBLIC: 'true' }), '/instances', { query: { name: 'secret-project' } });

  expect(logs.map((line) => JSON.parse(line))).toEqual([
    {
      at: expect.any(String),
      level: 'info',
      text: 'request',
      requestId: 'of-the-context',
      method: 'GET',
      path: '/instances',
      status: 200,
      ms: expect.any(Number),
    },
  ]);
});

describe('a bad configuration', () => {
  const BROKEN = {
    WATCH_REGIONS: 'cn-hangzhou,Our Office',
    TABLESTORE_ENDPOINT: 'ftp://user:hunter2@host',
    VIEW_PUBLIC: 'perhaps',
    VIEW_TOKEN: TOKEN,
  };

  it.each(['/', '/healthz', '/instances'])(
    'is in the log with every problem, and in no answer of %s',
    async (path) => {
      const { statusCode, body } = await ask(viewWith(BROKEN), path);

      expect(statusCode).toBe(500);
      expect(JSON.parse(body)).toEqual({
        type: 'urn:ecs-watch:not-configured',
        title: 'Not configured',
        status: 500,
        detail: 'the view is not configured correctly: its log says what to change',
      });
      const { level, status, problem } = JSON.parse(logs[0] ?? '');
      expect({ level, status }).toEqual({ level: 'error', status: 500 });
      for (const part of ['WATCH_REGIONS', 'Our Office', 'TABLESTORE_ENDPOINT', 'VIEW_PUBLIC']) {
        expect(problem).toContain(part);
      }
      expect(logs.join()).not.toMatch(/hunter2|letmein|perhaps/u);
    },
  );

  it('is a page that loads itself again, for a browser', async () => {
    const headers = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

    const answer = await ask(viewWith(BROKEN), '/plain', { headers });

    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain('http-equiv="refresh"');
    expect(answer.body).not.toMatch(/hunter2|letmein|perhaps/u);
  });

  it('hides a token that has a line break behind it, wherever a reader puts it', async () => {
    const view = viewWith({ ...BROKEN, VIEW_TOKEN: `${TOKEN}\n` });

    const { body } = await ask(view, `/instances/${encodeURIComponent(TOKEN)}`);

    expect(body + logs.join()).not.toContain(TOKEN);
    expect(body + logs.join()).not.toContain(encodeURIComponent(TOKEN));
    expect(JSON.parse(logs[0] ?? '').path).toBe('/instances/[secret]');
  });

  it('hides keys that were put into the wrong variable', async () => {
    const key = 'LTAI5tKeyOfTheAccount';
    const view = viewWith({ WATCH_REGIONS: key, ALIBABA_CLOUD_ACCESS_KEY_ID: `${key}\n` });

    await ask(view, '/');

    expect(JSON.parse(logs[0] ?? '').problem).toContain('WATCH_REGIONS');
    expect(logs.join()).not.toContain(key);
  });
});

it('answers with 503 and logs why when Tablestore refuses it, and shows no key', async () => {
  const view = viewWith({ VIEW_PUBLIC: 'true', TABLESTORE_INSTANCE: 'another' });

  const { statusCode, body } = await ask(view, '/instances');

  expect(statusCode).toBe(503);
  expect(JSON.parse(body).type).toBe('urn:ecs-watch:journal-unreadable');
  expect(body + logs.join()).not.toContain(LOCAL_KEYS.accessKeyId);
  expect(JSON.parse(logs[0] ?? '')).toMatchObject({ level: 'error', problem: expect.any(String) });
});

it('says that nothing is recorded where the tables were never created', async () => {
  const view = viewWith({ VIEW_PUBLIC: 'true', TABLESTORE_TABLE_PREFIX: 'unused_' });

  const health = await ask(view, '/healthz');
  const fleet = await ask(view, '/instances');
  const page = await ask(view, '/', { headers: { accept: 'text/html' } });

  expect(health.statusCode).toBe(503);
  expect(JSON.parse(fleet.body)).toMatchObject({ asOf: null, stale: true, total: 0 });
  expect(page.body).toContain('has never been scanned');
});

it('follows the watcher: a stopped instance is in the next answers of a warm view', async () => {
  const view = viewWith({ VIEW_PUBLIC: 'true' });
  const { instances } = JSON.parse((await ask(view, '/instances')).body);
  const [{ instanceId }] = instances.filter(
    ({ status }: { status: string }) => status === 'Running',
  );
  const { nextCursor } = JSON.parse((await ask(view, '/changes')).body);

  await product.stopInstances([instanceId]);
  await product.tick();

  const stopped = JSON.parse((await ask(view, `/instances/${instanceId}`)).body);
  const news = JSON.parse((await ask(view, '/changes', { query: { since: nextCursor } })).body);
  expect(stopped.instance.status).toBe('Stopped');
  expect(stopped.history).toMatchObject([{ from: 'Running', to: 'Stopped' }, { from: null }]);
  expect(news.changes).toMatchObject([{ instanceId, from: 'Running', to: 'Stopped' }]);
});
