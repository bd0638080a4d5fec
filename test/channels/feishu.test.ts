import { createHmac } from 'node:crypto';
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
/** Of a whole request: "20 KB" in the stricter reading. */
const MAX_BODY_BYTES = 20_000;
/** At 120 ms of a second: 600 ms past the next minute. */
const NEXT_MINUTE_MS = Math.ceil(NOW_MS / MINUTE_MS) * MINUTE_MS + 600;

const PAYLOAD = { kind: 'rejected', cause: 'payload' };
const CONFIG = { kind: 'rejected', cause: 'config' };

describe('a Feishu bot', () => {
  let receivers: Receivers;
  beforeEach(async () => {
    receivers = await startReceivers(NOW_MS);
  });
  afterEach(() => receivers.server.close());

  it('shows a card of version 1.0 with a coloured header and one element an instance', async () => {
    const outcome = await send(
      aMessage([
        aCommit({ changes: [aChange({ name: 'web-1' }), aChange({ instanceId: 'i-2' })] }),
      ]),
    );

    expect(outcome).toEqual({ kind: 'delivered' });
    expect(sent().msg_type).toBe('interactive');
    expect(sent().card).toEqual({
      config: { wide_screen_mode: true },
      header: {
        template: 'red',
        title: { tag: 'plain_text', content: '🔴 2 stopped: web-1, i-2 · cn-hangzhou' },
      },
      elements: [
        {
          tag: 'div',
          text: {
            tag: 'plain_text',
            content: '🔴 web-1  stopped (was running)\ncn-hangzhou · 10:04:00–10:05:01 UTC · i-bp1',
          },
        },
        linkTo('i-bp1'),
        {
          tag: 'div',
          text: {
            tag: 'plain_text',
            content: '🔴 i-2  stopped (was running)\ncn-hangzhou · 10:04:00–10:05:01 UTC',
          },
        },
        linkTo('i-2'),
      ],
    });
  });

  it.each([
    ['red', [aChange({ to: 'Running' }), aChange({ instanceId: 'i-2', to: 'Stopped' })]],
    ['green', [aChange({ from: 'Stopped', to: 'Running' })]],
    ['blue', [aChange({ from: 'Stopped', to: 'Starting' })]],
  ])('has a %s header by what it says', async (colour, changes) => {
    await send(aMessage([aCommit({ changes })]));

    expect(sent().card.header.template).toBe(colour);
  });

  it('is sent the signature of the documentation, in seconds and in the body', async () => {
    await send(MESSAGE);

    const { timestamp, sign } = sent();
    const secret = receivers.server.feishu.secret;
    expect(timestamp).toBe(String(Math.floor(NOW_MS / 1_000)));
    expect(sign).toBe(createHmac('sha256', `${timestamp}\n${secret}`).digest('base64'));
  });

  it('is sent no signature where it has no secret', async () => {
    const outcome = await receivers.channel('feishu', { unsigned: true }).send(MESSAGE);

    // This bot wants one.
    expect(outcome).toMatchObject(CONFIG);
    expect(sent()).not.toHaveProperty('sign');
  });

  it.each<[number, number, string, object]>([
    [200, 0, 'success', { kind: 'delivered' }],
    [200, 11232, 'frequency limited psm[x]', { kind: 'throttled', untilMs: NEXT_MINUTE_MS }],
    [400, 9499, 'too many request', { kind: 'throttled', untilMs: NEXT_MINUTE_MS }],
    [429, 99991400, 'request trigger frequency limit', { kind: 'throttled' }],
    [400, 9499, 'Bad Request', PAYLOAD],
    [200, 9499, 'Bad Request', PAYLOAD],
    [200, 19002, 'params error, msg_type need', PAYLOAD],
    [200, 19001, 'incoming webhook access token invalid', { kind: 'rejected', cause: 'dead' }],
    [200, 19021, 'sign match fail or timestamp is not within one hour', CONFIG],
    [200, 19022, 'Ip Not Allowed', CONFIG],
    [200, 19024, 'Key Words Not Found', CONFIG],
    [200, 987654, 'a code that is not documented', { kind: 'retry', lost: false }],
    [400, 987654, 'not documented', { ...CONFIG, reason: 'HTTP 400: code 987654: not documented' }],
    [403, 987654, 'not documented', { ...CONFIG, reason: 'HTTP 403: code 987654: not documented' }],
    [500, 0, 'success', { kind: 'retry', lost: false }],
    [400, 0, 'success', CONFIG],
  ])('that answers HTTP %i with %i (%s) is understood', async (status, code, msg, expected) => {
    expect(await answered(status, JSON.stringify({ code, msg }))).toMatchObject(expected);
  });

  it('has confirmed a message in the words of old endpoints, too', async () => {
    const body = '{"Extra":null,"StatusCode":0,"StatusMessage":"success"}';

    expect(await answered(200, body)).toEqual({ kind: 'delivered' });
  });

  it.each(['', '<html>hello</html>', '{"msg":"success"}', '{"code":"0"}', '[0]', 'null'])(
    'is not believed to have taken a message when HTTP 200 holds %j',
    async (body) => {
      expect(await answered(200, body)).toMatchObject({
        kind: 'retry',
        lost: true,
        unmarked: true,
      });
    },
  );

  it.each([
    ['30', NOW_MS + 30_000],
    ['999999', NOW_MS + 60 * MINUTE_MS],
    ['soon', NEXT_MINUTE_MS],
  ])('is waited for as long as its header says (%s)', async (reset, untilMs) => {
    const body = '{"code":99991400,"msg":"request trigger frequency limit"}';
    const headers = { 'x-ogw-ratelimit-reset': reset };
    receivers.setFaults('feishu', [{ kind: 'answer', status: 429, headers, body }]);

    expect(await send(MESSAGE)).toMatchObject({ kind: 'throttled', untilMs });
  });

  it('that refuses a signature gets a fresh one at once, and only once', async () => {
    const body = '{"code":19021,"msg":"sign match fail"}';
    receivers.setFaults('feishu', [{ kind: 'answer', status: 200, body, times: 1 }]);

    expect(await send(MESSAGE)).toEqual({ kind: 'delivered' });
    expect(receivers.received('feishu').map(({ accepted }) => accepted)).toEqual([false, true]);

    await answered(200, body);
    expect(receivers.received('feishu')).toHaveLength(4);
  });

  it('is never sent more than it takes, and the last line counts what is left out', async () => {
    const names = ['支付网关', '𠮷𠮷𠮷', '\\"', '<at id=all></at>', '👩‍👩‍👧‍👦'];
    const changes = manyChanges(1_000, (index) => (names[index % names.length] ?? '').repeat(40));

    const outcome = await send(aMessage([aCommit({ changes })], { isRepeat: true }));

    expect(outcome).toEqual({ kind: 'delivered' });
    expect(Buffer.byteLength(bodySent())).toBeLessThanOrEqual(MAX_BODY_BYTES);
    expect(countedInstances()).toBe(1_000);
  });

  it('is sent only the essentials once it refused a message for its content', async () => {
    const changes = manyChanges(1_000, (index) => `支付网关-${index}`);

    await send(aMessage([aCommit({ changes })], { withoutUserText: true }));

    expect(Buffer.byteLength(bodySent())).toBeLessThanOrEqual(2_000);
    expect(bodySent()).not.toContain('支付网关');
    expect(countedInstances()).toBe(1_000);
  });

  it('shows hostile names as plain text, in which nothing has an effect', async () => {
    for (const name of HOSTILE_NAMES) {
      const note = aNote(name);
      await send(aMessage([aCommit({ changes: [aChange({ name, note })] })]));
      receivers.clock.advance(MINUTE_MS);

      expect(bodySent()).not.toMatch(/lark_md|"tag":"(?:a|at|img)"/u);
      expect(sent().card.elements.filter(({ tag }) => tag === 'markdown')).toEqual([
        linkTo('i-bp1'),
      ]);
      const texts = contents();
      expect(texts).toHaveLength(2);
      expect(texts[1]?.split('\n')).toHaveLength(2);
      expect(texts.join('')).not.toMatch(/:\/\/|www\.|[\p{Cf}\p{Cs}]/iu);
    }
  });

  function send(message: Message): Promise<Outcome> {
    return receivers.channel('feishu').send(message);
  }

  function answered(status: number, body: string): Promise<Outcome> {
    receivers.setFaults('feishu', [{ kind: 'answer', status, body }]);
    return send(MESSAGE);
  }

  function bodySent(): string {
    return receivers.received('feishu').at(-1)?.body ?? '';
  }

  function sent(): SentCard {
    return JSON.parse(bodySent());
  }

  /** The title, and the text of each element. */
  function contents(): readonly string[] {
    const { header, elements } = sent().card;
    return [header.title.content, ...elements.flatMap(({ text }) => text?.content ?? [])];
  }

  /** Instances that the last message shows, or counts at its end. */
  function countedInstances(): number {
    const texts = contents().slice(1);
    const [, left = '0'] = /… and ([\d,]+) more\./u.exec(texts.at(-1) ?? '') ?? [];
    return texts.filter((text) => text.startsWith('🔴 ')).length + Number(left.replace(',', ''));
  }
});

/** Only the product's own links are markup. */
function linkTo(instanceId: string): object {
  const address = `https://ecs.console.alibabacloud.com/server/${instanceId}/detail?regionId=cn-hangzhou`;
  return { tag: 'markdown', content: `[Console](${address})` };
}

interface SentCard {
  readonly timestamp?: string;
  readonly sign?: string;
  readonly msg_type: string;
  readonly card: {
    readonly header: { readonly template: string; readonly title: { readonly content: string } };
    readonly elements: readonly {
      readonly tag: string;
      readonly text?: { readonly content: string };
    }[];
  };
}
