import { createHmac } from 'node:crypto';

import { type ChannelsServer, startChannels } from '../../../local/channels/index.ts';
import { type ManualClock, manualClock } from '../../../local/clock.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');
const HOUR_MS = 3_600_000;
const MARKDOWN = {
  msgtype: 'markdown',
  markdown: { title: 'ECS i-bp1 Stopped', text: '#### web-1\n> Running → Stopped' },
};

let clock: ManualClock;
let channels: ChannelsServer;

beforeEach(async () => {
  clock = manualClock(NOW_MS);
  channels = await startChannels({ clock });
});

afterEach(() => channels.close());

function sign(timestampMs: number, secret: string): string {
  return createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64');
}

function signedUrl(timestampMs = clock.now()): URL {
  const url = new URL(channels.dingtalk.webhook);
  url.searchParams.set('timestamp', String(timestampMs));
  url.searchParams.set('sign', sign(timestampMs, channels.dingtalk.secret));
  return url;
}

async function send(
  message: unknown,
  { url = signedUrl(), ...init }: RequestInit & { url?: URL } = {},
): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: typeof message === 'string' ? message : JSON.stringify(message),
    ...init,
  });
  return { status: response.status, answer: await response.json() };
}

it('answers ok to a signed markdown message', async () => {
  const { status, answer } = await send(MARKDOWN);

  expect(status).toBe(200);
  expect(answer).toEqual({ errcode: 0, errmsg: 'ok' });
});

it('accepts the signature that the reference gives for a known secret and time', async () => {
  await channels.close();
  const timestampMs = 1577262236757;
  const secret = `SEC${'0'.repeat(61)}abc`;
  channels = await startChannels({
    clock: manualClock(timestampMs),
    settings: { dingtalk: { secret } },
  });
  const url = new URL(
    `${channels.dingtalk.webhook}&timestamp=${timestampMs}` +
      '&sign=bykuIIvx2AAucCW4nKBb6KgnZjLC2Ul0%2Fi6k5XotO%2Fs%3D',
  );

  const { answer } = await send(MARKDOWN, { url });

  expect(answer).toEqual({ errcode: 0, errmsg: 'ok' });
});

it.each([-HOUR_MS, HOUR_MS])(
  'accepts a timestamp that is off by one hour (%d ms)',
  async (offMs) => {
    const { answer } = await send(MARKDOWN, { url: signedUrl(NOW_MS + offMs) });

    expect(answer).toMatchObject({ errcode: 0 });
  },
);

it.each([-HOUR_MS - 1, HOUR_MS + 1])(
  'refuses a timestamp that is off by more (%d ms)',
  async (offMs) => {
    const { status, answer } = await send(MARKDOWN, { url: signedUrl(NOW_MS + offMs) });

    expect(status).toBe(200);
    expect(answer).toEqual({ errcode: 310000, errmsg: 'invalid timestamp' });
  },
);

it('refuses a message without a signature', async () => {
  const { answer } = await send(MARKDOWN, { url: new URL(channels.dingtalk.webhook) });

  expect(answer).toEqual({ errcode: 310000, errmsg: 'invalid timestamp' });
});

it('refuses a message that was signed with another secret', async () => {
  const url = signedUrl();
  url.searchParams.set('sign', sign(NOW_MS, 'SECother'));

  const { answer } = await send(MARKDOWN, { url });

  expect(answer).toEqual({ errcode: 310000, errmsg: 'sign not match' });
});

it('does not know a robot of another token', async () => {
  const url = signedUrl();
  url.searchParams.set('access_token', 'f'.repeat(64));

  const { answer } = await send(MARKDOWN, { url });

  expect(answer).toEqual({ errcode: 300001, errmsg: 'token is not exist' });
});

it('misses the token when there is none', async () => {
  const url = signedUrl();
  url.searchParams.delete('access_token');

  const { answer } = await send(MARKDOWN, { url });

  expect(answer).toMatchObject({ errcode: 40035 });
});

it('takes nothing but POST', async () => {
  const { answer } = await send(MARKDOWN, { method: 'PUT' });

  expect(answer).toMatchObject({ errcode: 43002 });
});

it('takes nothing but JSON', async () => {
  const { answer } = await send(MARKDOWN, { headers: { 'content-type': 'text/plain' } });

  expect(answer).toMatchObject({ errcode: 43004 });
});

it.each([
  ['no JSON', 'hello'],
  ['no object', '[]'],
  ['no title', { msgtype: 'markdown', markdown: { text: 'x' } }],
  ['a blank title', { msgtype: 'markdown', markdown: { title: ' ', text: 'x' } }],
  ['no markdown', { msgtype: 'markdown' }],
  ['no content', { msgtype: 'text', text: {} }],
  ['no links', { msgtype: 'feedCard', feedCard: {} }],
])('misses a parameter in a message with %s', async (_, message) => {
  const { answer } = await send(message);

  expect(answer).toMatchObject({ errcode: 40035 });
});

it.each(['image', 'constructor', 7, undefined])(
  'does not know messages of type %s',
  async (msgtype) => {
    const { answer } = await send({ msgtype });

    expect(answer).toMatchObject({ errcode: 400105 });
  },
);

it('measures a message in bytes, and takes exactly 20,000', async () => {
  const emptyBytes = Buffer.byteLength(JSON.stringify({ msgtype: 'text', text: { content: '' } }));
  const fitting = `${'云'.repeat(6_600)}${'x'.repeat(20_000 - emptyBytes - 3 * 6_600)}`;

  const taken = await send({ msgtype: 'text', text: { content: fitting } });
  const refused = await send({ msgtype: 'text', text: { content: `${fitting}x` } });

  expect(taken.answer).toMatchObject({ errcode: 0 });
  expect(refused.answer).toEqual({
    errcode: 460101,
    errmsg: 'message too long, exceed 20000 bytes',
  });
});

describe('a robot that is sent more than 20 messages in a minute', () => {
  const TOO_FAST = { errcode: 130101, errmsg: 'send too fast, exceed 20 times per minute' };

  beforeEach(async () => {
    for (let count = 0; count < 20; count += 1) {
      expect((await send(MARKDOWN)).answer).toMatchObject({ errcode: 0 });
      clock.advance(2_900);
    }
    expect((await send(MARKDOWN)).answer).toEqual(TOO_FAST);
  });

  it('is mute for ten minutes, whatever is sent meanwhile', async () => {
    clock.advance(5 * 60_000);
    expect((await send(MARKDOWN)).answer).toEqual(TOO_FAST);
    clock.advance(5 * 60_000 - 1);
    expect((await send(MARKDOWN)).answer).toEqual(TOO_FAST);
  });

  it('speaks again after them', async () => {
    clock.advance(10 * 60_000);

    expect((await send(MARKDOWN)).answer).toMatchObject({ errcode: 0 });
  });
});

it('takes 20 messages a minute for as long as they come', async () => {
  for (let count = 0; count < 60; count += 1) {
    expect((await send(MARKDOWN)).answer).toMatchObject({ errcode: 0 });
    clock.advance(3_000);
  }
});
