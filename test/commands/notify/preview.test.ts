import { mutesText, previewOf, waitIn } from '../../../commands/notify/preview.ts';
import { stormOf } from '../../../commands/notify/storm.ts';
import { CHANNEL_KINDS } from '../../../shared/channels/index.ts';
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
