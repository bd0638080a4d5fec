import { Webhook } from 'standardwebhooks';
import type { Received } from '../../local/channels/index.ts';
import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { Commit } from '../../shared/core/model.ts';
import { cloudEventOf } from '../../shared/delivery/core/message/cloud-event.ts';
import { plan } from '../../shared/delivery/core/plan.ts';
import { aChange, aCommit, aMessage, manyChanges } from '../helpers/examples.ts';
import { HOSTILE_NAMES } from '../helpers/hostile-names.ts';
import { type Receivers, startReceivers } from '../helpers/receivers.ts';

const COMMIT = aCommit({ changes: [aChange({ name: '支付网关-01' })] });
/** Standard Webhooks 1.0 asks senders to stay below. */
const MAX_EVENT_BYTES = 20 * 1024;

describe('any webhook', () => {
  let receivers: Receivers;
  beforeAll(async () => {
    // The library that verifies the signatures goes by the clock of the machine.
    receivers = await startReceivers(Date.now());
  });
  afterEach(() => receivers.server.inbox.clear());
  afterAll(() => receivers.server.close());

  it('gets the event of the commit, as structured CloudEvents JSON', async () => {
    await receivers.channel('webhook').send(aMessage([COMMIT]));

    const { headers, body } = last();
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(body).toBe(JSON.stringify(cloudEventOf(aMessage([COMMIT]))));
  });

  it('gets a signature that the reference library verifies, and no other body would', async () => {
    await receivers.channel('webhook').send(aMessage([COMMIT]));

    const { body } = last();
    const verifier = new Webhook(receivers.server.webhook.secret);
    expect(verifier.verify(body, signatureOf(last()))).toEqual(JSON.parse(body));
    expect(() => verifier.verify(`${body} `, signatureOf(last()))).toThrow();
    const other = new Webhook(`whsec_${Buffer.alloc(24).toString('base64')}`);
    expect(() => other.verify(body, signatureOf(last()))).toThrow();
  });

  it('gets the same id and a fresh timestamp with every attempt', async () => {
    await receivers.channel('webhook').send(aMessage([COMMIT]));
    const first = last();
    receivers.clock.advance(2_000);
    await receivers.channel('webhook').send(aMessage([COMMIT], { isRepeat: true }));

    expect(last().headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(last().eventId).toBe(first.eventId);
    expect(Number(last().headers['webhook-timestamp'])).toBe(
      Number(first.headers['webhook-timestamp']) + 2,
    );
    expect(last().repeat).toBe(true);
    expect(JSON.parse(last().body).data.possibleRepeat).toBe(true);
  });

  it('gets an id without a full stop, also for a part', async () => {
    const part = { index: 1, count: 2 };

    const outcome = await receivers.channel('webhook').send(aMessage([COMMIT], { part }));

    expect(outcome).toEqual({ kind: 'delivered' });
    expect(last()).toMatchObject({
      accepted: true,
      eventId: 'main/cn-hangzhou/12.2',
      webhookId: 'main/cn-hangzhou/12_2',
    });
  });

  it('gets no signature where no secret is configured', async () => {
    await receivers.channel('webhook', { unsigned: true }).send(aMessage([COMMIT]));

    expect(Object.keys(last().headers).filter((name) => name.startsWith('webhook-'))).toEqual([]);
  });

  it.each([200, 201, 202, 204])('has taken a message when it answers HTTP %i', async (status) => {
    receivers.server.setFaults('webhook', [{ kind: 'answer', status, body: 'whatever', times: 1 }]);

    const outcome = await receivers.channel('webhook').send(aMessage([COMMIT]));

    expect(outcome).toEqual({ kind: 'delivered' });
  });

  it('gets hostile names as they are: they act nowhere in JSON', async () => {
    const changes = HOSTILE_NAMES.map((name, index) => aChange({ instanceId: `i-${index}`, name }));

    const outcome = await receivers.channel('webhook').send(aMessage([aCommit({ changes })]));

    expect(outcome).toEqual({ kind: 'delivered' });
    const shown: readonly { name: string }[] = JSON.parse(last().body).data.changes;
    expect(shown.map(({ name }) => name)).toEqual(HOSTILE_NAMES);
  });

  it('gets a thousand changes in parts that it can take, each change once', async () => {
    const commit = aCommit({
      changes: manyChanges(1_000, (index) => `支付网关-${'长'.repeat(50)}${index}`),
    });

    const sizes = await sendInParts(commit);

    const events = receivers.received('webhook').map(({ body }) => JSON.parse(body));
    expect(events.flatMap(({ data }) => data.changes.map(({ id }: { id: string }) => id))).toEqual(
      commit.changes.map((_, index) => `main/cn-hangzhou/12/${index}`),
    );
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    for (const bytes of sizes) expect(bytes).toBeLessThan(MAX_EVENT_BYTES);
  });

  it('gets no part of more than 20 KB, though each change is small', async () => {
    const sizes = await sendInParts(aCommit({ seq: 123_456, changes: manyChanges(1_000) }));

    for (const bytes of sizes) expect(bytes).toBeLessThan(MAX_EVENT_BYTES);
  });

  /** Sends a commit as the delivery does, part by part; the bytes of each. */
  async function sendInParts(commit: Commit): Promise<readonly number[]> {
    const channel = receivers.channel('webhook');
    const sizes: number[] = [];
    let cursor: Readonly<Record<string, { seq: number; part: number }>> = {
      [commit.scope]: { seq: commit.seq - 1, part: 0 },
    };
    while ((cursor[commit.scope]?.seq ?? 0) < commit.seq) {
      const pending = new Map([[commit.scope, [commit]]]);
      const next = plan(channel, stateAt(cursor), pending, { tickId: 'tick-1', nowMs: 0 });
      if (next.kind !== 'send') throw new Error(next.kind);
      expect(await channel.send(next.message)).toEqual({ kind: 'delivered' });
      sizes.push(Buffer.byteLength(last().body));
      cursor = { ...cursor, ...next.to };
    }
    return sizes;
  }

  function last(): Received {
    const received = receivers.received('webhook').at(-1);
    if (received === undefined) throw new Error('nothing was received');
    return received;
  }
});

function signatureOf({ headers }: Received): Record<string, string> {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  return Object.fromEntries(names.map((name) => [name, headers[name] ?? '']));
}

function stateAt(cursor: Readonly<Record<string, { seq: number; part: number }>>) {
  return {
    ...NEW_CHANNEL,
    version: 1,
    tickId: 'tick-1',
    cursor,
  };
}
