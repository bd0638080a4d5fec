import type { Message, Outcome } from '../../shared/core/message.ts';
import {
  aChange,
  aCommit,
  aMessage,
  aNote,
  MINUTE_MS,
  manyChanges,
  NOW_MS,
} from '../helpers/examples.ts';
import { HOSTILE_NAMES } from '../helpers/hostile-names.ts';
import { type Receivers, startReceivers } from '../helpers/receivers.ts';

const MESSAGE = aMessage([aCommit({ changes: [aChange({ name: 'web-1' })] })]);
/** Of the content, in UTF-8. */
const MAX_CONTENT_BYTES = 4_096;
const CONSOLE = 'https://ecs.console.alibabacloud.com/server';
/** At 120 ms of a second: 600 ms past the next minute. */
const NEXT_MINUTE_MS = Math.ceil(NOW_MS / MINUTE_MS) * MINUTE_MS + 600;

describe('a WeCom robot', () => {
  let receivers: Receivers;
  beforeAll(async () => {
    receivers = await startReceivers(NOW_MS);
  });
  beforeEach(() => receivers.clock.advance(NOW_MS - receivers.clock.now()));
  afterEach(() => receivers.reset());
  afterAll(() => receivers.server.close());

  it('shows a coloured title and a paragraph an instance', async () => {
    await send(
      aMessage([
        aCommit({ changes: [aChange({ name: 'web-1' }), aChange({ instanceId: 'i-2' })] }),
      ]),
    );

    expect(content().split('\n')).toEqual([
      '**<font color="warning">🔴 2 stopped: web-1, i-2 · cn-hangzhou</font>**',
      '',
      '🔴 **web-1** stopped (was running)',
      '> <font color="comment">cn-hangzhou · 10:04:00–10:05:01 UTC · i-bp1</font>',
      `> [Console](${CONSOLE}/i-bp1/detail?regionId=cn-hangzhou)`,
      '',
      '🔴 **i-2** stopped (was running)',
      '> <font color="comment">cn-hangzhou · 10:04:00–10:05:01 UTC</font>',
      `> [Console](${CONSOLE}/i-2/detail?regionId=cn-hangzhou)`,
    ]);
  });

  it.each([
    ['info', [aChange({ from: 'Stopped', to: 'Running' })]],
    ['comment', [aChange({ from: 'Stopped', to: 'Starting' })]],
  ])('has a title in the colour %s by what it says', async (colour, changes) => {
    await send(aMessage([aCommit({ changes })]));

    expect(content()).toMatch(new RegExp(`^\\*\\*<font color="${colour}">`, 'u'));
  });

  it.each<[number, string, object]>([
    [0, 'ok', { kind: 'delivered' }],
    [45009, 'api freq out of limit', { kind: 'throttled', untilMs: NEXT_MINUTE_MS }],
    [40058, 'markdown.content exceed max length 4096.', { kind: 'rejected', cause: 'payload' }],
    [93000, 'markdown.content exceed max length 4096.', { kind: 'rejected', cause: 'payload' }],
    [93000, '内容长度超过限制', { kind: 'rejected', cause: 'payload' }],
    [93000, 'invalid webhook url', { kind: 'rejected', cause: 'dead' }],
    [-1, 'system busy', { kind: 'retry', lost: false }],
    [987654, 'a code that is not documented', { kind: 'retry', lost: false }],
  ])('that answers %i (%s) inside HTTP 200 is understood', async (errcode, errmsg, expected) => {
    expect(await answered(JSON.stringify({ errcode, errmsg }))).toMatchObject(expected);
  });

  it.each(['', '<html>hello</html>', '{"errmsg":"ok"}', '{"errcode":"0"}', '[0]', 'null'])(
    'is not believed to have taken a message when HTTP 200 holds %j',
    async (body) => {
      expect(await answered(body)).toMatchObject({ kind: 'retry', lost: true, unmarked: true });
    },
  );

  it.each(['203.0.113.7', '2001:db8::7'])('names our address %s in no reason', async (address) => {
    const errmsg = `invalid webhook url, hint: [17], from ip: ${address}, more info at https://x`;

    const outcome = await answered(JSON.stringify({ errcode: 93000, errmsg }));

    expect(JSON.stringify(outcome)).not.toContain(address);
    expect(outcome).toMatchObject({
      reason:
        'errcode 93000 (the robot is gone, or WECOM_WEBHOOK is not its address): invalid webhook url, ' +
        'hint: [17], from ip: [address], more info at https://x',
    });
  });

  it('is never sent more bytes than it takes, and the last line counts what is left out', async () => {
    const names = ['支付网关', '𠮷𠮷𠮷', '<>&[]()', '👩‍👩‍👧‍👦', 'web-'];
    const changes = manyChanges(1_000, (index) => (names[index % names.length] ?? '').repeat(40));

    const outcome = await send(aMessage([aCommit({ changes })], { isRepeat: true }));

    expect(outcome).toEqual({ kind: 'delivered' });
    expect(Buffer.byteLength(content())).toBeLessThanOrEqual(MAX_CONTENT_BYTES);
    expect(countedInstances()).toBe(1_000);
  });

  it('gets a title that fits, whatever an instance is called', async () => {
    const flapping = ['A', 'B', 'C', 'D', 'E'].map((from, index) =>
      aCommit({
        seq: 12 + index,
        changes: [
          aChange({
            name: '👩‍👩‍👧‍👦'.repeat(64),
            from: from.repeat(60),
            to: 'BCDEF'.charAt(index).repeat(60),
          }),
        ],
      }),
    );

    expect(await send(aMessage(flapping))).toEqual({ kind: 'delivered' });
    expect(Buffer.byteLength(content().split('\n')[0] ?? '')).toBeLessThanOrEqual(650);
  });

  it('is sent only the essentials once it refused a message for its content', async () => {
    const changes = manyChanges(1_000, (index) => `支付网关-${index}`);

    await send(aMessage([aCommit({ changes })], { withoutUserText: true }));

    expect(Buffer.byteLength(content())).toBeLessThanOrEqual(1_000);
    expect(countedInstances()).toBe(1_000);
  });

  it('shows hostile names as text, in the lines and in the title', async () => {
    for (const name of HOSTILE_NAMES) {
      receivers.reset();
      const note = aNote(name);
      await send(aMessage([aCommit({ changes: [aChange({ name, note })] })]));

      const [title, empty, line, context, link, ...more] = content().split('\n');
      expect([empty, more]).toEqual(['', []]);
      expect(link).toBe(`> [Console](${CONSOLE}/i-bp1/detail?regionId=cn-hangzhou)`);
      const own = /<font color="\w+">|<\/font>|\*\*|^> /gu;
      const shown = [title, line, context].map((text) => text?.replace(own, ''));
      expect(shown.join('')).not.toMatch(/[<>&[\]*`@#|\p{Cc}\p{Cf}]|:\/\/|www\./iu);
    }
  });

  function send(message: Message): Promise<Outcome> {
    return receivers.channel('wecom').send(message);
  }

  function answered(body: string): Promise<Outcome> {
    receivers.setFaults('wecom', [{ kind: 'answer', status: 200, body }]);
    return send(MESSAGE);
  }

  function content(): string {
    return JSON.parse(receivers.received('wecom').at(-1)?.body ?? '').markdown.content;
  }

  /** Instances that the last message shows, or counts at its end. */
  function countedInstances(): number {
    const [, left = '0'] = /… and ([\d,]+) more\./u.exec(content()) ?? [];
    return (
      content()
        .split('\n')
        .filter((line) => line.startsWith('🔴 ')).length + Number(left.replace(',', ''))
    );
  }
});
