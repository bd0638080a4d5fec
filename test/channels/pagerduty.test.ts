import { startChannels } from '../../local/channels/index.ts';
import type { IncidentEvent } from '../../shared/core/incident.ts';
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

const HANGZHOU = 'main/cn-hangzhou';
const MESSAGE = aMessage([aCommit({ changes: [aChange({ name: 'web-1' })] })]);
const TRIGGER: IncidentEvent = { action: 'trigger', scope: HANGZHOU, subject: 'i-bp1' };
const RESOLVE: IncidentEvent = { ...TRIGGER, action: 'resolve' };

describe('PagerDuty', () => {
  let receivers: Receivers;
  beforeAll(async () => {
    receivers = await startReceivers(NOW_MS);
  });
  afterEach(() => receivers.reset());
  afterAll(() => receivers.server.close());

  it('is sent an alert event that opens an incident, and one with the same key that closes it', async () => {
    await send({ ...MESSAGE, incident: TRIGGER });
    await send({ ...MESSAGE, incident: RESOLVE });

    const [trigger, resolve] = receivers.received('pagerduty').map(({ body }) => JSON.parse(body));
    expect(trigger).toEqual({
      routing_key: receivers.server.pagerduty.routingKey,
      event_action: 'trigger',
      dedup_key: 'ecs-watch/main/cn-hangzhou/i-bp1',
      client: 'ecs-watch',
      payload: {
        summary: 'web-1 stopped · cn-hangzhou',
        source: 'i-bp1',
        severity: 'error',
        timestamp: '2026-11-22T10:05:01.120Z',
        component: 'ecs',
        group: HANGZHOU,
        class: 'state-change',
        custom_details: {
          news: ['🔴 web-1 stopped (was running) (cn-hangzhou · 10:04:00–10:05:01 UTC · i-bp1)'],
        },
      },
      links: [
        {
          href: 'https://ecs.console.alibabacloud.com/server/i-bp1/detail?regionId=cn-hangzhou',
          text: 'web-1: Console',
        },
      ],
    });
    expect(resolve).toEqual({
      routing_key: receivers.server.pagerduty.routingKey,
      event_action: 'resolve',
      dedup_key: 'ecs-watch/main/cn-hangzhou/i-bp1',
    });
    expect(accepted()).toEqual([true, true]);
  });

  it('is sent a change event about what concerns no incident', async () => {
    await send(
      aMessage([aCommit({ changes: [aChange({ from: null, to: 'Running', name: 'new-1' })] })]),
    );

    const { body } = receivers.received('pagerduty')[0] ?? { body: '' };
    expect(JSON.parse(body)).toMatchObject({
      payload: { summary: 'new-1 new, running · cn-hangzhou', source: HANGZHOU },
    });
    expect(JSON.parse(body)).not.toHaveProperty('event_action');
    expect(accepted()).toEqual([true]);
  });

  it('is sent no change event with the key of a ruleset, which takes none', async () => {
    const routingKey = `R${'0'.repeat(31)}`;
    const server = await startChannels({ settings: { pagerduty: { routingKey } } });
    const configured = {
      ...receivers.configured('pagerduty'),
      settings: { routingKey, url: server.url },
    };
    const channel = receivers.channelOf(configured);

    const outcomes = [
      await channel.send(MESSAGE),
      await channel.send({ ...MESSAGE, incident: TRIGGER }),
      await channel.send(aTest()),
    ];
    await server.close();

    expect(channel.incidentsOnly).toBe(true);
    expect(receivers.channel('pagerduty').incidentsOnly).toBeUndefined();
    expect(outcomes).toMatchObject([
      { kind: 'rejected', cause: 'config' },
      { kind: 'delivered' },
      { kind: 'delivered' },
    ]);
    const sent = server.inbox.list('pagerduty').map(({ text }) => text.split(':')[0]);
    expect(sent).toEqual(['trigger', 'trigger', 'resolve']);
  });

  it.each([
    [2, 'change'],
    [3, 'trigger'],
  ])(
    'is sent that the store failed in %i ticks as a %s: fewer may end without a word',
    async (failures, kind) => {
      const notice = { kind: 'store-failing', failures, sinceMs: NOW_MS, reason: 'no' } as const;

      await send(aMessage([aCommit({ scope: 'watcher', notice })]));

      expect(receivers.received('pagerduty')[0]?.text).toMatch(new RegExp(`^${kind}: `, 'u'));
      await send({
        ...MESSAGE,
        incident: { action: 'resolve', scope: 'watcher', subject: 'store failing' },
      });
      // Only an incident that is open can be closed.
      expect(accepted().at(-1)).toBe(kind === 'trigger');
    },
  );

  it('is tried by an incident of no urgency, which is closed at once', async () => {
    await send(aTest());

    const events = receivers.received('pagerduty').map(({ body }) => JSON.parse(body));
    expect(events).toMatchObject([
      { event_action: 'trigger', payload: { severity: 'info' } },
      { event_action: 'resolve' },
    ]);
    expect(events[0].dedup_key).toBe(events[1].dedup_key);
    expect(accepted()).toEqual([true, true]);
  });

  it('is sent no more of a test once it has refused the first event', async () => {
    receivers.setFaults('pagerduty', [{ kind: 'answer', status: 500, times: 1 }]);

    expect(await send(aTest())).toMatchObject({ kind: 'retry' });
    expect(receivers.received('pagerduty')).toHaveLength(1);
  });

  it('counts the instances of a storm, and calls it critical', async () => {
    const changes = manyChanges(1_000);

    await send(
      aMessage([aCommit({ changes })], { incident: { ...TRIGGER, subject: '*', down: 1_000 } }),
    );

    expect(JSON.parse(receivers.received('pagerduty')[0]?.body ?? '')).toMatchObject({
      dedup_key: 'ecs-watch/main/cn-hangzhou/many instances',
      payload: { severity: 'critical', source: HANGZHOU, custom_details: { down: 1_000 } },
    });
  });

  it('is sent a key that fits, however long the name of a scope is', async () => {
    const scope = `main/cn-hangzhou/${'z'.repeat(300)}`;

    await send({ ...MESSAGE, incident: { ...TRIGGER, scope } });
    await send({ ...MESSAGE, incident: { ...RESOLVE, scope } });

    expect(accepted()).toEqual([true, true]);
  });

  it.each<[number, string, object]>([
    [202, '', { kind: 'delivered' }],
    [
      400,
      error("Length of 'routing_key' is incorrect (should be 32 characters)"),
      {
        kind: 'rejected',
        cause: 'config',
        reason: expect.stringContaining('PAGERDUTY_ROUTING_KEY must be'),
      },
    ],
    [400, error("'payload.summary' is missing"), { kind: 'rejected', cause: 'payload' }],
    [429, '', { kind: 'throttled' }],
    [500, '', { kind: 'retry', lost: false }],
    [503, '', { kind: 'retry', lost: false }],
    [200, 'ok', { kind: 'retry', lost: true, unmarked: true }],
    [404, '', { kind: 'rejected', cause: 'config' }],
  ])('that answers HTTP %i (%s) is understood', async (status, body, expected) => {
    receivers.setFaults('pagerduty', [{ kind: 'answer', status, body }]);

    const outcome = await send({ ...MESSAGE, incident: TRIGGER });

    expect(outcome).toMatchObject(expected);
    if (outcome.kind === 'throttled')
      expect(outcome.untilMs).toBe(receivers.clock.now() + 3 * MINUTE_MS);
  });

  it('names a wrong key in the words of the service', async () => {
    const routingKey = 'f'.repeat(32);
    const channel = receivers.channelOf({
      ...receivers.configured('pagerduty'),
      settings: { routingKey, url: receivers.server.url },
    });

    expect(await channel.send({ ...MESSAGE, incident: TRIGGER })).toEqual({
      kind: 'rejected',
      cause: 'config',
      reason:
        'HTTP 400 (PAGERDUTY_ROUTING_KEY must be the integration key of a service): ' +
        "Event object is invalid: 'routing_key' is invalid",
    });
  });

  it('takes names of every sort, and none of them without user text', async () => {
    for (const name of HOSTILE_NAMES) {
      const changes = [aChange({ name, note: aNote(name) })];
      await send(aMessage([aCommit({ changes })], { incident: TRIGGER }));
      await send(aMessage([aCommit({ changes })], { incident: TRIGGER, withoutUserText: true }));
      const [, plain] = receivers.received('pagerduty').slice(-2);
      expect(JSON.parse(plain?.body ?? '').payload.summary).toBe('i-bp1 stopped · cn-hangzhou');
      receivers.clock.advance(MINUTE_MS);
    }

    expect(new Set(accepted())).toEqual(new Set([true]));
  });

  function send(message: Message): Promise<Outcome> {
    return receivers.channel('pagerduty').send(message);
  }

  function accepted(): readonly boolean[] {
    return receivers.received('pagerduty').map((received) => received.accepted);
  }
});

function aTest(): Message {
  return aMessage([aCommit({ scope: 'watcher', notice: { kind: 'test' } })]);
}

function error(text: string): string {
  return JSON.stringify({
    status: 'invalid event',
    message: 'Event object is invalid',
    errors: [text],
  });
}
