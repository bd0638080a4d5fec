import { type ChannelsServer, startChannels } from '../../../local/channels/index.ts';
import { type ManualClock, manualClock } from '../../../local/clock.ts';

let clock: ManualClock;
let channels: ChannelsServer;

beforeEach(async () => {
  clock = manualClock(Date.parse('2026-11-22T10:00:00Z'));
  channels = await startChannels({ clock });
});

afterEach(() => channels.close());

async function send(payload: unknown, url = channels.slack.webhook) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) });
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

it('answers ok, as text that is labelled HTML', async () => {
  const { status, text, headers } = await send({ text: 'i-bp1 Running → Stopped' });

  expect([status, text]).toEqual([200, 'ok']);
  expect(headers.get('content-type')).toMatch(/^text\/html/);
});

it('knows no other hook', async () => {
  const { status, text } = await send({ text: 'x' }, `${channels.url}/services/T1/B1/wrong`);

  expect([status, text]).toEqual([404, 'no_service']);
});

it.each([
  ['no JSON', 'text=hello'],
  ['no object', '"hello"'],
  ['nothing', ''],
])('calls a body with %s an invalid payload', async (_, body) => {
  const { status, text } = await send(body);

  expect([status, text]).toEqual([400, 'invalid_payload']);
});

it.each([
  ['nothing to say', {}],
  ['an empty text', { text: '' }],
  ['an empty list of blocks', { blocks: [] }],
])('wants a text when there is %s', async (_, payload) => {
  const { status, text } = await send(payload);

  expect([status, text]).toEqual([400, 'no_text']);
});

const FITTING = [
  ['50 blocks', times(50, { type: 'divider' })],
  ['a header of 150 characters', [{ type: 'header', text: plain(150) }]],
  ['a section of 3,000 characters', [{ type: 'section', text: mrkdwn(3_000) }]],
  ['10 fields of 2,000 characters', [{ type: 'section', fields: times(10, mrkdwn(2_000)) }]],
  ['a block id of 255 characters', [{ type: 'divider', block_id: 'x'.repeat(255) }]],
  ['10 context elements', [{ type: 'context', elements: times(10, mrkdwn(10)) }]],
  ['25 actions', [{ type: 'actions', elements: times(25, { type: 'button' }) }]],
  [
    'an alternative text of 2,000 characters',
    [{ type: 'image', image_url: 'https://x', alt_text: 'x'.repeat(2_000) }],
  ],
  [
    'markdown of 12,000 characters together',
    times(2, { type: 'markdown', text: 'x'.repeat(6_000) }),
  ],
] as const;

it.each(FITTING)('shows %s', async (_, blocks) => {
  const { status, text } = await send({ text: 'x', blocks });

  expect([status, text]).toEqual([200, 'ok']);
});

const INVALID = [
  ['51 blocks', times(51, { type: 'divider' })],
  ['a header of 151 characters', [{ type: 'header', text: plain(151) }]],
  ['a header in mrkdwn', [{ type: 'header', text: mrkdwn(1) }]],
  ['an empty header', [{ type: 'header', text: plain(0) }]],
  ['a section of 3,001 characters', [{ type: 'section', text: mrkdwn(3_001) }]],
  ['a section with neither text nor fields', [{ type: 'section' }]],
  ['11 fields', [{ type: 'section', fields: times(11, mrkdwn(1)) }]],
  ['a field of 2,001 characters', [{ type: 'section', fields: [mrkdwn(2_001)] }]],
  ['no field in a list of fields', [{ type: 'section', fields: [] }]],
  ['a block id of 256 characters', [{ type: 'divider', block_id: 'x'.repeat(256) }]],
  ['11 context elements', [{ type: 'context', elements: times(11, mrkdwn(1)) }]],
  ['26 actions', [{ type: 'actions', elements: times(26, { type: 'button' }) }]],
  ['an image without alternative text', [{ type: 'image', image_url: 'https://x' }]],
  [
    'markdown of 12,001 characters together',
    [
      { type: 'markdown', text: 'x'.repeat(6_000) },
      { type: 'markdown', text: 'x'.repeat(6_001) },
    ],
  ],
  ['a block of no known type', [{ type: 'constructor' }]],
  ['a block that is no object', ['divider']],
  ['blocks that are no list', { type: 'divider' }],
] as const;

it.each(INVALID)('refuses %s', async (_, blocks) => {
  const { status, text } = await send({ text: 'x', blocks });

  expect([status, text]).toEqual([400, 'invalid_blocks']);
});

it('takes one message a second for as long as they come', async () => {
  for (let count = 0; count < 60; count += 1) {
    expect((await send({ text: 'x' })).status).toBe(200);
    clock.advance(1_000);
  }
});

it('takes a short burst, then says how many seconds to wait', async () => {
  const burst = [];
  for (let count = 0; count < 6; count += 1) burst.push(await send({ text: 'x' }));
  const last = burst.at(-1);
  clock.advance(1_000);
  const afterWaiting = await send({ text: 'x' });

  expect(burst.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
  expect(last?.text).toBe('rate_limited');
  expect(last?.headers.get('retry-after')).toBe('1');
  expect(afterWaiting.status).toBe(200);
});
