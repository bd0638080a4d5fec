import { createHmac } from 'node:crypto';
import { type ChannelsServer, startChannels } from '../../../local/channels/index.ts';
import { type ManualClock, manualClock } from '../../../local/clock.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');
const HOUR_SECONDS = 3_600;
const TEXT = { msg_type: 'text', content: { text: 'hello' } };
const TITLE = { tag: 'plain_text', content: 'title' };
const ELEMENT = { tag: 'div', text: { tag: 'plain_text', content: 'text' } };

let clock: ManualClock;
let channels: ChannelsServer;

beforeEach(async () => {
  clock = manualClock(NOW_MS);
  channels = await startChannels({ clock });
});
afterEach(() => channels.close());

it('takes a signed message, and answers as old clients expect it, too', async () => {
  expect(await send(TEXT)).toEqual({
    status: 200,
    answer: {
      code: 0,
      msg: 'success',
      data: {},
      Extra: null,
      StatusCode: 0,
      StatusMessage: 'success',
    },
  });
});

it('accepts the signature that the reference gives for a known secret and time', async () => {
  await channels.close();
  const known = manualClock(1_599_360_473_000);
  channels = await startChannels({ clock: known, settings: { feishu: { secret: 'demo' } } });

  const { answer } = await post({
    timestamp: '1599360473',
    sign: 'l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=',
    ...TEXT,
  });

  expect(answer).toMatchObject({ code: 0 });
});

it.each([
  ['an hour ago', -HOUR_SECONDS, 0],
  ['longer ago', -HOUR_SECONDS - 1, 19021],
  ['in an hour', HOUR_SECONDS, 0],
  ['later', HOUR_SECONDS + 1, 19021],
])('answers a message that was signed %s with its code', async (_when, offSeconds, code) => {
  expect((await send(TEXT, offSeconds)).answer).toMatchObject({ code });
});

it.each([
  ['no signature', {}],
  ['a timestamp in milliseconds', { timestamp: String(NOW_MS), sign: sign(String(NOW_MS)) }],
  ['a timestamp that is a number', { timestamp: NOW_MS / 1_000, sign: sign(`${NOW_MS / 1_000}`) }],
  ['another signature', { timestamp: String(NOW_MS / 1_000), sign: 'x' }],
])('refuses a message with %s', async (_what, signature) => {
  expect((await post({ ...signature, ...TEXT })).answer).toMatchObject({ code: 19021 });
});

it('knows no bot of another token', async () => {
  const address = `${channels.feishu.webhook.slice(0, -1)}1`;
  const response = await fetch(address, { method: 'POST', body: JSON.stringify(TEXT) });

  expect(await response.json()).toMatchObject({ code: 19001 });
});

it.each([
  ['no JSON', 'hello', 400, 9499],
  ['more than 20 KB', { msg_type: 'text', content: { text: '云'.repeat(7_000) } }, 400, 9499],
  ['no type', {}, 200, 19002],
  ['no text', { msg_type: 'text', content: {} }, 200, 19002],
  ['a type that is unknown', { msg_type: 'video' }, 200, 19002],
])('refuses %s', async (_what, message, status, code) => {
  expect(await send(message)).toMatchObject({ status, answer: { code } });
});

describe('a card', () => {
  it.each<[string, object]>([
    ['without a header', { elements: [ELEMENT] }],
    [
      'in a colour of the list',
      { header: { template: 'carmine', title: TITLE }, elements: [ELEMENT] },
    ],
    ['of 1.0 with a property that is unknown', { elements: [ELEMENT], whatever: 1 }],
    ['of version 2.0', { schema: '2.0', header: { title: TITLE }, body: { elements: [ELEMENT] } }],
    [
      'with all that is drawn',
      {
        elements: [
          { tag: 'markdown', content: '**x**' },
          { tag: 'hr' },
          { tag: 'note', elements: [TITLE] },
          { tag: 'action', actions: [{ tag: 'button', text: TITLE, url: 'https://x' }] },
          { tag: 'div', fields: [{ is_short: true, text: TITLE }] },
          { tag: 'img', img_key: 'x', alt: TITLE },
        ],
      },
    ],
  ])('%s is shown', async (_what, card) => {
    expect((await send({ msg_type: 'interactive', card })).answer).toMatchObject({ code: 0 });
  });

  it.each<[string, unknown]>([
    ['that is missing', undefined],
    ['without elements', { elements: [] }],
    ['in another colour', { header: { template: 'pink', title: TITLE }, elements: [ELEMENT] }],
    ['with a header without a title', { header: { template: 'red' }, elements: [ELEMENT] }],
    ['with an element that is unknown', { elements: [{ tag: 'constructor' }] }],
    ['with a text that is none', { elements: [{ tag: 'div', text: 'text' }] }],
    ['of version 2.0 with elements of 1.0', { schema: '2.0', elements: [ELEMENT] }],
    [
      'of version 2.0 with a property that is unknown',
      {
        schema: '2.0',
        i18n_elements: {},
        body: { elements: [ELEMENT] },
      },
    ],
    ['of version 2.0 without a body', { schema: '2.0' }],
    ['of version 3.0', { schema: '3.0', elements: [ELEMENT] }],
  ])('%s is refused', async (_what, card) => {
    expect(await send({ msg_type: 'interactive', card })).toMatchObject({
      status: 400,
      answer: { code: 9499, msg: expect.stringMatching(/^Bad Request: /u) },
    });
  });
});

it('takes five messages a second', async () => {
  for (let count = 0; count < 5; count += 1) expect((await send(TEXT)).status).toBe(200);

  expect(await send(TEXT)).toMatchObject({
    status: 400,
    answer: { code: 9499, msg: 'too many request' },
  });
  clock.advance(1_000);
  expect((await send(TEXT)).answer).toMatchObject({ code: 0 });
});

it('takes a hundred messages a minute', async () => {
  for (let count = 0; count < 100; count += 1) {
    expect((await send(TEXT)).answer).toMatchObject({ code: 0 });
    clock.advance(500);
  }

  expect((await send(TEXT)).answer).toMatchObject({ code: 11232 });
  clock.advance(10_000);
  expect((await send(TEXT)).answer).toMatchObject({ code: 0 });
});

function sign(timestamp: string): string {
  return createHmac('sha256', `${timestamp}\nsecretOfTheLocalBot000`).digest('base64');
}

function send(message: unknown, offSeconds = 0) {
  if (typeof message === 'string') return post(message);
  const timestamp = String(Math.floor(clock.now() / 1_000) + offSeconds);
  return post({ timestamp, sign: sign(timestamp), ...Object(message) });
}

async function post(message: unknown): Promise<{ status: number; answer: unknown }> {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  const response = await fetch(channels.feishu.webhook, { method: 'POST', body });
  return { status: response.status, answer: await response.json() };
}
