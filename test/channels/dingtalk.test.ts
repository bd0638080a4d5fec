import { createHmac } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { dingtalk } from '../../shared/channels/dingtalk.ts';
import { createChannel } from '../../shared/channels/index.ts';
import type { Message, Outcome } from '../../shared/core/message.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import {
  aChange,
  aCommit,
  aMessage,
  aNote,
  MINUTE_MS,
  manyChanges,
  NOW_MS,
  WORDING,
} from '../helpers/examples.ts';
import { HOSTILE_NAMES } from '../helpers/hostile-names.ts';
import { withServer } from '../helpers/http-server.ts';
import { type Receivers, startReceivers } from '../helpers/receivers.ts';

const MESSAGE = aMessage([aCommit({ changes: [aChange({ name: 'web-1' })] })]);
/** What the robot takes, of a whole request. */
const MAX_BODY_BYTES = 20_000;

const MUTED = { kind: 'throttled' };

describe('a DingTalk robot', () => {
  let receivers: Receivers;
  beforeAll(async () => {
    receivers = await startReceivers(NOW_MS);
  });
  afterEach(() => receivers.reset());
  afterAll(() => receivers.server.close());

  it('shows a title and one line an instance', async () => {
    await send(
      aMessage([
        aCommit({
          changes: [aChange({ name: 'web-1' }), aChange({ instanceId: 'i-bp2', to: null })],
        }),
      ]),
    );

    const title = '🔴 web-1 stopped · 🔴 i-bp2 released';
    const console = 'https://ecs.console.alibabacloud.com/server/i-bp1/detail?regionId=cn-hangzhou';
    expect(bodies()).toEqual([
      {
        msgtype: 'markdown',
        markdown: {
          title,
          text: [
            `#### ${title}`,
            '- 🔴 **web-1** stopped (was running)  ',
            '  cn-hangzhou · 10:04:00–10:05:01 UTC · i-bp1  ',
            `  [Console](${console})`,
            '- 🔴 **i-bp2** released (was running)  ',
            '  cn-hangzhou · 10:04:00–10:05:01 UTC',
          ].join('\n'),
        },
      },
    ]);
  });

  it('speaks Chinese, and links to the view, where the configuration says so', async () => {
    const wording = {
      ...WORDING,
      language: 'zh',
      timeZone: 'Asia/Shanghai',
      viewUrl: 'https://ecs.example.com',
    } as const;
    const changes = manyChanges(12, (index) => `支付网关-${index}`);

    await receivers.channel('dingtalk', { wording }).send(aMessage([aCommit({ changes })]));

    expect(textSent()).toContain(
      '#### 🔴 12 台已停止：支付网关-0、支付网关-1、支付网关-2 … · cn-hangzhou\n',
    );
    expect(textSent()).toContain('- 🔴 **支付网关-0** 已停止（此前运行中）  \n');
    expect(textSent()).toMatch(
      /\n- 📋 …… 另有 2 条未列出。合计：12 台已停止。 {2}\n {2}\[全部实例\]\(https:\/\/ecs\.example\.com\/\)$/u,
    );
  });

  it('is sent the signature of the documentation, made for each attempt', async () => {
    const secret = `SEC${'0'.repeat(61)}abc`;
    const times = [1_577_262_236_757, 1_577_262_237_757];

    const addresses = await recorded(async (base) => {
      for (const nowMs of times) {
        const robot = dingtalk.create({
          name: 'dingtalk',
          settings: { webhook: `${base}/robot/send?access_token=ab12`, secret },
          wording: WORDING,
          allowPrivate: true,
          now: () => nowMs,
          redact: (text) => text,
        });
        await robot.send(MESSAGE);
      }
    });

    expect(addresses[0]).toBe(
      '/robot/send?access_token=ab12&timestamp=1577262236757' +
        '&sign=bykuIIvx2AAucCW4nKBb6KgnZjLC2Ul0%2Fi6k5XotO%2Fs%3D',
    );
    const second = new URL(addresses[1] ?? '', 'http://localhost').searchParams;
    expect(second.get('sign')).toBe(
      createHmac('sha256', secret).update(`${times[1]}\n${secret}`).digest('base64'),
    );
  });

  it('is sent no signature where it has no secret', async () => {
    const outcome = await receivers.channel('dingtalk', { unsigned: true }).send(MESSAGE);

    // This robot wants one.
    expect(outcome).toMatchObject({ kind: 'rejected', cause: 'config' });
  });

  it.each([
    [-1, '系统繁忙', { kind: 'retry', lost: false }],
    [130101, 'send too fast, exceed 20 times per minute', MUTED],
    [410100, '发送速度太快而限流', MUTED],
    [300001, 'token is not exist', { kind: 'rejected', cause: 'dead' }],
    [300005, 'token is not exist', { kind: 'rejected', cause: 'dead' }],
    [400101, 'token is not exist', { kind: 'rejected', cause: 'dead' }],
    [400013, '群已被解散', { kind: 'rejected', cause: 'dead' }],
    [400102, '机器人已停用', { kind: 'rejected', cause: 'dead' }],
    [400106, '机器人不存在', { kind: 'rejected', cause: 'dead' }],
    [40035, '缺少参数 json', { kind: 'rejected', cause: 'payload' }],
    [43004, '无效的HTTP HEADER Content-Type', { kind: 'rejected', cause: 'payload' }],
    [400105, 'unsupported msgtype', { kind: 'rejected', cause: 'payload' }],
    [430101, '包含不安全的外链', { kind: 'rejected', cause: 'payload' }],
    [430102, '包含不合适的文本', { kind: 'rejected', cause: 'payload' }],
    [430103, '包含不合适的图片', { kind: 'rejected', cause: 'payload' }],
    [430104, '包含不合适的内容', { kind: 'rejected', cause: 'payload' }],
    [460101, 'message too long, exceed 20000 bytes', { kind: 'rejected', cause: 'payload' }],
    [101002, 'message is too long', { kind: 'rejected', cause: 'payload' }],
    [987654, 'a code that is not documented', { kind: 'retry', lost: false }],
  ])('that answers %i (%s) inside HTTP 200 is understood', async (errcode, errmsg, expected) => {
    const outcome = await answered(JSON.stringify({ errcode, errmsg }));

    const isDead = 'cause' in expected && expected.cause === 'dead';
    const advice = isDead
      ? ' (the robot or its group is gone, or DINGTALK_WEBHOOK is not its address)'
      : '';
    expect(outcome).toMatchObject({
      ...expected,
      reason: `errcode ${errcode}${advice}: ${errmsg}`,
    });
    if (outcome.kind === 'throttled') {
      expect(outcome.untilMs).toBe(receivers.clock.now() + 10 * MINUTE_MS);
    }
  });

  it.each([
    ['keywords not in content', 'DINGTALK_KEYWORD', 1],
    ['description:关键词不匹配;solution:请在发送的信息中包含此关键词;', 'DINGTALK_KEYWORD', 1],
    ['ip 192.0.2.1 not in whitelist', 'IP addresses', 1],
    ['description:机器人发送IP不在白名单;solution:请加入白名单;', 'IP addresses', 1],
    ['invalid timestamp, more: [https://ding-doc.dingtalk.com/doc]', 'clock', 2],
    [
      'description:机器人发送签名过期;solution:签名生成时间和发送时间请保持在timestampms以内;',
      'clock',
      2,
    ],
    ['sign not match', 'DINGTALK_SECRET', 2],
    [
      'description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中;',
      'DINGTALK_SECRET',
      2,
    ],
    ['description:一种新的错误;solution:无;', 'errcode 310000: description', 2],
  ])(
    'that refuses (%s) waits for a person, with advice about %s',
    async (errmsg, advice, attempts) => {
      const outcome = await answered(JSON.stringify({ errcode: 310000, errmsg }));

      expect(outcome).toMatchObject({ kind: 'rejected', cause: 'config' });
      expect(outcome).toMatchObject({ reason: expect.stringContaining(advice) });
      expect(outcome).toMatchObject({ reason: expect.stringContaining(errmsg) });
      expect(receivers.received('dingtalk')).toHaveLength(attempts);
    },
  );

  it('that wants a signature, of messages that have none, asks for its secret', async () => {
    const configured = receivers.configured('dingtalk');
    const { secret: _secret, ...settings } = configured.settings;

    expect(await receivers.channelOf({ ...configured, settings }).send(MESSAGE)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringMatching(/^errcode 310000 \(the robot wants .*DINGTALK_SECRET/u),
    });
  });

  it('that finds a timestamp too old gets a fresh one at once, and only once', async () => {
    const body = JSON.stringify({ errcode: 310000, errmsg: 'invalid timestamp' });
    receivers.server.setFaults('dingtalk', [{ kind: 'answer', status: 200, body, times: 1 }]);

    expect(await send(MESSAGE)).toEqual({ kind: 'delivered' });
    expect(receivers.received('dingtalk').map(({ accepted }) => accepted)).toEqual([false, true]);
  });

  it('is asked once a day while its quota is used up: at midnight in China', async () => {
    const outcome = await answered(JSON.stringify({ errcode: 90030, errmsg: 'over limit' }));

    expect(outcome).toMatchObject({ reason: expect.stringContaining('quota') });
    const { untilMs = 0 } = outcome as { untilMs?: number };
    expect(new Date(untilMs).toISOString()).toBe('2026-11-22T16:00:00.000Z');
  });

  it('gets its keyword as the last paragraph of each message, and not in the push text', async () => {
    const guarded = await startReceivers(NOW_MS, { settings: { dingtalk: { keyword: '[报警]' } } });
    const without = withoutKeyword(guarded);

    expect(await guarded.channel('dingtalk').send(MESSAGE)).toEqual({ kind: 'delivered' });
    expect(await without.send(MESSAGE)).toMatchObject({
      kind: 'rejected',
      cause: 'config',
      reason: expect.stringContaining('DINGTALK_KEYWORD'),
    });
    const { markdown } = JSON.parse(guarded.received('dingtalk')[0]?.body ?? '');
    expect(markdown.text).toMatch(/\)\n\n\[报警\]$/u);
    expect(markdown.title).not.toContain('报警');
    await guarded.server.close();
  });

  it.each([[43002, 'require POST method', { kind: 'rejected', cause: 'payload' }]])(
    'that answers %i (%s) inside HTTP 200 is understood',
    async (errcode, errmsg, expected) => {
      expect(await answered(JSON.stringify({ errcode, errmsg }))).toMatchObject(expected);
    },
  );

  it.each([
    ['a proxy page', '<html>hello</html>'],
    ['nothing', ''],
    ['no code', '{"errmsg":"ok"}'],
    ['a code in words', '{"errcode":"0"}'],
    ['a list', '[0]'],
    ['null', 'null'],
  ])('is not believed to have taken a message when HTTP 200 holds %s', async (_what, body) => {
    expect(await answered(body)).toMatchObject({ kind: 'retry', lost: true, unmarked: true });
  });

  it('cannot act on the terminal that shows what it answered', async () => {
    const errmsg = '\u001b[31mred\u202e and \ud800';

    const { reason } = (await answered(JSON.stringify({ errcode: 310000, errmsg }))) as {
      reason?: string;
    };

    expect(reason).toBe('errcode 310000: [31mred and');
  });

  it('is never sent more than it takes, and the totals count what is left out', async () => {
    const names = ['支付网关', '𠮷𠮷𠮷', '\\"', '[]()!@<>*`#|', '订单服务-'];
    const changes = manyChanges(1_000, (index) => (names[index % names.length] ?? '').repeat(40));

    const outcome = await send(aMessage([aCommit({ changes })], { isRepeat: true }));

    expect(outcome).toEqual({ kind: 'delivered' });
    expect(Buffer.byteLength(sent())).toBeLessThanOrEqual(MAX_BODY_BYTES);
    expect(countedInstances()).toBe(1_000);
  });

  it('is never sent more than it takes when every character has to be escaped', async () => {
    const changes = manyChanges(1_000, () => '\\"'.repeat(32));

    const outcome = await send(aMessage([aCommit({ changes })]));

    expect(outcome).toEqual({ kind: 'delivered' });
    expect(Buffer.byteLength(sent())).toBeLessThanOrEqual(MAX_BODY_BYTES);
    expect(countedInstances()).toBe(1_000);
  });

  it('is sent only the essentials once it refused a message for its content', async () => {
    const changes = manyChanges(1_000, (index) => `支付网关-${index}`);

    await send(aMessage([aCommit({ changes })], { withoutUserText: true }));

    expect(Buffer.byteLength(textSent())).toBeLessThanOrEqual(1_500);
    expect(countedInstances()).toBe(1_000);
  });

  it.each(HOSTILE_NAMES)('shows the name %j as text, and nothing else', async (name) => {
    const note = aNote(name);
    const changes = [aChange({ name, note }), aChange({ instanceId: 'i-bp2', name, note })];
    await send(aMessage([aCommit({ changes })]));

    const [heading = '', ...lines] = textSent().split('\n');
    expect(heading).toMatch(/^#### 🔴 2 stopped: /u);
    expect(lines).toHaveLength(6);
    for (const line of [heading.replace(/^#### 🔴 /u, ''), ...lines]) {
      const shown = line
        .replace(/^- 🔴 \*\*(.*)\*\* stopped \(was running\) {2}$/u, '$1')
        .replace(/^ {2}\[Console\]\(https:\/\/ecs\.console\.alibabacloud\.com\/[\w/?=-]+\)$/u, '');
      expect(shown).not.toMatch(/[[\]!@<>*`#|\p{Cc}\p{Cf}]/u);
      expect(shown).not.toMatch(/:\/\/|www\.|[→➜🔴⚫]/iu);
    }
  });

  it('shows a hostile name in a title as text', async () => {
    for (const name of HOSTILE_NAMES) {
      await send(aMessage([aCommit({ changes: [aChange({ name })] })]));
      receivers.clock.advance(MINUTE_MS);

      const [heading = '', ...lines] = textSent().split('\n');
      expect(lines).toHaveLength(3);
      expect(heading.replace('#### ', '')).not.toMatch(/[[\]!@<>*`#|\p{Cc}\p{Cf}]/u);
    }
  });

  it('shows what ECS said as text, in a status and in a notice', async () => {
    const hostile = '[click](http://evil.example) @all\n# heading';
    const notice = {
      kind: 'scans-failing',
      failures: 3,
      sinceMs: NOW_MS,
      reason: hostile,
    } as const;

    await send(aMessage([aCommit({ changes: [aChange({ to: hostile })] }), aCommit({ notice })]));

    const lines = textSent().split('\n');
    expect(lines).toHaveLength(6);
    const shown = lines.filter((line) => !line.startsWith('  [Console]'));
    expect(shown.join('\n').replace('#### ', '').replaceAll('**', '')).not.toMatch(/[[\]@#]/u);
  });

  function send(message: Message): Promise<Outcome> {
    return receivers.channel('dingtalk').send(message);
  }

  function answered(body: string): Promise<Outcome> {
    receivers.server.setFaults('dingtalk', [{ kind: 'answer', status: 200, body }]);
    return send(MESSAGE);
  }

  function sent(): string {
    return receivers.received('dingtalk').at(-1)?.body ?? '';
  }

  function bodies(): readonly unknown[] {
    return receivers.received('dingtalk').map(({ body }) => JSON.parse(body));
  }

  function textSent(): string {
    return JSON.parse(sent()).markdown.text;
  }

  /** Instances that the last message shows, or counts at its end. */
  function countedInstances(): number {
    const text = textSent();
    const shown = text.split('\n').filter((line) => line.startsWith('- 🔴')).length;
    const [, left = '0'] = /… and ([\d,]+) more\./u.exec(text) ?? [];
    return shown + Number(left.replace(',', ''));
  }
});

/** A channel that does not know the keyword. */
function withoutKeyword(receivers: Receivers): Channel {
  const { keyword: _keyword, ...settings } = receivers.configured('dingtalk').settings;
  const redact = (text: string): string => text;
  const configured = { name: 'dingtalk', kind: 'dingtalk', settings };
  return createChannel(configured, {
    wording: WORDING,
    allowPrivate: true,
    now: receivers.clock.now,
    redact,
  });
}

/** The paths and queries that were posted to while `post` ran. */
async function recorded(post: (base: string) => Promise<void>): Promise<readonly string[]> {
  const addresses: string[] = [];
  const answer: RequestListener = (request, response) => {
    addresses.push(request.url ?? '');
    response.end('{"errcode":0}');
  };
  await withServer(answer, post);
  return addresses;
}
