import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReceiverFault } from '../../local/channels/index.ts';
import { isPrivateAddress } from '../../shared/channels/address.ts';
import { heartbeat } from '../../shared/channels/heartbeat.ts';
import { CHANNEL_KINDS, createChannel, findKind, secretsOf } from '../../shared/channels/index.ts';
import { isAddressRule } from '../../shared/channels/kind.ts';
import { webhookAddress } from '../../shared/config/addresses.ts';
import type { Outcome } from '../../shared/core/message.ts';
import { USER_AGENT } from '../../shared/lib/user-agent.ts';
import {
  aChange,
  aCommit,
  aMessage,
  aNote,
  MINUTE_MS,
  manyChanges,
  NOW_MS,
  WORDING,
} from '../helpers/examples.ts';
import { HOSTILE_NAMES } from '../helpers/hostile-names.ts';
import { withHostileServer } from '../helpers/hostile-server.ts';
import { deadAddress, withServer } from '../helpers/http-server.ts';
import { ALL_SETTINGS, addressOf, type Receivers, startReceivers } from '../helpers/receivers.ts';

const MESSAGE = aMessage([aCommit({ changes: [aChange({ name: '支付网关-01' })] })]);

let receivers: Receivers;
beforeAll(async () => {
  receivers = await startReceivers(NOW_MS, { settings: ALL_SETTINGS });
});
afterEach(() => receivers.reset());
afterAll(() => receivers.server.close());

describe.each(CHANNEL_KINDS.map(({ kind }) => kind))('a channel of kind %s', (kind) => {
  it('delivers a message', async () => {
    const outcome = await receivers.channel(kind).send(MESSAGE);

    expect(outcome).toEqual({ kind: 'delivered' });
    expect(receivers.received(kind)).toMatchObject([{ accepted: true }]);
    expect(receivers.received(kind)[0]?.text).toContain('支付网关-01');
  });

  it('has the name that its configuration gives it', () => {
    expect(receivers.channel(kind, { name: 'ops' }).name).toBe('ops');
  });

  it('has another destination for every other address and secret, which holds neither', () => {
    const channel = receivers.configured(kind);
    const { destination } = receivers.channel(kind);
    const others = Object.keys(channel.settings).map((setting) => {
      const settings = { ...channel.settings, [setting]: `${channel.settings[setting]}0` };
      const redact = (text: string): string => text;
      return createChannel(
        { ...channel, settings },
        { wording: WORDING, allowPrivate: true, now: () => 0, redact },
      );
    });

    const all = [destination, ...others.map((other) => other.destination)];
    expect(new Set(all).size).toBe(all.length);
    expect(receivers.channel(kind, { name: 'ops' }).destination).toBe(destination);
    expect(destination).toMatch(/^[0-9a-f]{64}$/u);
  });

  it('says who posts: some firewalls refuse a client without a name', async () => {
    await receivers.channel(kind).send(MESSAGE);

    expect(receivers.received(kind)[0]?.headers['user-agent']).toBe(USER_AGENT);
  });

  it('says that a repeat may be one', async () => {
    await receivers.channel(kind).send({ ...MESSAGE, isRepeat: true });

    expect(receivers.received(kind)[0]?.body).toMatch(/possible repeat|"possibleRepeat":true/u);
  });

  it.each<[string, ReceiverFault]>([
    ['before it was read', { kind: 'reset' }],
    ['after it was accepted', { kind: 'lost-answer' }],
  ])('calls a message lost when the connection breaks %s', async (_when, fault) => {
    receivers.setFaults(kind, [fault]);

    const outcome = await receivers.channel(kind).send(MESSAGE);

    expect(outcome).toMatchObject({ kind: 'retry', lost: true });
    const arrived = fault.kind === 'lost-answer' ? 1 : 0;
    expect(receivers.received(kind)).toHaveLength(arrived);
  });

  it('knows that a message did not arrive where no server listens', async () => {
    const address = addressOf(receivers.configured(kind)).replace(
      `http://127.0.0.1:${receivers.server.port}`,
      await deadAddress(),
    );

    const outcome = await receivers.channel(kind, { address }).send(MESSAGE);

    expect(outcome).toEqual({
      kind: 'retry',
      reason: 'no answer: ECONNREFUSED (nothing listens there: check the address)',
      lost: false,
    });
  });

  it.each([408, 425, 500, 502, 503])('tries again after HTTP %i, which refuses', async (status) => {
    expect(await outcomeOf({ kind: 'answer', status })).toMatchObject({
      kind: 'retry',
      lost: false,
    });
  });

  it('calls a message lost after HTTP 504: a proxy has passed it on', async () => {
    const headers = { 'retry-after': '30' };

    expect(await outcomeOf({ kind: 'answer', status: 504 })).toMatchObject({
      kind: 'retry',
      lost: true,
    });
    expect(await outcomeOf({ kind: 'answer', status: 504, headers })).toMatchObject({
      kind: 'throttled',
      lost: true,
    });
  });

  it('calls a message lost after a status that no server of HTTP has', async () => {
    const bytes = Buffer.from('HTTP/1.1 999 x\r\ncontent-length: 0\r\n\r\n');
    const parts = [{ kind: 'bytes', bytes } as const];
    await withHostileServer({ after: 'the request', parts, ending: 'end' }, async ({ url }) => {
      const outcome = await receivers.channel(kind, { address: `${url}/hook?a=1` }).send(MESSAGE);

      expect(outcome).toEqual({ kind: 'retry', reason: 'HTTP 999', lost: true });
    });
  });

  it.each([300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 415])(
    'waits for a person to act after HTTP %i',
    async (status) => {
      expect(await outcomeOf({ kind: 'answer', status, body: 'no' })).toMatchObject({
        kind: 'rejected',
        cause: 'config',
      });
    },
  );

  it.each([413, 422])('knows that HTTP %i is about what is in the message', async (status) => {
    expect(await outcomeOf({ kind: 'answer', status })).toMatchObject({
      kind: 'rejected',
      cause: 'payload',
    });
  });

  it('takes HTTP 410 as the end', async () => {
    expect(await outcomeOf({ kind: 'answer', status: 410 })).toMatchObject({
      kind: 'rejected',
      cause: 'dead',
    });
  });

  it.each<[string, (nowMs: number) => string | undefined, (nowMs: number) => number]>([
    ['seconds', () => '30', (nowMs) => nowMs + 30_000],
    ['a date', (nowMs) => dateIn(nowMs, 90), (nowMs) => Date.parse(dateIn(nowMs, 90))],
    ['a date in the past', (nowMs) => dateIn(nowMs, -90), (nowMs) => nowMs],
    ['a whole day', () => '86400', (nowMs) => nowMs + 60 * MINUTE_MS],
    ['seconds and a half', () => '30.5', (nowMs) => nowMs + 30_500],
    ['less than nothing', () => '-1', nextMinute],
    ['nonsense', () => 'soon', nextMinute],
    ['nothing', () => undefined, nextMinute],
  ])('waits after HTTP 429 with %s as retry-after', async (_what, retryAfter, untilMs) => {
    const nowMs = receivers.clock.now();
    const value = retryAfter(nowMs);
    const headers = value === undefined ? {} : { 'retry-after': value };

    const outcome = await outcomeOf({ kind: 'answer', status: 429, headers });

    const isAsked = value !== undefined || kind !== 'pagerduty';
    // PagerDuty wants some minutes where it does not say how many.
    const expectedMs = isAsked ? untilMs(nowMs) : nowMs + 3 * MINUTE_MS;
    expect(outcome).toMatchObject({ kind: 'throttled', untilMs: expectedMs });
  });

  it('waits as long as a receiver that is down asks for', async () => {
    const answer = { status: 503, headers: { 'retry-after': '120' } };

    expect(await outcomeOf({ kind: 'answer', ...answer })).toMatchObject({
      kind: 'throttled',
      untilMs: receivers.clock.now() + 120_000,
    });
  });

  it.each([
    ['https://login.example:8443/in?token=a-secret-path', 'https://login.example:8443'],
    ['/elsewhere/a-secret-path', undefined],
    ['not an address', undefined],
  ])('names where a redirect to %s points, by the host alone', async (location, host) => {
    const outcome = await outcomeOf({ kind: 'answer', status: 302, headers: { location } });

    const where = host === undefined ? '' : ` to ${host}`;
    expect(outcome).toEqual({
      kind: 'rejected',
      reason: `HTTP 302: a redirect${where}, which is not followed`,
      cause: 'config',
    });
  });

  it('is posted to at the hosts of its service only', () => {
    const { variables } = findKind(kind) ?? {};
    const rules = Object.values(variables ?? {}).flatMap(({ rule }) =>
      isAddressRule(rule) ? [rule] : [],
    );

    expect(rules).toHaveLength(1);
    for (const { hosts, parameter = 'key' } of rules) {
      const isAllowed = (host: string): boolean =>
        webhookAddress(rules[0] ?? { hosts }, false).allows(`https://${host}/a/b?${parameter}=x`);
      for (const pattern of hosts) {
        const host = pattern.replace('*', 'one');
        expect(isAllowed(host)).toBe(true);
        // The domain itself, where it is not named, or one whose name only ends in the same way, is
        // another service's.
        if (pattern !== host) {
          expect(isAllowed(pattern.slice(2))).toBe(hosts.includes(pattern.slice(2)));
          expect(isAllowed(`evil${pattern.slice(2)}`)).toBe(false);
        }
        const lookAlike = pattern === host ? [`evil-${host}`] : [];
        for (const other of [...lookAlike, `${host}.evil.example`, `a@${host}`, `${host}:8443`]) {
          expect(isAllowed(other)).toBe(false);
        }
      }
      expect(isAllowed('example.com')).toBe(hosts.length === 0);
    }
  });

  it('takes a storm with names of every sort, within the limits of its receiver', async () => {
    const names = [
      ...HOSTILE_NAMES,
      '支付网关'.repeat(40),
      '👩‍👩‍👧‍👦'.repeat(40),
      '\\"'.repeat(40),
    ];
    const changes = manyChanges(1_000, (index) => names[index % names.length]).map((change) => {
      return { ...change, note: aNote(change.name ?? '') };
    });
    const commits = [aCommit({ changes })];
    const channel = receivers.channel(kind);
    // An endpoint is sent a commit in parts, which its own tests measure.
    if (channel.style === 'commits') return;

    expect(await channel.send(aMessage(commits, { isRepeat: true }))).toEqual({
      kind: 'delivered',
    });
    expect(await channel.send(aMessage(commits, { withoutUserText: true }))).toEqual({
      kind: 'delivered',
    });
  });

  it('follows no redirect', async () => {
    const location = receivers.server.webhook.url;

    await outcomeOf({ kind: 'answer', status: 307, headers: { location } });

    expect(receivers.server.inbox.list()).toHaveLength(1);
  });

  it('reads no more of an answer than it needs', async () => {
    const endless: RequestListener = (request, response) => {
      request.resume();
      response.writeHead(500);
      const fill = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', fill);
      fill();
    };
    await withServer(endless, async (base) => {
      const outcome = await receivers.channel(kind, { address: `${base}/hook?a=1` }).send(MESSAGE);

      expect(outcome.kind).toBe('retry');
      expect(JSON.stringify(outcome).length).toBeLessThan(400);
    });
  });

  it('leaves a receiver that answers one byte at a time, and its connection', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const trickle: RequestListener = (request, response) => {
      request.resume();
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 5);
      closed = new Promise((resolve) => request.socket.on('close', resolve));
      response.on('close', () => clearInterval(drip));
    };
    await withServer(trickle, async (base) => {
      const channel = receivers.channel(kind, { address: `${base}/hook?a=1` });

      expect(await channel.send(MESSAGE, 100)).toMatchObject({ kind: 'retry', lost: true });
      await closed;
    });
  });

  it('reports no address and no secret, whatever becomes of a message', async () => {
    const secrets = secretsOf(receivers.configured(kind));
    const echo = `you sent ${secrets.join(' with ')}`;
    const outcomes = [
      await outcomeOf({ kind: 'reset' }),
      await outcomeOf({ kind: 'answer', status: 404, body: echo }),
      await outcomeOf({ kind: 'answer', status: 500, body: echo }),
      await outcomeOf({ kind: 'answer', status: 200, body: echo }),
      await outcomeOf({
        kind: 'answer',
        status: 200,
        body: JSON.stringify({ errcode: 310000, errmsg: echo }),
      }),
      await outcomeOf({
        kind: 'answer',
        status: 200,
        body: JSON.stringify({ code: 19021, msg: echo, errcode: 93000, errmsg: echo }),
      }),
      await outcomeOf({
        kind: 'answer',
        status: 302,
        headers: { location: `https://${secrets.at(-1)}/${secrets[0]}` },
      }),
      await receivers.channel(kind, { allowPrivate: false }).send(MESSAGE),
    ];

    expect(secrets).not.toEqual([]);
    for (const secret of [...secrets, String(receivers.server.port)]) {
      expect(JSON.stringify(outcomes)).not.toContain(secret);
    }
  });

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '１２７.0.0.1',
    '0',
    'localhost',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
  ])('posts nothing to this machine, though it is written %s', async (host) => {
    const address = addressOf(receivers.configured(kind)).replace('127.0.0.1', host);

    const outcome = await receivers.channel(kind, { address, allowPrivate: false }).send(MESSAGE);

    expect(outcome).toEqual({
      kind: 'retry',
      reason: 'the address is private: set WEBHOOK_ALLOW_PRIVATE=true if this is meant',
      lost: false,
    });
    expect(receivers.received(kind)).toEqual([]);
  });

  async function outcomeOf(fault: ReceiverFault): Promise<Outcome> {
    receivers.setFaults(kind, [fault]);
    return receivers.channel(kind).send(MESSAGE);
  }
});

it('gives up a receiver that switches to another protocol', async () => {
  const server = createServer().on('connection', (socket) => {
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n';
    socket.on('error', () => undefined).once('data', () => socket.end(upgrade));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  server.unref();

  const outcome = await receivers.channel('webhook', { address }).send(MESSAGE);
  server.close();

  expect(outcome).toMatchObject({ kind: 'retry', lost: true });
}, 1_000);

describe('addresses that no webhook on the internet has', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '127.255.255.255',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:6464:64c8',
    '192.0.2.1',
    '192.88.99.1',
    '198.51.100.1',
    '203.0.113.1',
    '::ffff:192.168.1.1',
    '::8.8.8.8',
    '::ffff:0:8.8.8.8',
    '64:ff9b::7f00:1',
    '64:ff9b::100.100.100.200',
    '64:ff9b:1::808:808',
    '64:ff9b:0:0:1::808:808',
    '100::1',
    '2001::1',
    '2001:0:808:808::1',
    '2001:db8::1',
    '2001:1ff:ffff::1',
    '2002:7f00:1::',
    '2002:808:808::1',
    '3fff::1',
    '4000::1',
    '5f00::1',
    'fec0::1',
    'fe80::1%lo',
    'not an address',
    'fd00::1',
    'fe80::1',
    'ff02::1',
  ])('include %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '203.119.1.1',
    '2001:200::1',
    '2401:b180::1',
    '2600:1901::1',
    '3ffe::1',
    '::ffff:1.1.1.1',
    '64:ff9b::1.1.1.1',
    '64:ff9b::808:808',
  ])('do not include %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

describe('the heartbeat', () => {
  const PATIENCE_MS = 5_000;

  it('is one empty request', async () => {
    receivers.server.setFaults('webhook', [{ kind: 'answer', status: 200 }]);

    await heartbeat(receivers.server.webhook.url, true)(PATIENCE_MS);

    expect(receivers.received('webhook')).toMatchObject([
      { method: 'POST', body: '', headers: { 'user-agent': USER_AGENT } },
    ]);
  });

  it('is a GET to a switch that takes nothing else', async () => {
    await withServer(
      (request, response) =>
        response.writeHead(request.method === 'GET' ? 200 : 404).end('{"ok":true}'),
      async (base) => {
        const url = `${base}/api/push/token?status=up`;

        await heartbeat(url, true, 'GET')(PATIENCE_MS);
        await expect(heartbeat(url, true)(PATIENCE_MS)).rejects.toThrow('HTTP 404');
      },
    );
  });

  it.each<[string, ReceiverFault, string]>([
    ['is refused', { kind: 'answer', status: 500 }, 'HTTP 500'],
    ['is sent elsewhere', { kind: 'answer', status: 302 }, 'HTTP 302'],
    ['is not answered', { kind: 'reset' }, 'ECONNRESET'],
  ])('fails when it %s, without naming the address', async (_what, fault, message) => {
    receivers.server.setFaults('webhook', [fault]);

    await expect(heartbeat(receivers.server.webhook.url, true)(PATIENCE_MS)).rejects.toThrow(
      message,
    );
  });

  it('is not sent to this machine unless that is allowed', async () => {
    await expect(heartbeat(receivers.server.webhook.url, false)(PATIENCE_MS)).rejects.toThrow(
      'PRIVATE_ADDRESS',
    );

    expect(receivers.received('webhook')).toEqual([]);
  });
});

function dateIn(nowMs: number, seconds: number): string {
  return new Date(nowMs + seconds * 1_000).toUTCString();
}

/** Spread out over its first five seconds by the milliseconds of the clock. */
function nextMinute(nowMs: number): number {
  return Math.floor(nowMs / MINUTE_MS + 1) * MINUTE_MS + (nowMs % 1_000) * 5;
}
