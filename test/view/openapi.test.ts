import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { deliverySeq } from '../../shared/core/delivery-record.ts';
import type { Notice } from '../../shared/core/model.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { changesToken, homeToken } from '../../shared/view/core/page-token.ts';
import type { ViewRequest } from '../../shared/view/core/request.ts';
import { LINKS, ROUTES } from '../../shared/view/routes/index.ts';
import { aReport } from '../helpers/examples.ts';
import { DOCUMENT, expectValid } from './documented.ts';
import {
  commitTime,
  HANGZHOU,
  type Json,
  recorder,
  START_MS,
  smallFleet,
  type TestView,
  testView,
} from './helpers.ts';

const ALL_PATHS = Object.keys(DOCUMENT.paths);
/** Those that are read; what is written, and how that is refused, is tested with notes. */
const PATHS = ALL_PATHS.filter((path) => 'get' in DOCUMENT.paths[path]);

/** The small fleet with two attempts of a channel. */
async function aView(): Promise<TestView> {
  const test = await smallFleet();
  const channel = 'dingtalk';
  await test.journal.moveChannel(channel, undefined, { ...NEW_CHANNEL, version: 1 });
  const record = { channel, tickId: 'tick-1', commits: ['main/cn-hangzhou/2'], commitCount: 1 };
  for (const count of [0, 1]) {
    const attempt = { ...record, seq: deliverySeq(START_MS, count), atMs: START_MS, attempt: 1 };
    const outcome = { isRepeat: false, verdict: 'delivered', reason: null } as const;
    await test.journal.recordDelivery({ ...attempt, ...outcome, changeCount: 1 }, START_MS);
  }
  return test;
}

interface Described {
  readonly name: string;
  readonly required?: true;
  readonly schema: Json;
  readonly example?: string | readonly string[];
}

function queryParametersOf(path: string): readonly Described[] {
  const { parameters = [] } = DOCUMENT.paths[path].get;
  return parameters.filter((parameter: Json) => parameter.in === 'query');
}

/** An address with the parameters that it needs. `i-1` has three changes. */
function addressOf(path: string, query: Readonly<Record<string, string>> = {}): string {
  const needed = queryParametersOf(path)
    .filter(({ required }) => required)
    .map(({ name, example }) => [name, String(example)]);
  const parameters = new URLSearchParams({ ...Object.fromEntries(needed), ...query });
  return `${path.replace('{id}', 'i-1')}?${parameters}`;
}

const A_PLACE = { scope: HANGZHOU.key, instanceId: 'i-1', sinceMs: 1 };

/** Cursors that an address has given out, by the parameter that takes them. */
async function cursorsOf(test: TestView, path: string): Promise<Readonly<Record<string, string>>> {
  // A page for people has its cursors in its links.
  if (path === '/plain') return { cursor: homeToken.encode(A_PLACE) };
  if (!queryParametersOf(path).some(({ name }) => name === 'limit')) return {};
  const { nextCursor, olderCursor } = await test.json(addressOf(path, { limit: '1' }));
  return { cursor: nextCursor, since: nextCursor, before: olderCursor };
}

/** Values that the schema of a parameter allows. */
function valuesOf({ schema, example }: Described, cursor: string | undefined): readonly string[] {
  const choices = schema.enum ?? schema.items?.enum ?? [];
  const limits = schema.type === 'integer' ? [schema.minimum, schema.maximum] : [];
  const others = [example, schema.default, cursor].filter((value) => value !== undefined);
  return [...choices, ...limits, ...others].map(String);
}

/** Values that it does not allow. */
function wrongValuesOf({ schema }: Described): readonly string[] {
  if (schema.type === 'integer') return [schema.minimum - 1, schema.maximum + 1].map(String);
  const isBound = schema.enum ?? schema.items?.enum ?? schema.pattern;
  return isBound === undefined ? [] : ['x'];
}

describe('/openapi.json', () => {
  it('describes every address and method, and no other', () => {
    const described = ALL_PATHS.map((path) => [path, Object.keys(DOCUMENT.paths[path])]);

    expect(described).toEqual(
      ROUTES.map(({ path, methods }) => [path, methods.map((method) => method.toLowerCase())]),
    );
    expect(new Set(ALL_PATHS)).toEqual(
      new Set(['/', ...Object.values(LINKS), '/plain', '/icon.svg']),
    );
  });

  it.each(PATHS)('describes the parameters of %s, and no other', async (path) => {
    const test = await aView();
    const names = queryParametersOf(path).map(({ name }) => name);

    const { detail } = await test.json(addressOf(path, { 'no-such': '1' }), 400);
    const { known = '' } = /\(known: (?<known>[^)]*)\)/u.exec(detail)?.groups ?? {};

    expect(known.split(', ').filter(Boolean).sort()).toEqual([...names].sort());
    const others = PATHS.flatMap(queryParametersOf).filter(({ name }) => !names.includes(name));
    for (const { name } of others) {
      const refused = await test.json(addressOf(path, { [name]: '1' }), 400);
      expect(refused.detail).toMatch(`unknown parameters: ${name} (`);
    }
  });

  it.each(PATHS)(
    'gives parameters of %s the values that are accepted, and no other',
    async (path) => {
      const test = await aView();
      const cursors = await cursorsOf(test, path);

      for (const parameter of queryParametersOf(path)) {
        const { name } = parameter;
        const values = valuesOf(parameter, cursors[name]);
        expect({ name, values }).not.toEqual({ name, values: [] });
        for (const value of values) {
          const { status, body } = await test.ask(addressOf(path, { [name]: value }));
          expect({ name, value, status, body }).toEqual({ name, value, status: 200, body });
        }
        for (const value of wrongValuesOf(parameter)) {
          const { detail } = await test.json(addressOf(path, { [name]: value }), 400);
          expect(detail).toMatch(`${name} is `);
        }
      }
    },
  );

  it.each(PATHS)(
    'lists the statuses and the formats of %s that there are, and no other',
    async (path) => {
      const test = await aView();
      const { responses } = DOCUMENT.paths[path].get;
      const types = Object.keys(responses[200].content);
      const address = addressOf(path);
      const statuses = new Set<number>();
      const answered = new Set<string | undefined>();
      const ask = async (at: string, request: Partial<ViewRequest> = {}) => {
        const answer = await test.ask(at, request);
        statuses.add(answer.status);
        return answer;
      };

      for (const type of types) {
        const { headers } = await ask(address, { headers: new Map([['accept', type]]) });
        answered.add(headers['content-type']?.split(';')[0]);
      }
      await ask(address, { method: 'HEAD' });
      await ask(address, { method: 'POST' });
      await ask(`${address}&no-such=1`);
      if (path === '/changes') {
        const pastEnd = new Map([[HANGZHOU.key, { seq: 99, items: 0 }]]);
        await ask(`${path}?since=${changesToken.encode({ positions: pastEnd })}`);
      }
      await ask(address, { access: 'refused' });
      await ask(address, { access: 'closed' });
      await ask(address, { headers: new Map([['if-none-match', '*']]) });
      await ask(address, { headers: new Map([['accept', 'image/png']]) });
      if (path === '/instances/{id}')
        for (const id of ['i-2', 'i-404']) await ask(`/instances/${id}`);
      test.journal.failure = new JournalError('failed', 'OTSServerBusy', 'try again');
      test.nowMs += 60_000;
      await ask(address);

      expect(answered).toEqual(new Set(types));
      const kinds = [...statuses].map((status) => (status === 405 ? 'default' : String(status)));
      expect(kinds.sort()).toEqual(Object.keys(responses).sort());
    },
  );

  it('describes every field of every object', () => {
    const open: string[] = [];
    const visit = (value: Json, place: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (value.type === 'object' && value.additionalProperties === undefined) open.push(place);
      for (const [name, own] of Object.entries(value)) visit(own, `${place}/${name}`);
    };

    visit(DOCUMENT, '');

    expect(open).toEqual([
      '/paths//openapi.json/get/responses/200/content/application/json/schema',
      // What a newer version has written is passed on.
      '/components/schemas/Notice/properties/fields',
    ]);
  });

  it('describes notices of every kind, in every format', async () => {
    const test = testView();
    const { record, saveHealth } = recorder(test.journal, HANGZHOU);
    for (const notice of Object.values(NOTICES)) await record([], notice);
    await saveHealth();
    test.nowMs = commitTime(20);

    const { notices } = await test.json('/changes');
    await test.json('/changes?format=cloudevents');
    const { body } = await test.ask('/changes?format=ndjson');

    const kinds = notices.map(({ notice }: Json) => notice).reverse();
    expect(kinds).toEqual(Object.keys(NOTICES));
    for (const line of body.trim().split('\n')) expectValid('Notice', JSON.parse(line));
  });

  it('describes the lines of lists', async () => {
    const test = await aView();

    const instances = await test.ask('/instances?format=ndjson');
    const changes = await test.ask('/changes?format=ndjson&to=*');

    for (const line of instances.body.trim().split('\n')) expectValid('Instance', JSON.parse(line));
    const items = changes.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const item of items) expectValid('notice' in item ? 'Notice' : 'Change', item);
    expect(items).not.toEqual([]);
  });

  it('is taken for valid by an unmodified validator', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ecs-watch-openapi-'));
    const file = join(folder, 'openapi.json');
    writeFileSync(file, (await testView().ask('/openapi.json')).body);
    const program = require.resolve('@seriousme/openapi-schema-validator/bin/validate-api-cli.js');

    const { stdout } = spawnSync(process.execPath, [program, file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });

    expect(JSON.parse(stdout)).toEqual({ valid: true });
  });

  it('needs a token, reads nothing, and is answered by 304 as long as it is the same', async () => {
    const test = testView();

    const { body, headers } = await test.ask('/openapi.json');
    const sent = new Map([['if-none-match', headers.etag ?? '']]);
    const again = await test.ask('/openapi.json', { headers: sent });
    const refused = await test.ask('/openapi.json', { access: 'refused' });

    expect(JSON.parse(body).paths).toEqual(DOCUMENT.paths);
    expect([again.status, again.headers.etag]).toEqual([304, headers.etag]);
    // It is sent compressed, too, and a strong validator may not be that of two encodings.
    expect(headers.etag).toMatch(/^W\/"/u);
    expect(refused.status).toBe(401);
    expect(test.journal.calls).toEqual([]);
  });
});

const FAILING = { failing: {}, reason: 'HTTP 500' };
const STORED_UNKNOWN = { kind: 'unknown', name: 'new-kind', fields: { depth: 3 } } as const;

/** One of each kind that the journal holds, by the name that programs read. */
const NOTICES = {
  baseline: { kind: 'baseline', instances: 3, last: true, since: 1 },
  'suspicious-scan': { kind: 'suspicious-scan', missing: 9, known: 10 },
  'suspicion-lifted': { kind: 'suspicion-lifted', missing: 9 },
  'scans-failing': { kind: 'scans-failing', failures: 3, sinceMs: START_MS, reason: 'Throttling' },
  'scans-recovered': { kind: 'scans-recovered', failures: 3, sinceMs: START_MS },
  'long-round': { kind: 'long-round', instances: 90_000, roundMs: 180_000 },
  'channel-failing': {
    ...{ kind: 'channel-failing', channel: 'slack', failures: 3, deliveredAtMs: null },
    ...FAILING,
  },
  'channel-recovered': {
    ...{ kind: 'channel-recovered', channel: 'slack', sinceMs: START_MS, failing: {} },
  },
  'account-failing': { kind: 'account-failing', account: 'shop', ...FAILING },
  'account-recovered': {
    ...{ kind: 'account-recovered', account: 'shop', sinceMs: START_MS, failing: {} },
  },
  'quota-low': { kind: 'quota-low', channel: 'slack', used: 4_000, quota: 5_000, failing: {} },
  'ticks-resumed': { kind: 'ticks-resumed', sinceMs: START_MS, untilMs: START_MS + 1 },
  report: { kind: 'report', ...aReport({ isCut: true, unread: ['main/x'] }), failing: {} },
  'new-kind': STORED_UNKNOWN,
} satisfies Readonly<
  Record<Exclude<Notice['kind'], 'store-failing' | 'test' | 'unknown'> | 'new-kind', Notice>
>;
