import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';

import { type ChannelsServer, startChannels } from '../../../local/channels/index.ts';
import { type ManualClock, manualClock } from '../../../local/clock.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');
const MINUTE_MS = 60_000;
const EVENT = {
  specversion: '1.0',
  id: 'main/cn-hangzhou/12',
  source: '//ecs-watch/main/cn-hangzhou',
  type: 'ecs-watch.changes',
  time: '2026-11-22T10:05:01.120Z',
  datacontenttype: 'application/json',
  data: { changes: [] },
};

let clock: ManualClock;
let channels: ChannelsServer;

beforeEach(async () => {
  clock = manualClock(NOW_MS);
  channels = await startChannels({ clock });
});

afterEach(() => channels.close());

function headersFor(body: string, { id = 'msg_1', atMs = NOW_MS, secret = '' } = {}) {
  // The official library is the oracle: what it signs is right.
  const webhook = new Webhook(secret || channels.webhook.secret);
  return {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(atMs / 1_000)),
    'webhook-signature': webhook.sign(id, new Date(atMs), body),
  };
}

async function post(body: string, headers: Record<string, string>, method = 'POST') {
  const response = await fetch(channels.webhook.url, { method, headers, body });
  return { status: response.status, text: await response.text() };
}

it('answers 204 to an event that the official library signed', async () => {
  const body = JSON.stringify(EVENT);

  const { status, text } = await post(body, headersFor(body));

  expect([status, text]).toEqual([204, '']);
});

it('checks the bytes, whatever they are', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue(),
      fc.stringMatching(/^[a-zA-Z0-9_/-]{1,40}$/),
      async (data, id) => {
        const body = JSON.stringify({ ...EVENT, data });

        expect((await post(body, headersFor(body, { id }))).status).toBe(204);
      },
    ),
    { numRuns: 30 },
  );
});

it('accepts the event and signature that the reference computed', async () => {
  await channels.close();
  channels = await startChannels({
    clock: manualClock(1795341600_000),
    settings: { webhook: { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' } },
  });
  const body =
    '{"specversion":"1.0","id":"evt_01","source":"acs:ecs:cn-hangzhou:uid","type":"ecs.instance.stopped",' +
    '"subject":"instance/i-bp1","time":"2026-11-22T10:00:00Z","datacontenttype":"application/json",' +
    '"data":{"from":"Running","to":"Stopped"}}';

  const { status } = await post(body, {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'webhook-id': 'evt_01',
    'webhook-timestamp': '1795341600',
    'webhook-signature': 'v1,C3ZZ8gFQIC+/7IKL7JiUkhblmKBL0D9qVnUN7AjAsW0=',
  });

  expect(status).toBe(204);
});

it('accepts one good signature among several, as while a key is rotated', async () => {
  const body = JSON.stringify(EVENT);
  const headers = headersFor(body);
  const signatures = `v1,${'A'.repeat(43)}= v1a,other ${headers['webhook-signature']}`;

  const { status } = await post(body, { ...headers, 'webhook-signature': signatures });

  expect(status).toBe(204);
});

it.each([
  ['another secret', { secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` }, ''],
  ['another body', {}, ' '],
])('answers 401 to a signature over %s', async (_, signing, appended) => {
  const body = JSON.stringify(EVENT);

  const { status } = await post(`${body}${appended}`, headersFor(body, signing));

  expect(status).toBe(401);
});

it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
  'answers 400 when %s is missing',
  async (name) => {
    const body = JSON.stringify(EVENT);
    const headers: Record<string, string> = headersFor(body);
    delete headers[name];

    expect((await post(body, headers)).status).toBe(400);
  },
);

it.each([
  [-5 * MINUTE_MS, 204],
  [5 * MINUTE_MS, 204],
  [-5 * MINUTE_MS - 1_000, 400],
  [5 * MINUTE_MS + 1_000, 400],
])('judges a timestamp that is %d ms away: %d', async (awayMs, status) => {
  const body = JSON.stringify(EVENT);

  expect((await post(body, headersFor(body, { atMs: NOW_MS + awayMs }))).status).toBe(status);
});

it('answers 400 to a timestamp in milliseconds, or no number at all', async () => {
  const body = JSON.stringify(EVENT);
  const headers = headersFor(body);

  for (const timestamp of [String(NOW_MS), 'now']) {
    const { status } = await post(body, { ...headers, 'webhook-timestamp': timestamp });
    expect(status).toBe(400);
  }
});

it('answers 400 to an id with a full stop, which would blur what was signed', async () => {
  const body = JSON.stringify(EVENT);

  expect((await post(body, headersFor(body, { id: 'msg.1' }))).status).toBe(400);
});

it.each(['application/json', 'application/cloudevents-batch+json', 'text/plain'])(
  'answers 415 to %s',
  async (contentType) => {
    const body = JSON.stringify(EVENT);

    const { status } = await post(body, { ...headersFor(body), 'content-type': contentType });

    expect(status).toBe(415);
  },
);

it.each([
  ['no JSON', 'hello'],
  ['a list', JSON.stringify([EVENT])],
  ['no specversion', JSON.stringify({ ...EVENT, specversion: undefined })],
  ['another specversion', JSON.stringify({ ...EVENT, specversion: '0.3' })],
  ['no id', JSON.stringify({ ...EVENT, id: '' })],
  ['no source', JSON.stringify({ ...EVENT, source: undefined })],
  ['a type that is no text', JSON.stringify({ ...EVENT, type: 7 })],
  ['a time of its own kind', JSON.stringify({ ...EVENT, time: 'yesterday' })],
  ['an attribute with an illegal name', JSON.stringify({ ...EVENT, trace_id: 'x' })],
])('answers 400 to an envelope with %s', async (_, body) => {
  expect((await post(body, headersFor(body))).status).toBe(400);
});

it('names everything that is wrong with an envelope', async () => {
  const body = JSON.stringify({ specversion: '1.0', trace_id: 'x' });

  const { text } = await post(body, headersFor(body));

  for (const name of ['id', 'source', 'type', 'trace_id']) expect(text).toContain(name);
});

it('takes nothing but POST', async () => {
  const body = JSON.stringify(EVENT);

  expect((await post(body, headersFor(body), 'PUT')).status).toBe(405);
});
