import { previewOf } from '../../../commands/notify/preview.ts';
import { stormOf } from '../../../commands/notify/storm.ts';
import { CHANNEL_KINDS } from '../../../shared/channels/index.ts';
import { channelPolicy } from '../../../shared/delivery/core/policy.ts';
import { aChannel } from '../../delivery/deliveries.ts';
import { MINUTE_MS, NOW_MS, SCOPE } from '../../helpers/examples.ts';
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

  expect(preview).toEqual({ messages: [], isHeld: true });
});

it('passes by what no route sends to the channel', () => {
  const routes = [{ name: 'none', match: {}, channels: [] }];
  const policy = channelPolicy('slack', { routes, mutes: [], version: '1' });

  const preview = previewOf(
    { ...aChannel('slack'), policy },
    stormOf(3, SCOPE.key, NOW_MS),
    NOW_MS,
  );

  expect(preview).toEqual({ messages: [], isHeld: false });
});

it('makes a storm in which two of three instances stop', () => {
  const { changes, previousAtMs } = stormOf(9, SCOPE.key, NOW_MS);

  expect(changes.filter(({ to }) => to === 'Stopped')).toHaveLength(6);
  expect(new Set(changes.map(({ instanceId }) => instanceId)).size).toBe(9);
  expect(previousAtMs).toBe(NOW_MS - MINUTE_MS);
});
