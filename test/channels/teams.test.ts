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
const CONSOLE = 'https://ecs.console.alibabacloud.com/server';
const MAX_REQUEST_BYTES = 20_000;

describe('a workflow of Microsoft Teams', () => {
  let receivers: Receivers;
  beforeAll(async () => {
    receivers = await startReceivers(NOW_MS);
  });
  afterEach(() => receivers.reset());
  afterAll(() => receivers.server.close());

  it('is sent a card: a coloured title, and for each instance a line, its context and its links', async () => {
    await send(MESSAGE);

    expect(card()).toEqual({
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        {
          type: 'RichTextBlock',
          inlines: [
            {
              type: 'TextRun',
              text: '🔴 web-1 stopped · cn-hangzhou',
              weight: 'bolder',
              size: 'medium',
              color: 'attention',
            },
          ],
        },
        {
          type: 'RichTextBlock',
          inlines: [
            { type: 'TextRun', text: '🔴 ' },
            { type: 'TextRun', text: 'web-1', weight: 'bolder' },
            { type: 'TextRun', text: '  stopped (was running)' },
          ],
        },
        {
          type: 'RichTextBlock',
          inlines: [
            {
              type: 'TextRun',
              text: 'cn-hangzhou · 10:04:00–10:05:01 UTC · i-bp1',
              size: 'small',
              isSubtle: true,
            },
          ],
          spacing: 'none',
        },
        {
          type: 'TextBlock',
          text: `[Console](${CONSOLE}/i-bp1/detail?regionId=cn-hangzhou)`,
          wrap: true,
          size: 'small',
          spacing: 'none',
        },
      ],
    });
    expect(sentBody()).toMatchObject({ type: 'message', attachments: [{ contentUrl: null }] });
  });

  it.each([
    ['good', 'Stopped', 'Running'],
    ['default', 'Stopped', 'Starting'],
  ])('has a title in the colour %s by what it says', async (color, from, to) => {
    await send(aMessage([aCommit({ changes: [aChange({ from, to })] })]));

    expect(card().body[0].inlines[0]).toMatchObject({ color });
  });

  it.each<[number, string, object]>([
    [200, '1', { kind: 'delivered' }],
    [200, '', { kind: 'delivered' }],
    [202, '', { kind: 'delivered' }],
    [200, hidden(429), { kind: 'throttled' }],
    [200, hidden(413), { kind: 'rejected', cause: 'payload' }],
    [200, hidden(400), { kind: 'rejected', cause: 'payload' }],
    [200, hidden(500), { kind: 'retry', lost: false }],
    [413, '', { kind: 'rejected', cause: 'payload' }],
    [429, '', { kind: 'throttled' }],
    [401, '', { kind: 'rejected', cause: 'config' }],
    [403, '', { kind: 'rejected', cause: 'config' }],
    [404, '', { kind: 'rejected', cause: 'config' }],
    [410, '', { kind: 'rejected', cause: 'dead' }],
    [502, '', { kind: 'retry', lost: false }],
  ])('that answers HTTP %i (%j) is understood', async (status, body, expected) => {
    receivers.setFaults('teams', [{ kind: 'answer', status, body }]);

    const outcome = await send(MESSAGE);

    expect(outcome).toMatchObject(expected);
    // At 120 ms of a second: 600 ms past the next minute.
    const nextMinuteMs = Math.ceil(receivers.clock.now() / MINUTE_MS) * MINUTE_MS + 600;
    if (outcome.kind === 'throttled') expect(outcome.untilMs).toBe(nextMinuteMs);
  });

  it.each([
    [
      'sig',
      401,
      /^HTTP 401 \(copy TEAMS_WEBHOOK again, .*\): DirectApiAuthorizationRequired: The/u,
    ],
    ['path', 404, /^HTTP 404 \(the workflow is gone or turned off, .*\): WorkflowNotFound: The/u],
  ])(
    'says what is wrong with an address of another %s, in the words of the service',
    async (part, status, reason) => {
      const { webhook } = receivers.server.teams;
      const address = part === 'sig' ? `${webhook}0` : webhook.replace('/invoke', '/other');

      const outcome = await receivers.channel('teams', { address }).send(MESSAGE);

      expect(outcome).toMatchObject({
        kind: 'rejected',
        cause: 'config',
        reason: expect.stringMatching(reason),
      });
      expect(receivers.received('teams')[0]?.outcome).toMatchObject({ status });
    },
  );

  it('is sent the address byte for byte', async () => {
    const { webhook } = receivers.server.teams;
    const address = webhook.replace('sp=%2Ftriggers%2Fmanual%2Frun', 'sp=%2ftriggers%2Fmanual/run');

    expect(await receivers.channel('teams', { address }).send(MESSAGE)).toEqual({
      kind: 'delivered',
    });
  });

  it('is never sent more than 20 KB, nor a card that it would not show', async () => {
    const names = ['支付网关', '𠮷𠮷𠮷', '<>&[]()*_`', '👩‍👩‍👧‍👦', '\\"\\"'];
    const changes = manyChanges(1_000, (index) => (names[index % names.length] ?? '').repeat(40));

    await send(aMessage([aCommit({ changes })], { isRepeat: true }));

    expect(Buffer.byteLength(receivers.received('teams')[0]?.body ?? '')).toBeLessThanOrEqual(
      MAX_REQUEST_BYTES,
    );
    expect(receivers.received('teams')).toMatchObject([{ accepted: true }]);
    expect(receivers.received('teams')[0]?.text).toMatch(/… and 9\d\d more\./u);
  });

  it('is sent only the essentials once it refused a message for its content', async () => {
    const changes = manyChanges(1_000, (index) => `支付网关-${index}`);

    await send(aMessage([aCommit({ changes })], { withoutUserText: true }));

    const [{ body, accepted } = { body: '', accepted: false }] = receivers.received('teams');
    expect(accepted).toBe(true);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(2_500);
    expect(body).not.toMatch(/支付网关|https:\/\/ecs/u);
  });

  it('shows hostile names as text: they stand only where no Markdown acts, and call no function', async () => {
    for (const name of HOSTILE_NAMES) {
      receivers.reset();
      const change = aChange({ name, tags: { app: name }, note: aNote(name) });
      await send(aMessage([aCommit({ changes: [change] })]));

      expect(receivers.received('teams')).toMatchObject([{ accepted: true }]);
      const { body, msteams } = card();
      const active = body.filter(({ type }: { type: string }) => type !== 'RichTextBlock');
      expect(active.map(({ text }: { text: string }) => text)).toEqual([
        `[Console](${CONSOLE}/i-bp1/detail?regionId=cn-hangzhou)`,
      ]);
      expect(JSON.stringify(body)).not.toContain('{{');
      expect(msteams).toBeUndefined();
    }
  });

  function send(message: Message): Promise<Outcome> {
    return receivers.channel('teams').send(message);
  }

  function sentBody() {
    return JSON.parse(receivers.received('teams').at(-1)?.body ?? '');
  }

  function card() {
    return sentBody().attachments[0].content;
  }
});

function hidden(status: number): string {
  return `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${status} with ContextId tcid=0`;
}
