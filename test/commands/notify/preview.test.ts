import { mutesText, previewOf, waitIn } from '../../../commands/notify/preview.ts';
import { reminderPreviewOf, stopsOf } from '../../../commands/notify/reminder-now.ts';
import { stormOf } from '../../../commands/notify/storm.ts';
import { CHANNEL_KINDS } from '../../../shared/channels/index.ts';
import { NEW_HEALTH } from '../../../shared/core/health.ts';
import { EMPTY_SNAPSHOT } from '../../../shared/core/model.ts';
import { channelPolicy } from '../../../shared/delivery/core/policy/policy.ts';
import { aChannel } from '../../delivery/deliveries.ts';
import { aChange, aCommit, aMessage, MINUTE_MS, NOW_MS, SCOPE } from '../../helpers/examples.ts';
import { type Receivers, startReceivers } from '../../helpers/receivers.ts';

describe('the preview of a storm of 1,000 changes', () => {
  let receivers: Receivers;
  beforeAll(async () => {
    receivers = await startReceivers(NOW_MS);
  });
  afterAll(() => receivers.server.close());

  it.each(CHANNEL_KINDS.map(({ kind }) => kind))('is what a %s channel is sent', async (kind) => {
    const channel = receivers.channel(kind);
    const storm = stormOf(1_000, SCOPE.key, NOW_MS);

    const { messages, isHeld } = previewOf(channel, storm, NOW_MS);

    const sent = messages.flatMap(({ message }) =>
      message.commits.flatMap(({ changes }) => changes.map(({ instanceId }) => instanceId)),
    );
    expect(new Set(sent)).toEqual(new Set(storm.changes.map(({ instanceId }) => instanceId)));
    expect(sent).toHaveLength(1_000);
    expect(isHeld).toBe(false);
    // Its receiver takes the first of them as it is.
    const [first] = messages;
    expect(first && (await channel.send(first.message))).toEqual({ kind: 'delivered' });
  });
});

describe('the preview of a reminder', () => {
  const HOUR_MS = 60 * MINUTE_MS;
  const stopped = { status: 'Stopped', sinceMs: NOW_MS - 5 * HOUR_MS, sinceKnown: true };
  const instances = new Map([
    ['i-1', { ...stopped, name: 'web-1' }],
    ['i-2', { ...stopped, sinceMs: NOW_MS - 3 * HOUR_MS }],
    ['i-3', { ...stopped, status: 'Running' }],
  ]);
  const seen = { scope: SCOPE, snapshot: { ...EMPTY_SNAPSHOT, seq: 7, instances } };
  const stops = stopsOf([{ ...seen, health: NEW_HEALTH }], { everyMinutes: 240 }, NOW_MS);
  const reminder = { dueMs: NOW_MS, stops };

  it('is of those that have been stopped for a whole period, in a fleet that was seen', () => {
    const preview = reminderPreviewOf(aChannel('slack'), reminder, NOW_MS);
    const hold = { suspects: 3 } as never;

    expect(preview).toMatchObject({
      message: {
        commits: [],
        reminders: [{ scope: SCOPE.key, changes: [{ instanceId: 'i-1', name: 'web-1' }] }],
      },
    });
    for (const health of [undefined, { ...NEW_HEALTH, hold }])
      expect(stopsOf([{ ...seen, health }], { everyMinutes: 240 }, NOW_MS)).toEqual([]);
  });

  it('says why a channel is not reminded', () => {
    const policyOf = (name: string) =>
      channelPolicy(name, {
        routes: [{ name: 'none', match: {}, channels: [] }],
        mutes: [],
        fallbacks: [{ channel: 'slack', to: 'backup', afterMs: MINUTE_MS }],
        version: '1',
      });
    const whyOf = (channel: Parameters<typeof reminderPreviewOf>[0], due = reminder) =>
      reminderPreviewOf(channel, due, NOW_MS);

    expect(whyOf(aChannel('webhook', { style: 'commits' }))).toEqual({
      why: 'only chats are reminded',
    });
    expect(whyOf({ ...aChannel('backup'), policy: policyOf('backup') })).toEqual({
      why: expect.stringMatching(/^it is a fallback/u),
    });
    expect(whyOf({ ...aChannel('slack'), policy: policyOf('slack') })).toEqual({
      why: expect.stringMatching(/^its routes send it no stop/u),
    });
    expect(whyOf(aChannel('slack'), { ...reminder, stops: [] })).toEqual({
      why: expect.stringMatching(/^no instance/u),
    });
  });
});

describe('the preview of what a chat holds back', () => {
  const started = aChange({ from: 'Stopped', to: 'Running' });

  it('shows good news after the time that it settles', () => {
    const commit = aCommit({ changes: [started] });

    const { messages, isHeld } = previewOf(aChannel('slack'), commit, NOW_MS);

    expect(messages).toMatchObject([
      { message: { commits: [{ changes: [started] }] }, afterMs: 10 * MINUTE_MS },
    ]);
    expect(messages.map(waitIn)).toEqual(['after 10 min']);
    expect(isHeld).toBe(false);
  });

  it('shows a state that may pass after the bad news that it was recorded with', () => {
    const starting = aChange({ instanceId: 'i-2', from: 'Stopped', to: 'Starting' });
    const commit = aCommit({ changes: [aChange(), starting] });

    const { messages } = previewOf(aChannel('slack'), commit, NOW_MS);

    expect(messages.map(waitIn)).toEqual(['', 'after 5 min']);
    expect(messages[1]).toMatchObject({ message: { commits: [{ changes: [starting] }] } });
  });

  it('says that a mute holds it back that begins before it is due', () => {
    const begin = { day: Math.floor(NOW_MS / (24 * 60 * MINUTE_MS)), minutes: 10 * 60 + 10 };
    const periods = [{ from: begin, until: { ...begin, day: begin.day + 1 } }];
    const mute = { name: 'work', zone: 'UTC', weekly: [], periods };
    const policy = channelPolicy('slack', { routes: [], mutes: [mute], version: '1' });

    const preview = previewOf(
      { ...aChannel('slack'), policy },
      aCommit({ changes: [started] }),
      NOW_MS,
    );

    const untilMs = NOW_MS - (NOW_MS % (24 * 60 * MINUTE_MS)) + (34 * 60 + 10) * MINUTE_MS;
    expect(preview).toEqual({ messages: [], isHeld: true, mutes: [{ name: 'work', untilMs }] });
    expect(mutesText(preview.mutes)).toBe(
      `the mute work, until ${new Date(untilMs).toISOString()}, holds back`,
    );
  });

  it.each([
    [0, ''],
    [59_001, 'after 60 s'],
    [10 * MINUTE_MS - 1, 'after 10 min'],
  ])('names a wait of %i ms', (afterMs, words) => {
    expect(waitIn({ message: aMessage([]), afterMs })).toBe(words);
  });
});

it('says that a mute holds back what is not shown', () => {
  const mute = {
    name: 'always',
    zone: 'UTC',
    weekly: [{ days: [0, 1, 2, 3, 4, 5, 6], from: 0, until: 24 * 60 }],
    periods: [],
  };
  const policy = channelPolicy('slack', { routes: [], mutes: [mute], version: '1' });

  const preview = previewOf(
    { ...aChannel('slack'), policy },
    stormOf(3, SCOPE.key, NOW_MS),
    NOW_MS,
  );

  expect(preview).toMatchObject({ messages: [], isHeld: true, mutes: [{ name: mute.name }] });
});

it('passes by what no route sends to the channel', () => {
  const routes = [{ name: 'none', match: {}, channels: [] }];
  const policy = channelPolicy('slack', { routes, mutes: [], version: '1' });

  const preview = previewOf(
    { ...aChannel('slack'), policy },
    stormOf(3, SCOPE.key, NOW_MS),
    NOW_MS,
  );

  expect(preview).toEqual({ messages: [], isHeld: false, mutes: [] });
});

it('makes a storm in which two of three instances stop', () => {
  const { changes, previousAtMs } = stormOf(9, SCOPE.key, NOW_MS);

  expect(changes.filter(({ to }) => to === 'Stopped')).toHaveLength(6);
  expect(new Set(changes.map(({ instanceId }) => instanceId)).size).toBe(9);
  expect(previousAtMs).toBe(NOW_MS - MINUTE_MS);
});
