import { type ChannelsServer, startChannels } from '../../../local/channels/index.ts';
import { type ManualClock, manualClock } from '../../../local/clock.ts';

const MARKDOWN = { msgtype: 'markdown', markdown: { content: '**web-1** stopped' } };

let clock: ManualClock;
let channels: ChannelsServer;

beforeEach(async () => {
  clock = manualClock(Date.parse('2026-11-22T10:00:00Z'));
  channels = await startChannels({ clock });
});
afterEach(() => channels.close());

it('answers ok to a message with its key', async () => {
  expect(await send(MARKDOWN)).toEqual({ errcode: 0, errmsg: 'ok' });
});

it('knows no robot of another key, and names the address of the sender', async () => {
  const answer = await send(MARKDOWN, `${channels.wecom.webhook}0`);

  expect(answer).toEqual({
    errcode: 93000,
    errmsg: expect.stringMatching(/^invalid webhook url, .* from ip: 203\.0\.113\.7/u),
  });
});

it.each([
  ['markdown', 4_096],
  ['markdown_v2', 4_096],
  ['text', 2_048],
])('measures a %s in UTF-8 bytes, and takes exactly %i', async (type, maxBytes) => {
  const fitting = '云'.repeat(Math.floor(maxBytes / 3)).padEnd(maxBytes / 3 + (maxBytes % 3), 'x');
  const content = `${fitting}${'x'.repeat(maxBytes - Buffer.byteLength(fitting))}`;

  expect(await send({ msgtype: type, [type]: { content } })).toMatchObject({ errcode: 0 });
  expect(await send({ msgtype: type, [type]: { content: `${content}x` } })).toEqual({
    errcode: 40058,
    errmsg: expect.stringContaining(`${type}.content exceed max length ${maxBytes}.`),
  });
});

it.each([
  ['no JSON', 'hello'],
  ['no content', { msgtype: 'markdown', markdown: {} }],
  ['an empty content', { msgtype: 'text', text: { content: '' } }],
  ['a type that is unknown', { msgtype: 'constructor' }],
])('refuses %s', async (_what, message) => {
  expect(await send(message)).toMatchObject({ errcode: 40058 });
});

it('takes twenty messages in any minute, and is not mute after one more', async () => {
  for (let count = 0; count < 20; count += 1) {
    expect(await send(MARKDOWN)).toMatchObject({ errcode: 0 });
    clock.advance(2_000);
  }

  expect(await send(MARKDOWN)).toMatchObject({ errcode: 45009 });
  clock.advance(20_000);
  expect(await send(MARKDOWN)).toMatchObject({ errcode: 0 });
});

async function send(message: unknown, url: string = channels.wecom.webhook): Promise<unknown> {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  return (await fetch(url, { method: 'POST', body })).json();
}
