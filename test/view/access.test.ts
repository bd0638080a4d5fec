import type { Access, ViewRequest } from '../../shared/view/core/request.ts';
import type { Rights } from '../../shared/view/core/rights.ts';
import { ROUTES } from '../../shared/view/routes/index.ts';
import { view } from '../../shared/view/view.ts';
import { BROWSER, type TestView } from './helpers.ts';
import { measuredFleet } from './metrics-fixture.ts';

const MONITORING: Rights = { addresses: 'monitoring', accounts: new Set(), regions: new Set() };
const HANGZHOU_ONLY: Rights = {
  addresses: 'all',
  accounts: new Set(['main']),
  regions: new Set(['cn-hangzhou']),
};

const ORIGIN = 'https://fleet.example';

/** What names the other region, a channel, or the watcher's own journal. */
const HIDDEN = /cn-shanghai|i-8|i-9|dingtalk|slack|"watcher"|ticks-resumed/u;

/** The fleet of the metrics, and a channel that has no row yet, only its beginning in the heads. */
async function fleetWithChannels(): Promise<TestView> {
  const test = await measuredFleet();
  for (const scope of test.ports.scopes) {
    await test.journal.saveStarts(scope, {}, { slack: 1 });
  }
  return test;
}

async function statusOf(
  test: TestView,
  address: string,
  access: Access,
  method = 'GET',
): Promise<number> {
  return (await test.ask(address, { access, method })).status;
}

describe('a token for monitoring only', () => {
  it.each([
    ['/metrics', 200],
    ['/sd', 200],
    ['/', 403],
    ['/instances', 403],
    ['/instances/i-1', 403],
    ['/changes', 403],
    ['/deliveries', 403],
    ['/nothing', 403],
  ])('at %s: %i', async (address, status) => {
    const test = await measuredFleet();

    expect(await statusOf(test, address, MONITORING)).toBe(status);
  });

  it('is refused with a sentence that says what it opens', async () => {
    const { body } = await (await measuredFleet()).ask('/instances', { access: MONITORING });

    expect(body).toContain('this token is for monitoring only: it opens /metrics and /sd');
  });

  it('sees all scopes and channels in the metrics', async () => {
    const { body } = await (await measuredFleet()).ask('/metrics', { access: MONITORING });

    expect(body).toContain('cn-shanghai');
    expect(body).toContain('channel="dingtalk"');
  });
});

describe('a token for one region', () => {
  const addresses = [
    ...[
      '/',
      '/instances',
      '/instances?at=2026-11-22T10:03:00Z',
      '/instances/i-1',
      '/instances/i-2',
    ],
    ...['/changes', '/changes?since=0', '/metrics', '/sd', '/instances/i-404'],
  ];

  it.each(addresses)('sees nothing of the rest at %s', async (address) => {
    const test = await fleetWithChannels();
    const all = await test.ask(address);

    const own = await test.ask(address, { access: HANGZHOU_ONLY });
    const again = await test.ask(address);

    expect([own.status, own.body.length > 0]).toEqual([all.status, true]);
    expect(own.body).not.toMatch(HIDDEN);
    // A request with fewer rights changes nothing for the next one.
    expect(again).toEqual(all);
  });

  it('sees nothing of the rest on the page, whichever request came before', async () => {
    const test = await fleetWithChannels();
    const all = await test.ask('/', { headers: BROWSER });

    const own = await test.ask('/', { headers: BROWSER, access: HANGZHOU_ONLY });

    expect(all.body).toMatch(/cn-shanghai.*slack/su);
    expect(own.body).toContain('web-1');
    expect(own.body).not.toMatch(HIDDEN);
  });

  it('cannot name what it does not see', async () => {
    const test = await fleetWithChannels();

    expect(await statusOf(test, '/instances?region=cn-shanghai', HANGZHOU_ONLY)).toBe(400);
    expect(await statusOf(test, '/instances/i-8', HANGZHOU_ONLY)).toBe(404);
    expect(await statusOf(test, '/deliveries', HANGZHOU_ONLY)).toBe(403);
  });

  it('reads no other journal', async () => {
    const test = await fleetWithChannels();
    test.journal.calls.length = 0;

    for (const address of addresses) await test.ask(address, { access: HANGZHOU_ONLY });

    expect(test.journal.calls.filter((call) => !call.endsWith('main/cn-hangzhou'))).toEqual([]);
  });

  it('is read for from the memory of all requests', async () => {
    const test = await fleetWithChannels();
    await test.ask('/instances');
    test.journal.calls.length = 0;

    await test.ask('/instances', { access: HANGZHOU_ONLY });
    await test.ask('/instances', { access: HANGZHOU_ONLY });

    expect(test.journal.calls.filter((call) => call.startsWith('checkpoint'))).toEqual([]);
    expect(test.ports.readings.get('main/cn-hangzhou')?.head?.starts).toEqual({ slack: 1 });
  });
});

it.each([
  ['one for monitoring', MONITORING],
  ['one for a region', HANGZHOU_ONLY],
  ['a wrong one', 'refused' as const],
])('/healthz answers a token without all rights as it answers none: %s', async (_, access) => {
  const test = await fleetWithChannels();
  const anonymous = await test.ask('/healthz', { access: 'refused' });

  expect(await test.ask('/healthz', { access })).toEqual(anonymous);
});

it.each(ROUTES.map(({ path }) => path))('%s needs a token, unless it is open', async (path) => {
  const test = await measuredFleet();
  const route = ROUTES.find((one) => one.path === path);
  const expected = route?.access === 'open' ? [200, 200] : [401, 403];

  const method = route?.methods[0];
  const found = [
    await statusOf(test, path, 'refused', method),
    await statusOf(test, path, 'closed', method),
  ];

  expect(found.map((status) => (status === 503 ? 200 : status))).toEqual(expected);
});

describe('scripts of other sites', () => {
  async function ask(request: Partial<ViewRequest>, corsOrigins?: readonly string[]) {
    const test = await measuredFleet();
    const ports = { ...test.ports, ...(corsOrigins !== undefined && { corsOrigins }) };
    return view(ports, {
      method: 'GET',
      path: ['instances'],
      query: new Map(),
      headers: new Map([['origin', ORIGIN]]),
      body: Buffer.alloc(0),
      access: 'granted',
      ...request,
    });
  }

  function corsHeadersOf(headers: Readonly<Record<string, string>>) {
    return Object.entries(headers).filter(([name]) => name.startsWith('access-control-'));
  }

  it('may read nothing unless origins are configured', async () => {
    const { headers } = await ask({});

    expect(corsHeadersOf(headers)).toEqual([]);
  });

  it('may read answers and their headers where their origin is configured, in no cache of another', async () => {
    const { status, headers } = await ask({}, ['https://other.example', ORIGIN]);

    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-expose-headers': expect.stringMatching(/x-request-id.*etag/u),
      vary: expect.stringContaining('origin'),
    });
  });

  it.each(['https://evil.example', 'null', `${ORIGIN}.evil.example`, 'http://fleet.example'])(
    'may read nothing from %s',
    async (origin) => {
      const { headers } = await ask({ headers: new Map([['origin', origin]]) }, [ORIGIN]);

      expect(corsHeadersOf(headers)).toEqual([]);
      expect(headers.vary).toContain('origin');
    },
  );

  it('ask before they send a token: the answer to that needs none', async () => {
    const preflight = new Map([
      ['origin', ORIGIN],
      ['access-control-request-method', 'GET'],
      ['access-control-request-headers', 'authorization'],
    ]);

    const { status, headers } = await ask(
      { method: 'OPTIONS', headers: preflight, access: 'refused' },
      [ORIGIN],
    );

    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': expect.stringContaining('authorization'),
      'access-control-max-age': '600',
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('read why they were refused', async () => {
    const { status, headers } = await ask({ access: 'refused' }, [ORIGIN]);

    expect(status).toBe(401);
    expect(headers['access-control-allow-origin']).toBe(ORIGIN);
  });
});

it('refuses a confined token what is about the watcher itself, with a sentence', async () => {
  const test = await fleetWithChannels();
  const ask = (access: Access) => test.ask('/changes?scope=watcher', { access });

  const own = await ask(HANGZHOU_ONLY);

  expect([own.status, (await ask('granted')).status]).toEqual([403, 200]);
  expect(own.body).toContain('scope=watcher is about the watcher itself');
  expect(await statusOf(test, '/changes', HANGZHOU_ONLY)).toBe(200);
});

it('knows nothing of a scope watcher for a confined token, whatever pattern asks for it', async () => {
  const test = await fleetWithChannels();
  const ask = (scope: string, access: Access) =>
    test.ask(`/changes?scope=${encodeURIComponent(scope)}`, { access });

  for (const scope of ['watch*', 'main/cn-hangzhou,w*', 'none']) {
    const { status, body } = await ask(scope, HANGZHOU_ONLY);

    expect(status).toBe(400);
    expect(body).toContain('(watched: main/cn-hangzhou)');
  }
  expect((await ask('watch*', 'granted')).status).toBe(200);
});
