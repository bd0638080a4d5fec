import type { Message, Outcome } from '../../shared/core/message.ts';
import { aChange, aCommit, aMessage, aNote, manyChanges, NOW_MS } from '../helpers/examples.ts';
import { HOSTILE_NAMES } from '../helpers/hostile-names.ts';
import { withServer } from '../helpers/http-server.ts';
import { type Receivers, startReceivers } from '../helpers/receivers.ts';

const MESSAGE = aMessage([aCommit({ changes: [aChange({ name: 'web-1' })] })]);

describe('a Slack hook', () => {
  let receivers: Receivers;
  beforeAll(async () => {
    receivers = await startReceivers(NOW_MS);
  });
  afterEach(() => receivers.reset());
  afterAll(() => receivers.server.close());

  it('shows a header and one line an instance, in text where nothing acts', async () => {
    await send(
      aMessage([
        aCommit({ changes: [aChange({ name: 'a & b' }), aChange({ instanceId: 'i-bp2' })] }),
      ]),
    );

    const title = '🔴 2 stopped: a & b, i-bp2 · cn-hangzhou';
    const plain = (text: string) => ({ type: 'plain_text', emoji: false, text });
    const console = (id: string) => ({
      type: 'mrkdwn',
      text: `<https://ecs.console.alibabacloud.com/server/${id}/detail?regionId=cn-hangzhou|Console>`,
    });
    const context = 'cn-hangzhou · 10:04:00–10:05:01 UTC';
    expect(payload()).toEqual({
      text: '🔴 2 stopped: a &amp; b, i-bp2 · cn-hangzhou',
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        { type: 'header', text: plain(title) },
        { type: 'section', text: plain('🔴 a & b  stopped (was running)') },
        { type: 'context', elements: [plain(`${context} · i-bp1`), console('i-bp1')] },
        { type: 'section', text: plain('🔴 i-bp2  stopped (was running)') },
        { type: 'context', elements: [plain(context), console('i-bp2')] },
      ],
    });
  });

  it.each([
    [400, 'invalid_payload', { kind: 'rejected', cause: 'payload' }],
    [400, 'no_text', { kind: 'rejected', cause: 'payload' }],
    [400, 'invalid_blocks', { kind: 'rejected', cause: 'payload' }],
    [400, 'too_many_attachments', { kind: 'rejected', cause: 'payload' }],
    [400, 'user_not_found', { kind: 'rejected', cause: 'config' }],
    [
      403,
      'action_prohibited',
      { kind: 'rejected', cause: 'config', reason: 'HTTP 403: action_prohibited' },
    ],
    [403, '<html>Forbidden</html>', { kind: 'rejected', cause: 'config', reason: 'HTTP 403' }],
    [403, 'posting_to_general_channel_denied', { kind: 'rejected', cause: 'config' }],
    [403, 'invalid_token', { kind: 'rejected', cause: 'dead' }],
    [403, 'no_team', { kind: 'rejected', cause: 'dead' }],
    [403, 'team_disabled', { kind: 'rejected', cause: 'dead' }],
    [404, 'channel_not_found', { kind: 'rejected', cause: 'dead' }],
    [404, 'no_service', { kind: 'rejected', cause: 'dead' }],
    [404, 'no_service_id', { kind: 'rejected', cause: 'dead' }],
    [410, 'channel_is_archived', { kind: 'rejected', cause: 'dead' }],
    [500, 'rollup_error', { kind: 'retry', lost: false, reason: 'HTTP 500: rollup_error' }],
    [503, 'anything', { kind: 'retry', lost: false }],
    [200, '<html>hello</html>', { kind: 'retry', lost: true, unmarked: true }],
    [200, '', { kind: 'retry', lost: true, unmarked: true }],
    [200, '{"ok":true}', { kind: 'retry', lost: true, unmarked: true }],
    [200, '{"success":true}', { kind: 'delivered' }],
    [200, '{"success":false}', { kind: 'retry', lost: true, unmarked: true }],
    [202, 'ok', { kind: 'retry', lost: true, unmarked: true }],
    [200, 'ok\n', { kind: 'delivered' }],
  ])('that answers HTTP %i with %s is understood', async (status, body, expected) => {
    receivers.server.setFaults('slack', [{ kind: 'answer', status, body }]);

    expect(await send(MESSAGE)).toMatchObject(expected);
  });

  it.each(['workflows', 'triggers'])(
    'that is one of its %s confirms with nothing',
    async (path) => {
      const workflow = async (base: string): Promise<void> => {
        const channel = receivers.channel('slack', { address: `${base}/${path}/T0/A0/1/x` });
        expect(await channel.send(MESSAGE)).toEqual({ kind: 'delivered' });
      };
      await withServer((_request, response) => void response.end(), workflow);
    },
  );

  it('is obeyed when it says to come slower', async () => {
    const outcomes: Outcome[] = [];
    for (let count = 0; count < 6; count += 1) outcomes.push(await send(MESSAGE));

    expect(outcomes.at(-1)).toEqual({
      kind: 'throttled',
      reason: 'HTTP 429: rate_limited',
      untilMs: receivers.clock.now() + 1_000,
    });
  });

  it('is never sent more than it takes, and the totals count what is left out', async () => {
    const names = ['支付网关', '𠮷𠮷𠮷', '&<>', '"\\', 'x'];
    const changes = manyChanges(1_000, (index) => (names[index % names.length] ?? '').repeat(40));

    const outcome = await send(aMessage([aCommit({ changes })], { isRepeat: true }));

    expect(outcome).toEqual({ kind: 'delivered' });
    expect(texts().length).toBeLessThanOrEqual(50);
    expect(texts()[0]?.length).toBeLessThanOrEqual(150);
    for (const text of texts()) expect(text.length).toBeLessThanOrEqual(3_000);
    expect(countedInstances()).toBe(1_000);
  });

  it('is sent only the essentials once it refused a message for its content', async () => {
    await send(aMessage([aCommit({ changes: manyChanges(1_000) })], { withoutUserText: true }));

    expect(texts().length).toBeLessThanOrEqual(5);
    expect(countedInstances()).toBe(1_000);
  });

  it('gets a title that fits, whatever an instance is called', async () => {
    const name = '𠮷'.repeat(64);
    const flapping = ['A', 'B', 'C', 'D', 'E'].map((from, index) =>
      aCommit({
        seq: 12 + index,
        changes: [aChange({ name, from: from.repeat(60), to: 'BCDEF'.charAt(index).repeat(60) })],
      }),
    );

    expect(await send(aMessage(flapping))).toEqual({ kind: 'delivered' });
    expect(texts()[0]?.length).toBeLessThanOrEqual(150);
  });

  it('shows hostile names as text, in the lines and in the title', async () => {
    for (const name of HOSTILE_NAMES) {
      receivers.reset();
      const note = aNote(name);
      await send(aMessage([aCommit({ changes: [aChange({ name, note })] })]));

      const { text, blocks } = payload();
      expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/u);
      expect(text).not.toContain('\n');
      const objects = blocks.flatMap(({ text: own, elements = [] }) =>
        [own ?? [], elements].flat(),
      );
      const links = objects.filter(({ type }) => type === 'mrkdwn');
      expect(links).toEqual([
        { type: 'mrkdwn', text: expect.stringMatching(/^<https:[^<>|]+\|Console>$/u) },
      ]);
      const shown = objects.filter((object) => !links.includes(object));
      for (const object of shown)
        expect(object).toMatchObject({ type: 'plain_text', emoji: false });
      const lines = shown.map((object) => object.text);
      expect(lines).toHaveLength(3);
      expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(`${text} ${lines}`).not.toMatch(/:\/\/|www\./iu);
      expect(lines[1]?.match(/[→➜🔴⚫]/gu)).toEqual(['🔴']);
    }
  });

  function send(message: Message): Promise<Outcome> {
    return receivers.channel('slack').send(message);
  }

  function payload(): Payload {
    return JSON.parse(receivers.received('slack').at(-1)?.body ?? '');
  }

  /** The header and the sections. */
  function texts(): readonly string[] {
    return payload().blocks.flatMap(({ text }) => text?.text ?? []);
  }

  /** Instances that the last message shows, or counts at its end. */
  function countedInstances(): number {
    const text = texts().slice(1).join('\n');
    const shown = text.split('\n').filter((line) => line.startsWith('🔴 ')).length;
    const [, left = '0'] = /… and ([\d,]+) more\./u.exec(text) ?? [];
    return shown + Number(left.replace(',', ''));
  }
});

interface Payload {
  readonly text: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly text?: TextObject;
    readonly elements?: readonly TextObject[];
  }[];
}

interface TextObject {
  readonly type: string;
  readonly text: string;
}
