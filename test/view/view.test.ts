import { JournalError } from '../../shared/ports/journal.ts';
import { ROUTES } from '../../shared/view/routes/index.ts';
import { aScope } from '../helpers/examples.ts';
import {
  appeared,
  BROWSER,
  commitTime,
  HANGZHOU,
  isoCommitTime,
  type Json,
  moved,
  recorder,
  SHANGHAI,
  smallFleet,
  testView,
} from './helpers.ts';

describe('/instances', () => {
  it('lists the current instances of all scopes, and the age of that state', async () => {
    const test = await smallFleet();

    const body = await test.json('/instances');

    expect(body).toEqual({
      asOf: isoCommitTime(3),
      ageSeconds: 42,
      stale: false,
      healthy: true,
      scopes: [
        {
          scope: 'main/cn-hangzhou',
          region: 'cn-hangzhou',
          seq: 3,
          asOf: isoCommitTime(3),
          ageSeconds: 42,
          stale: false,
          healthy: true,
          instances: 1,
        },
        expect.objectContaining({ scope: 'main/cn-shanghai', seq: 2, instances: 2 }),
      ],
      total: 3,
      counts: { Pending: 1, Running: 1, Stopped: 1 },
      instances: [
        {
          instanceId: 'i-1',
          scope: 'main/cn-hangzhou',
          region: 'cn-hangzhou',
          status: 'Stopped',
          since: isoCommitTime(3),
          sinceKnown: true,
          name: 'web-1',
        },
        expect.objectContaining({ instanceId: 'i-8', status: 'Running' }),
        expect.objectContaining({ instanceId: 'i-9', status: 'Pending' }),
      ],
    });
  });

  it.each([
    ['status=stopped,pending', ['i-1', 'i-9']],
    ['region=cn-shanghai', ['i-8', 'i-9']],
    ['scope=main/cn-shanghai&status=running', ['i-8']],
    ['id=i-9,i-1,i-404', ['i-1', 'i-9']],
    ['name=WEB-*', ['i-1']],
  ])('filters by %s', async (filter, ids) => {
    const test = await smallFleet();

    const { instances, total } = await test.json(`/instances?${filter}`);

    expect(instances.map(({ instanceId }: Json) => instanceId)).toEqual(ids);
    expect(total).toBe(ids.length);
  });

  it('reads only the scopes of the query', async () => {
    const test = await smallFleet();
    test.journal.calls.length = 0;

    const { scopes } = await test.json('/instances?region=cn-shanghai');

    expect(scopes).toHaveLength(1);
    expect(test.journal.calls.filter((call) => call.includes('hangzhou'))).toEqual([]);
  });

  it('continues from a cursor in the state of the first page, whatever happens meanwhile', async () => {
    const test = await smallFleet();

    const first = await test.json('/instances?limit=1');
    const past = recorder(test.journal, SHANGHAI);
    await test.journal.append({
      ...(await past.record([])),
      seq: 3,
      changes: [appeared('i-0'), moved('i-8', 'Running', null)],
    });
    const second = await test.json(`/instances?limit=5&cursor=${first.nextCursor}`);

    expect(first.instances.map(({ instanceId }: Json) => instanceId)).toEqual(['i-1']);
    expect(second.instances.map(({ instanceId }: Json) => instanceId)).toEqual(['i-8', 'i-9']);
    expect(second.nextCursor).toBeUndefined();
  });

  it('names every problem of an invalid query', async () => {
    const test = await smallFleet();

    const { type, detail } = await test.json('/instances?limit=0&region=us-east-1&order=name', 400);

    expect({ type, detail }).toEqual({
      type: 'urn:ecs-watch:bad-request',
      detail: expect.stringMatching(
        /region is not watched.*; limit is not.*; unknown param.*order/u,
      ),
    });
  });

  it('is as old as its oldest scope, and stale when a scope was never scanned', async () => {
    const test = await smallFleet();
    const ports = {
      ...test.ports,
      scopes: [...test.ports.scopes, aScope('x')],
    };
    Object.assign(test, { ports });

    expect(await test.json('/instances')).toMatchObject({ asOf: null, stale: true, total: 3 });
  });
});

describe('/', () => {
  it('is a summary for a program: counts by scope and status, and links', async () => {
    const test = await smallFleet();

    expect(await test.json('/')).toEqual({
      asOf: isoCommitTime(3),
      ageSeconds: 42,
      stale: false,
      healthy: true,
      total: 3,
      statuses: { Pending: 1, Running: 1, Stopped: 1 },
      scopes: [
        expect.objectContaining({ scope: 'main/cn-hangzhou', statuses: { Stopped: 1 } }),
        expect.objectContaining({
          scope: 'main/cn-shanghai',
          statuses: { Pending: 1, Running: 1 },
        }),
      ],
      links: {
        instances: '/instances',
        instance: '/instances/{id}',
        changes: '/changes',
        counts: '/counts',
        deliveries: '/deliveries',
        diff: '/diff',
        health: '/healthz',
        metrics: '/metrics',
        note: '/instances/{id}/note',
        openapi: '/openapi.json',
        discovery: '/sd',
      },
    });
  });

  it('shows a browser the fleet, its recent changes and its channels', async () => {
    const test = await smallFleet();

    const { status, headers, body } = await test.ask('/', { headers: BROWSER });

    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toMatch(/What changed.*released.*web-1.*i-9.*Channels/su);
  });

  it('shows an invalid query to a browser as a page, and to a program as JSON', async () => {
    const test = await smallFleet();

    const page = await test.ask('/?status=Running&regoin=x', { headers: BROWSER });
    const json = await test.json('/?status=Running', 400);

    expect([page.status, page.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
    expect(page.body).toContain('unknown parameters: regoin');
    expect(json.detail).toBe('unknown parameters: status (this address takes none)');
  });

  it('loads itself again after a failure of the store, in the language of the reader', async () => {
    const test = await smallFleet();
    const headers = new Map([...BROWSER, ['accept-language', 'zh-CN']]);
    const REFRESH = '<meta http-equiv="refresh" content="30">';
    const shown = async (path: string): Promise<readonly [status: number, body: string]> => {
      const { status, body } = await test.ask(path, { headers });
      return [status, body];
    };
    test.journal.failure = new JournalError('failed', 'OTSServerBusy', 'busy');

    const [status, body] = await shown('/plain');

    expect(status).toBe(503);
    expect(body).toContain(REFRESH);
    expect(body).toContain('<html lang="zh-CN">');
    expect(body).toContain('暂时无法显示实例');
    expect((await shown('/plain?refresh=off'))[1]).not.toContain(REFRESH);
    // A request that is wrong stays wrong.
    expect((await shown('/plain?regoin=x'))[1]).not.toContain(REFRESH);
  });

  it('speaks the first language of the browser that it can', async () => {
    const test = await smallFleet();
    const tagFor = async (wanted: string): Promise<string | undefined> => {
      const headers = new Map([...BROWSER, ['accept-language', wanted]]);
      const { body, headers: own } = await test.ask('/plain', { headers });
      expect(own.vary).toContain('accept-language');
      return /<html lang="([^"]*)">/u.exec(body)?.[1];
    };

    expect(await tagFor('zh-TW,zh;q=0.9,en;q=0.8')).toBe('zh-CN');
    expect(await tagFor('fr, en;q=0.5, zh;q=0.7')).toBe('zh-CN');
    expect(await tagFor('en-GB,zh;q=0.9')).toBe('en');
    expect(await tagFor('zh;q=0, fr')).toBe('en');
    expect(await tagFor('')).toBe('en');
  });

  it('says that nothing is recorded yet before the first tick', async () => {
    const { body } = await testView().ask('/', { headers: BROWSER });

    expect(body).toContain('main/cn-hangzhou has never been scanned');
  });

  it('marks stale data as stale', async () => {
    const test = await smallFleet();
    test.nowMs = commitTime(60);

    const { body } = await test.ask('/', { headers: BROWSER });

    expect(body).toContain('<title>⚠ stale · ecs-watch</title>');
  });
});

it('looks at all scopes at once, and reads nothing else of an unchanged fleet, when it is warm', async () => {
  const test = await smallFleet();
  await test.json('/instances');
  test.journal.calls.length = 0;

  await test.json('/instances');

  expect(test.journal.calls).toEqual(['peek main/cn-hangzhou main/cn-shanghai']);
});

it.each(['/', '/instances', '/instances/i-1', '/changes'])(
  'answers %s with 503 while the store fails, instead of an empty fleet',
  async (path) => {
    const test = await smallFleet();
    test.journal.failure = new JournalError('failed', 'OTSServerBusy', 'try again', {
      requestId: 'r-1',
    });

    expect(await test.json(path, 503)).toMatchObject({
      type: 'urn:ecs-watch:journal-unreadable',
      detail: 'the journal could not be read: OTSServerBusy: try again (request r-1)',
    });
  },
);

it('answers with 503 when the journal contradicts itself', async () => {
  const test = testView();
  await recorder(test.journal, HANGZHOU).record([moved('i-1', 'Running', 'Stopped')]);

  expect((await test.json('/instances', 503)).detail).toContain('ChainError');
});

it.each(['/nothing', '/instances/i-1/x', '/healthz/x'])('does not know %s', async (path) => {
  expect(await testView().json(path, 404)).toMatchObject({
    type: 'urn:ecs-watch:not-found',
    detail:
      'there is no such address; try /instances, /instances/{id}, /instances/{id}/note, /changes, /diff, /counts, ' +
      '/deliveries, /healthz, /metrics, /sd, /openapi.json',
  });
});

/** All but the address of notes, which is written and not read. */
const READ_ONLY = ROUTES.filter(({ methods }) => methods.includes('GET'));

it('only notes are written, by one address that is not read', async () => {
  const test = await smallFleet();
  const others = ROUTES.filter((route) => !READ_ONLY.includes(route));

  expect(others.map(({ path, methods }) => [path, methods])).toEqual([
    ['/instances/{id}/note', ['POST']],
  ]);
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
    const { status, headers } = await test.ask('/instances/i-1/note', { method, author: 'ops' });
    expect([status, headers.allow]).toEqual([405, 'POST, OPTIONS']);
  }
});

describe.each(READ_ONLY.map(({ path }) => path))('%s', (path) => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'get'])(
    'is read-only: %s is refused',
    async (method) => {
      const test = await smallFleet();
      test.journal.calls.length = 0;

      const { status, headers, body } = await test.ask(path, { method });

      expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
      expect(JSON.parse(body).type).toBe('urn:ecs-watch:method-not-allowed');
      expect(test.journal.calls).toEqual([]);
    },
  );

  it('answers OPTIONS with its methods, without the token and without reading', async () => {
    const test = await smallFleet();
    test.journal.calls.length = 0;

    const { status, headers, body } = await test.ask(path, { method: 'OPTIONS', access: 'closed' });

    expect([status, headers.allow, body]).toEqual([204, 'GET, HEAD, OPTIONS', '']);
    expect(test.journal.calls).toEqual([]);
  });

  it('answers HEAD as GET, without a body', async () => {
    const test = await smallFleet();

    const get = await test.ask(path);
    const head = await test.ask(path, { method: 'HEAD' });

    expect(head).toEqual({ ...get, body: '' });
  });
});

describe('/icon.svg', () => {
  it('is open and may be kept, as it holds nothing of the fleet', async () => {
    const { status, headers } = await testView().ask('/icon.svg', { access: 'closed' });

    expect([status, headers['content-type']]).toEqual([200, 'image/svg+xml']);
    expect(headers['cache-control']).toBe('public, max-age=86400');
  });

  it('is not sent again to a client that has it', async () => {
    const test = testView();
    const { headers } = await test.ask('/icon.svg');

    const again = await test.ask('/icon.svg', {
      headers: new Map([['if-none-match', headers.etag ?? '']]),
    });

    expect([again.status, again.body, again.headers.etag]).toEqual([304, '', headers.etag]);
    expect(headers.etag).toMatch(/^W\/"/u);
  });

  it('is the icon that the page names', async () => {
    const { body } = await testView().ask('/', { headers: BROWSER });

    expect(body).toContain('<link rel="icon" href="icon.svg">');
  });
});

it.each(['/', '/instances/i-1', '/healthz'])(
  'gives %s no validator, because it contains an age that grows every second',
  async (path) => {
    const test = await smallFleet();
    const everything = new Map([['if-none-match', '*']]);

    for (const headers of [everything, new Map([...everything, ...BROWSER])]) {
      const answer = await test.ask(path, { headers });

      expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
      expect(Object.keys(answer.headers)).not.toContain('etag');
    }
  },
);

it.each(['/', '/instances', '/instances/i-1', '/changes', '/nothing'])(
  'reads nothing and reveals nothing on %s without the token',
  async (path) => {
    const test = await smallFleet();
    test.journal.calls.length = 0;

    const refused = await test.ask(path, { access: 'refused' });
    const closed = await test.ask(path, { access: 'closed', headers: BROWSER });

    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toMatch(/^Basic .*Bearer /u);
    expect(closed.status).toBe(403);
    expect(closed.body).toContain('VIEW_TOKEN');
    expect(closed.body).toContain('VIEW_PUBLIC=true');
    expect(test.journal.calls).toEqual([]);
  },
);
