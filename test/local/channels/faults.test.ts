import {
  type AnswerFault,
  type ChannelsServer,
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

it.each<[string, Omit<AnswerFault, 'kind'>]>([
  ['a page of a proxy', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
  ['an error inside a 200', { status: 200, body: '{"errcode":-1,"errmsg":"system busy"}' }],
  ['a receiver that is gone', { status: 410 }],
  ['a receiver that slows us down', { status: 429, headers: { 'retry-after': '30' } }],
  ['a redirect', { status: 302, headers: { location: 'https://example.com/' } }],
])('answers as %s', async (_, answer) => {
  channels.setFaults('slack', [{ kind: 'answer', ...answer }]);

  const response = await send();

  expect(response.status).toBe(answer.status);
  expect(await response.text()).toBe(answer.body ?? '');
  expect(Object.fromEntries(response.headers)).toMatchObject(answer.headers ?? {});
  expect(channels.inbox.list()).toEqual([expect.objectContaining({ accepted: false })]);
});

it('resets a connection before it has read anything', async () => {
  channels.setFaults('slack', [{ kind: 'reset' }]);

  await expect(send()).rejects.toThrow();

  expect(channels.inbox.list()).toEqual([]);
});

it('takes a message and loses the answer', async () => {
  channels.setFaults('slack', [{ kind: 'lost-answer' }]);

  await expect(send()).rejects.toThrow();

  expect(channels.inbox.list()).toEqual([
    expect.objectContaining({ accepted: true, outcome: { kind: 'reset' } }),
  ]);
});

it('takes a message and holds the answer back', async () => {
  channels.setFaults('slack', [{ kind: 'latency', latencyMs: 3_600_000 }]);
  const impatience = new AbortController();

  const sent = send({ signal: impatience.signal });
  while (channels.inbox.list().length === 0) await new Promise(setImmediate);
  impatience.abort();

  await expect(sent).rejects.toThrow();
  expect(channels.inbox.list()).toEqual([expect.objectContaining({ accepted: true })]);
});

it('ends after as many requests as it was asked for', async () => {
  channels.setFaults('slack', [{ kind: 'answer', status: 503, times: 2 }]);

  const statuses = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await send()).status);

  expect(statuses).toEqual([503, 503, 200]);
});

it('ends when an empty list replaces it', async () => {
  channels.setFaults('slack', [{ kind: 'answer', status: 503 }]);
  channels.setFaults('slack', []);

  expect((await send()).status).toBe(200);
});

it('hits one receiver and leaves the others alone', async () => {
  channels.setFaults('dingtalk', [{ kind: 'answer', status: 503 }]);

  expect((await send()).status).toBe(200);
});

it('hits the same share of requests again when the seed is the same', async () => {
  const run = async (seed: number): Promise<number[]> => {
    await channels.close();
    channels = await startChannels({ seed });
    channels.setFaults('slack', [{ kind: 'answer', status: 503, probability: 0.5 }]);
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

it('gives the answer of the first fault that has one', async () => {
  channels.setFaults('slack', [
    { kind: 'answer', status: 503, times: 1 },
    { kind: 'reset', times: 1 },
  ]);

  expect((await send()).status).toBe(503);
  await expect(send()).rejects.toThrow();
  expect((await send()).status).toBe(200);
});

it('names every bad field, and keeps the faults it had', async () => {
  channels.setFaults('slack', [{ kind: 'answer', status: 503 }]);
  const bad = [
    { kind: 'answer', status: 99, headers: { 'retry-after': 30 }, body: 1, times: 0 },
    { kind: 'latency', latencyMs: -1, probability: 2 },
    { kind: 'reset', when: 'sometimes', operations: ['POST'] },
    { kind: 'hang' },
  ] as unknown as ReceiverFaults;

  expect(() => channels.setFaults('slack', bad)).toThrow(
    new RangeError(
      [
        'Invalid faults:',
        'faults[0].times must be a whole number, 1 or more',
        'faults[0].status must be an HTTP status from 200 to 599',
        'faults[0].headers must be an object of texts',
        'faults[0].body must be a text, which may be empty',
        'faults[1].probability must be a number from 0 to 1',
        'faults[1].latencyMs must be a number of milliseconds, 0 or more',
        'faults[2].when is not a field of reset',
        'faults[2].operations is not a field of reset',
        'faults[3].kind must be one of latency, reset, lost-answer, answer',
      ].join('\n- '),
    ),
  );
  expect((await send()).status).toBe(503);
});
