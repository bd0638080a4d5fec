import { type ChannelsServer, startChannels } from '../../../local/channels/index.ts';
import { type ManualClock, manualClock } from '../../../local/clock.ts';

const CARD = {
  type: 'AdaptiveCard',
  version: '1.4',
  body: [{ type: 'TextBlock', text: 'web-1 **stopped**', wrap: true }],
};

let clock: ManualClock;
let channels: ChannelsServer;

beforeEach(async () => {
  clock = manualClock(Date.parse('2026-11-22T10:00:00Z'));
  channels = await startChannels({ clock });
});
afterEach(() => channels.close());

it('accepts a card with an empty answer, and shows it', async () => {
  expect(await send(withCard(CARD))).toEqual({ status: 202, body: '', shown: true });
  expect(channels.inbox.list('teams')[0]?.text).toBe('web-1 **stopped**');
});

it.each([
  ['no attachments', { type: 'message' }],
  ['no JSON', 'hello'],
  ['a card without a version', withCard({ ...CARD, version: undefined })],
  ['an element that is not known', withCard({ ...CARD, body: [{ type: 'TextBlokk', text: 'x' }] })],
  [
    'a property that is not known',
    withCard({ ...CARD, body: [{ type: 'TextBlock', text: 'x', txt: 1 }] }),
  ],
  [
    'a colour that is not known',
    withCard({ ...CARD, body: [{ type: 'TextBlock', text: 'x', color: 'red' }] }),
  ],
  ['a block without its text', withCard({ ...CARD, body: [{ type: 'TextBlock' }] })],
  ['a property of a card that is not known', withCard({ ...CARD, title: 'x' })],
  ['a mention of a person that it cannot know', withCard(mentioning('13800000000'))],
  [
    'a mention that is not in the text',
    withCard({ ...mentioning('a@example.com'), body: CARD.body }),
  ],
  [
    'more than Teams makes 28 KB of',
    withCard({ ...CARD, body: [{ type: 'TextBlock', text: 'x'.repeat(24_300) }] }),
  ],
])('accepts %s as well, and shows nothing of it', async (_what, message) => {
  expect(await send(message)).toEqual({ status: 202, body: '', shown: false });
});

it('shows the people that a card mentions', async () => {
  expect(await send(withCard(mentioning('a@example.com')))).toMatchObject({ shown: true });
});

it('refuses another signature, and knows no other workflow', async () => {
  const { webhook } = channels.teams;

  expect(await send(withCard(CARD), `${webhook}0`)).toMatchObject({ status: 401 });
  expect(await send(withCard(CARD), webhook.replace('000', '001'))).toMatchObject({ status: 404 });
});

it('takes four requests in any second', async () => {
  for (let count = 0; count < 4; count += 1) await send(withCard(CARD));

  expect(await send(withCard(CARD))).toMatchObject({ status: 429, shown: false });
  clock.advance(1_000);
  expect(await send(withCard(CARD))).toMatchObject({ status: 202, shown: true });
});

function withCard(content: object): object {
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

function mentioning(id: string): object {
  const text = '<at>Mei</at>';
  const entities = [{ type: 'mention', text, mentioned: { id, name: 'Mei' } }];
  return { ...CARD, body: [{ type: 'TextBlock', text }], msteams: { entities } };
}

async function send(message: unknown, url: string = channels.teams.webhook) {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', body, headers });
  const shown = channels.inbox.list('teams').at(-1)?.accepted;
  return { status: answer.status, body: await answer.text(), shown };
}
