import {
  type ChannelsServer,
  type FaultAnswer,
  type ReceiverFaults,
  startChannels,
} from '../../../local/channels/index.ts';
import { manualClock } from '../../../local/clock.ts';

let channels: ChannelsServer;

beforeEach(async () => {
  channels = await startChannels({ clock: manualClock(Date.parse('2026-11-22T10:00:00Z')) });
});

afterEach(() => channels.close());

function send(init: RequestInit = {}): Promise<Response> {
  const body = JSON.stringify({ text: 'hello' });
  return fetch(channels.slack.webhook, { method: 'POST', body, redirect: 'manual', ...init });
}

it.each<[string, FaultAnswer]>([
  ['a page of a proxy', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
  ['an error inside a 200', { status: 200, body: '{"errcode":-1,"errmsg":"system busy"}' }],
  ['a receiver that is gone', { status: 410 }],
  ['a receiver that slows us down', { status: 429, headers: { 'retry-after': '30' } }],
  ['a redirect', { status: 302, headers: { location: 'https://example.com/' } }],
])('answers as %s would', async (_, answer) => {
  channels.setFaults('slack', { answer });

  const response = await send();

  expect(response.status).toBe(answer.status);
  expect(await response.text()).toBe(answer.body ?? '');
  expect(Object.fromEntries(response.headers)).toMatchObject(answer.headers ?? {});
  expect(channels.inbox.list()).toEqual([expect.objectContaining({ accepted: false })]);
});

it('resets a connection before it has read anything', async () => {
  channels.setFaults('slack', { reset: 'before-reading' });

  await expect(send()).rejects.toThrow();

  expect(channels.inbox.list()).toEqual([]);
});

it('takes a message and loses the answer', async () => {
  channels.setFaults('slack', { reset: 'after-accepting' });

  await expect(send()).rejects.toThrow();

  expect(channels.inbox.list()).toEqual([
    expect.objectContaining({ accepted: true, outcome: { kind: 'reset' } }),
  ]);
});

it('takes a message and holds the answer back', async () => {
  channels.setFaults('slack', { latencyMs: 3_600_000 });
  const impatience = new AbortController();

  const sent = send({ signal: impatience.signal });
  while (channels.inbox.list().length === 0) await new Promise(setImmediate);
  impatience.abort();

  await expect(sent).rejects.toThrow();
  expect(channels.inbox.list()).toEqual([expect.objectContaining({ accepted: true })]);
});

it('ends after as many requests as it was told', async () => {
  channels.setFaults('slack', { times: 2, answer: { status: 503 } });

  const statuses = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await send()).status);

  expect(statuses).toEqual([503, 503, 200]);
});

it('ends when it is replaced by nothing', async () => {
  channels.setFaults('slack', { answer: { status: 503 } });
  channels.setFaults('slack', {});

  expect((await send()).status).toBe(200);
});

it('troubles one receiver and leaves the others alone', async () => {
  channels.setFaults('dingtalk', { answer: { status: 503 } });

  expect((await send()).status).toBe(200);
});

it('hits the same share of requests again when the seed is the same', async () => {
  const run = async (seed: number): Promise<number[]> => {
    await channels.close();
    channels = await startChannels({ seed });
    channels.setFaults('slack', { probability: 0.5, answer: { status: 503 } });
    const statuses = [];
    for (let count = 0; count < 40; count += 1) {
      statuses.push((await send({ method: 'PUT' })).status);
    }
    return statuses.map((status) => (status === 503 ? 1 : 0));
  };

  const first = await run(7);

  expect(await run(7)).toEqual(first);
  expect(await run(8)).not.toEqual(first);
  expect(new Set(first)).toEqual(new Set([0, 1]));
});

it('names every bad field, and keeps the faults it had', async () => {
  channels.setFaults('slack', { answer: { status: 503 } });
  const bad = {
    times: 0,
    probability: 2,
    latencyMs: -1,
    answer: { status: 99 },
    reset: 'sometimes',
    hang: true,
  } as unknown as ReceiverFaults;

  const attempt = () => channels.setFaults('slack', bad);

  expect(attempt).toThrow(RangeError);
  for (const name of [...Object.keys(bad), 'exclude']) {
    expect(attempt).toThrow(new RegExp(`- .*${name}`));
  }
  expect((await send()).status).toBe(503);
});
