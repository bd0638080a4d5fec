import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudEvent, HTTP } from 'cloudevents';
import { createChannel } from '../../shared/channels/index.ts';
import { cloudEventOf } from '../../shared/delivery/core/message/cloud-event.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import { aChange, aCommit, aMessage, WORDING } from '../helpers/examples.ts';
import { type Running, runProgram } from '../helpers/processes.ts';
import { startReceivers } from '../helpers/receivers.ts';

const DOCUMENT = readFileSync(join(__dirname, '..', '..', 'docs', 'receive-events.md'), 'utf8');
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const STOPPED = aCommit({ changes: [aChange({ name: '支付网关-01' })] });

describe('the receiver in docs/receive-events.md', () => {
  let receiver: Running;
  let address: string;
  beforeAll(async () => {
    const [, script = ''] = /```js\n(.*?)```/su.exec(DOCUMENT) ?? [];
    receiver = runProgram(script, { PORT: '0', WEBHOOK_SECRET: SECRET });
    [address] = await once(receiver.child.stdout ?? process.stdin, 'data');
  });
  afterAll(() => receiver.child.kill());

  it('takes an event, a repeat of it only once, and none that another secret has signed', async () => {
    const channel = channelTo(address.trim(), SECRET);
    const other = channelTo(address.trim(), SECRET.replace('whsec_Bwc', 'whsec_Cwc'));
    const first = aMessage([STOPPED]);
    const notice = aCommit({ seq: 13, notice: { kind: 'suspicion-lifted', missing: 3 } });

    expect(await channel.send(first)).toEqual({ kind: 'delivered' });
    expect(await channel.send({ ...first, isRepeat: true })).toEqual({ kind: 'delivered' });
    expect(await other.send(first)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('HTTP 401 (compare WEBHOOK_SECRET'),
    });
    expect(await channel.send(aMessage([notice]))).toEqual({ kind: 'delivered' });

    receiver.child.kill();
    const { stdout } = await receiver.finished;
    expect(stdout.trim().split('\n').slice(1)).toEqual([
      '支付网关-01: Running → Stopped',
      'ecs-watch says: suspicion-lifted',
    ]);
  });
});

it('is an event to the official package, with every field as it was sent', async () => {
  const receivers = await startReceivers(Date.now());
  try {
    await receivers.channel('webhook').send(aMessage([STOPPED]));
    const [received] = receivers.received('webhook');
    if (received === undefined) throw new Error('nothing was received');

    const event = HTTP.toEvent({ headers: received.headers, body: received.body });

    if (!(event instanceof CloudEvent)) throw new Error('not one event');
    expect(event.validate()).toBe(true);
    const sent = cloudEventOf(aMessage([STOPPED]));
    expect(JSON.parse(JSON.stringify(event))).toEqual({
      ...JSON.parse(JSON.stringify(sent)),
      time: new Date(sent.time).toISOString(),
    });
  } finally {
    await receivers.server.close();
  }
});

function channelTo(url: string, secret: string): Channel {
  return createChannel(
    { name: 'webhook', kind: 'webhook', settings: { url, secret } },
    { wording: WORDING, allowPrivate: true, now: Date.now, redact: (text) => text },
  );
}
