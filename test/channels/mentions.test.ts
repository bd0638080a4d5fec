import { canMention } from '../../shared/channels/index.ts';
import { aChange, aCommit, aMessage, NOW_MS } from '../helpers/examples.ts';
import { type Receivers, startReceivers } from '../helpers/receivers.ts';

const MESSAGE = aMessage([aCommit({ changes: [aChange({ name: 'web-1' })] })]);

describe('the people whose ids a route names', () => {
  let receivers: Receivers;
  beforeAll(async () => {
    receivers = await startReceivers(NOW_MS);
  });
  afterEach(() => receivers.reset());
  afterAll(() => receivers.server.close());

  it('are mentioned in DingTalk by mobile or user id, in the text and beside it', async () => {
    const { at, markdown } = await sent('dingtalk', ['13800000000', 'zhang', '@all']);

    expect(at).toEqual({ atMobiles: ['13800000000'], atUserIds: ['zhang'], isAtAll: true });
    expect(markdown.text.split('\n').at(-1)).toBe('@13800000000 @zhang @all');
  });

  it('are mentioned in Slack as people, groups or everyone there', async () => {
    const { blocks } = await sent('slack', ['U012AB3CD', 'S0614TZR7', 'here', 'all']);

    expect(blocks.at(-1)).toEqual({
      type: 'section',
      text: { type: 'mrkdwn', text: '<@U012AB3CD> <!subteam^S0614TZR7> <!here> <!channel>' },
    });
  });

  it('are mentioned in Feishu by open id', async () => {
    const { card } = await sent('feishu', ['ou_18eac8', 'all']);

    expect(card.elements.at(-1)).toEqual({
      tag: 'markdown',
      content: '<at id=ou_18eac8></at> <at id=all></at>',
    });
  });

  it('are mentioned in WeCom by user id; everyone by a second message, beside which colours are none', async () => {
    const { markdown } = await sent('wecom', ['zhangsan', '@all']);

    expect(markdown.content.split('\n\n').at(-1)).toBe('<@zhangsan>');
    const [, second, ...more] = receivers.received('wecom');
    expect(more).toEqual([]);
    expect(JSON.parse(second?.body ?? '')).toEqual({
      msgtype: 'text',
      text: { content: '🔴 web-1 stopped · cn-hangzhou', mentioned_list: ['@all'] },
    });
    const { messagesFor } = receivers.channel('wecom');
    const messages = [['all'], ['zhangsan']].map((mentions) => ({ ...MESSAGE, mentions }));
    expect(messages.map((message) => messagesFor?.(message))).toEqual([2, 1]);
  });

  it('have their news in WeCom although the mention of everyone is not taken', async () => {
    const wecom = receivers.channel('wecom');
    // Its limit is twenty a minute: the news is the last of them.
    for (let sends = 1; sends < 20; sends += 1) await wecom.send(MESSAGE);

    const outcome = await wecom.send({ ...MESSAGE, mentions: ['all'] });

    expect(outcome).toEqual({
      kind: 'delivered',
      unmentioned: expect.stringMatching(/^errcode 45009/u),
    });
  });

  it('are mentioned in Teams by principal name or object id; for another id Teams shows nothing', async () => {
    const { attachments } = await sent('teams', [
      'mei@example.com',
      '87d349ed-44d7-43e1-9a83-5f2406dee5bd',
      '13800000000',
      'all',
    ]);

    const [{ content }] = attachments;
    expect(content.body.at(-1)).toMatchObject({
      text: '<at>mei@example.com</at> <at>87d349ed-44d7-43e1-9a83-5f2406dee5bd</at>',
    });
    expect(content.msteams.entities[0]).toEqual({
      type: 'mention',
      text: '<at>mei@example.com</at>',
      mentioned: { id: 'mei@example.com', name: 'mei@example.com' },
    });
    expect(JSON.stringify(content)).not.toMatch(/13800000000|all</u);
  });

  it.each(['dingtalk', 'slack', 'feishu', 'wecom'])(
    'are not mentioned by %s once it has rejected the content: they may be why',
    async (kind) => {
      const mentions = ['U012AB3CD'];

      await receivers.channel(kind).send({ ...MESSAGE, mentions, withoutUserText: true });

      expect(receivers.received(kind)[0]).toMatchObject({ accepted: true });
      expect(receivers.received(kind)[0]?.body).not.toContain('U012AB3CD');
    },
  );

  it.each([
    ['dingtalk', ['13800000000', '+86-13800000000', 'zhang', 'all', '@all'], ['here']],
    [
      'feishu',
      ['ou_18eac8', '3e3cf96b', 'all', '@all'],
      ['here', 'mei@example.com', '+8613800000000'],
    ],
    ['wecom', ['zhangsan', 'mei@example.com', 'all'], ['here', '+8613800000000']],
    [
      'slack',
      ['U012AB3CD', 'W012AB3CD', 'S0614TZR7', 'here', 'all'],
      ['mei', 'mei@example.com', '13800000000', 'ou_18eac8'],
    ],
    [
      'teams',
      ['mei@example.com', '87d349ed-44d7-43e1-9a83-5f2406dee5bd'],
      ['all', 'here', '13800000000', 'mei@example'],
    ],
    ['pagerduty', [], ['all', 'PABC123']],
    ['http', [], ['all', '13800000000']],
    ['webhook', [], ['all', '13800000000']],
  ])('can have these ids in %s, and no others', (kind, ids, others) => {
    expect(ids.filter((id) => !canMention(kind, id))).toEqual([]);
    expect(others.filter((id) => canMention(kind, id))).toEqual([]);
  });

  async function sent(kind: string, mentions: readonly string[]) {
    const outcome = await receivers.channel(kind).send({ ...MESSAGE, mentions });
    expect(outcome).toEqual({ kind: 'delivered' });
    return JSON.parse(receivers.received(kind)[0]?.body ?? '');
  }
});
