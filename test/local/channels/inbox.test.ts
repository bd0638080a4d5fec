import { createHmac } from 'node:crypto';

import { Webhook } from 'standardwebhooks';
import { createInbox, MAX_KEPT_MESSAGES } from '../../../local/channels/inbox.ts';
import { type ChannelsServer, startChannels } from '../../../local/channels/index.ts';
import { inboxPage, MAX_SHOWN_MESSAGES } from '../../../local/channels/page.ts';
import { type ManualClock, manualClock } from '../../../local/clock.ts';

let clock: ManualClock;
let channels: ChannelsServer;

beforeEach(async () => {
  clock = manualClock(Date.parse('2026-11-22T10:00:00Z'));
  channels = await startChannels({ clock });
});

afterEach(() => channels.close());

function sendSlack(payload: unknown, headers: Record<string, string> = {}) {
  const body = JSON.stringify(payload);
  return fetch(channels.slack.webhook, { method: 'POST', headers, body });
}

function sendDingtalk(title: string, text: string) {
  const { webhook, secret } = channels.dingtalk;
  const timestamp = clock.now();
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  return fetch(`${webhook}&timestamp=${timestamp}&sign=${encodeURIComponent(sign)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ msgtype: 'markdown', markdown: { title, text } }),
  });
}

function sendEvent(data: unknown, id = 'msg_1') {
  const { url, secret } = channels.webhook;
  const source = '//ecs-watch/main/cn-hangzhou';
  const envelope = { specversion: '1.0', id: `event of ${id}`, source, type: 'ecs-watch.changes' };
  const body = JSON.stringify({ ...envelope, data });
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/cloudevents+json',
      'webhook-id': id,
      'webhook-timestamp': String(clock.now() / 1_000),
      'webhook-signature': new Webhook(secret).sign(id, new Date(clock.now()), body),
    },
    body,
  });
}

async function page(): Promise<string> {
  return (await fetch(channels.url, { headers: { accept: 'text/html' } })).text();
}

it('remembers each message, its channel, its time, and its answer', async () => {
  await sendSlack({ text: 'first' }, { 'x-trace': 'abc' });
  clock.advance(1_500);
  await sendSlack({});

  expect(channels.inbox.list()).toEqual([
    expect.objectContaining({
      number: 1,
      channel: 'slack',
      at: '2026-11-22T10:00:00.000Z',
      method: 'POST',
      headers: expect.objectContaining({ 'x-trace': 'abc' }),
      body: '{"text":"first"}',
      text: 'first',
      accepted: true,
      outcome: { kind: 'answered', status: 200, body: 'ok' },
    }),
    expect.objectContaining({
      number: 2,
      at: '2026-11-22T10:00:01.500Z',
      accepted: false,
      outcome: { kind: 'answered', status: 400, body: 'no_text' },
    }),
  ]);
});

it('shows no header that authenticates the sender, and no token of an address', async () => {
  await sendSlack({ text: 'x' }, { authorization: 'Bearer top-secret', cookie: 'top-secret' });
  await sendDingtalk('title', 'text');

  const shown = JSON.stringify(channels.inbox.list());
  const token = new URL(channels.dingtalk.webhook).searchParams.get('access_token') ?? '';
  expect(shown).not.toContain('top-secret');
  expect(shown).not.toContain(token);
  expect(shown).not.toContain(channels.dingtalk.secret);
});

it('marks a message whose id was accepted before', async () => {
  await sendEvent({}, 'msg_1');
  await sendEvent({}, 'msg_2');
  await sendEvent({}, 'msg_1');

  expect(
    channels.inbox.list().map(({ webhookId, eventId, repeat }) => [webhookId, eventId, repeat]),
  ).toEqual([
    ['msg_1', 'event of msg_1', false],
    ['msg_2', 'event of msg_2', false],
    ['msg_1', 'event of msg_1', true],
  ]);
});

it('does not call it a repeat when the earlier tries were refused', async () => {
  channels.setFaults('webhook', [{ kind: 'answer', status: 503, times: 1 }]);

  await sendEvent({}, 'msg_1');
  await sendEvent({}, 'msg_1');

  expect(channels.inbox.list().map(({ accepted, repeat }) => [accepted, repeat])).toEqual([
    [false, false],
    [true, false],
  ]);
});

it('gives programs the messages as JSON, of all channels or of one', async () => {
  await sendSlack({ text: 'one' });
  await sendDingtalk('two', 'text');

  const all = await (await fetch(`${channels.url}/?format=json`)).json();
  const accept = { accept: 'application/json' };
  const some = await (await fetch(`${channels.url}/?channel=dingtalk`, { headers: accept })).json();

  expect(all).toEqual({ messages: channels.inbox.list() });
  expect(some).toEqual({ messages: channels.inbox.list('dingtalk') });
});

it('knows no channel of another name', async () => {
  const response = await fetch(`${channels.url}/?format=json&channel=pager`);

  expect(response.status).toBe(400);
});

it('forgets everything on DELETE', async () => {
  await sendSlack({ text: 'one' });

  const response = await fetch(channels.url, { method: 'DELETE' });

  expect(response.status).toBe(204);
  expect(channels.inbox.list()).toEqual([]);
});

it('shows people a page that refreshes itself, newest message first', async () => {
  await sendSlack({ text: 'the older one' });
  await sendSlack({ text: 'the newer one' });

  const html = await page();

  expect(html).toContain('<meta charset="utf-8">');
  expect(html).toContain('http-equiv="refresh"');
  expect(html.indexOf('the newer one')).toBeLessThan(html.indexOf('the older one'));
});

it('shows an event in one line that can be opened, and what a robot got as a chat shows it', async () => {
  await sendEvent({
    scope: 'main/cn-hangzhou',
    changes: [
      { instanceId: 'i-1', name: 'web-1', from: 'Running', to: 'Stopped' },
      { instanceId: 'i-2', from: null, to: 'Pending' },
    ],
  });
  await sendDingtalk('title', 'text');

  const [chat = '', event = ''] = (await page()).split('<article').slice(1);

  const summary =
    /^ class="accepted folded">\n<details><summary><b>Webhook<\/b>.*10:00:00.*<bdi>(?<line>.*)<\/bdi><\/summary>/u;
  expect(summary.exec(event)?.groups?.line).toBe(
    'ecs-watch.changes · main/cn-hangzhou · web-1: Running → Stopped · +1',
  );
  expect(chat).toMatch(/^ class="accepted">\n<header>/u);
});

it.each([
  ['?lang=zh', 'en', '原始请求', '钉钉'],
  ['', 'zh-CN,en;q=0.5', '原始请求', '钉钉'],
  ['?lang=en', 'zh-CN', 'as sent', 'DingTalk'],
])(
  'speaks by the address %j and Accept-Language %j one language',
  async (query, language, asSent, dingtalk) => {
    await sendDingtalk('title', 'text');

    const headers = { accept: 'text/html', 'accept-language': language };
    const html = await (await fetch(`${channels.url}/${query}`, { headers })).text();

    expect(html).toContain(`<summary>${asSent}</summary>`);
    expect(html).toContain(`<header><b>${dingtalk}</b>`);
    const others = ['原始请求', 'as sent', '钉钉', 'DingTalk', '收件箱 ·', 'Inbox ·'];
    for (const other of others.filter((text) => text !== asSent && text !== dingtalk)) {
      expect(html).not.toContain(other);
    }
  },
);

it('keeps so many messages and no more, and shows fewer on the page', () => {
  const inbox = createInbox();
  for (let number = 1; number <= MAX_KEPT_MESSAGES + 1; number += 1) {
    inbox.add({
      channel: 'webhook',
      at: '2026-11-22T10:00:00.000Z',
      method: 'POST',
      headers: {},
      body: '',
      text: '',
      accepted: true,
      outcome: { kind: 'reset' },
      webhookId: number === MAX_KEPT_MESSAGES + 1 ? '1' : String(number),
    });
  }

  const kept = inbox.list();
  expect(kept).toHaveLength(MAX_KEPT_MESSAGES);
  expect(kept.at(0)?.number).toBe(2);
  expect(kept.at(-1)).toMatchObject({ number: MAX_KEPT_MESSAGES + 1, repeat: true });
  expect(inboxPage(kept, { channel: null, language: 'en' }, 'UTC').match(/<article/g)).toHaveLength(
    MAX_SHOWN_MESSAGES,
  );
});

it('shows messages as a person would read them, in any language', async () => {
  await sendDingtalk('实例已停止', '#### 网站-1\n> Running → Stopped');
  await sendSlack({
    text: 'only the notification',
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: 'ECS stopped' } },
      { type: 'section', fields: [{ type: 'mrkdwn', text: 'a &lt;b&gt; &amp;amp;' }] },
      { type: 'context', elements: [{ type: 'mrkdwn', text: 'cn-hangzhou' }] },
    ],
  });
  await sendEvent({
    scope: 'main/cn-hangzhou',
    changes: [
      { instanceId: 'i-1', name: 'web-1', from: 'Running', to: 'Stopped' },
      { instanceId: 'i-2', from: null, to: 'Pending' },
      { instanceId: 'i-3', from: 'Stopped', to: null },
    ],
  });

  const texts = channels.inbox.list().map(({ text }) => text);
  const html = await page();

  expect(texts).toEqual([
    '实例已停止\n#### 网站-1\n> Running → Stopped',
    'ECS stopped\na <b> &amp;\ncn-hangzhou',
    [
      'ecs-watch.changes · main/cn-hangzhou',
      'web-1 (i-1): Running → Stopped',
      'i-2: (new) → Pending',
      'i-3: Stopped → (released)',
    ].join('\n'),
  ]);
  expect(html).toContain('<p class="heading heading-4">网站-1</p>');
  expect(html).toContain('only the notification');
});

it('escapes everything in a message', async () => {
  const attack = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>&lt;`;
  await sendSlack({ text: attack }, { 'x-attack': '</pre><script>alert(2)</script>' });
  await sendEvent({ scope: attack }, '<script>alert(3)</script>');

  const html = await page();

  // Its own, which reloads it.
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toContain('<img');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;');
});

it('shows what could not be read as it came', async () => {
  await fetch(channels.slack.webhook, { method: 'POST', body: 'not JSON' });

  expect(channels.inbox.list()[0]?.text).toBe('not JSON');
});

it('answers 404 wherever nothing is', async () => {
  expect((await fetch(`${channels.url}/favicon.ico`)).status).toBe(404);
});
