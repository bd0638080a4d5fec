import { type ChannelsServer, startChannels } from '../../../local/channels/index.ts';
import { type ManualClock, manualClock } from '../../../local/clock.ts';

const PAYLOAD = { summary: 'web-1 stopped', source: 'i-1', severity: 'error' };
const ALERT = { event_action: 'trigger', dedup_key: 'a', payload: PAYLOAD };
const CHANGE = { payload: { summary: 'web-1 is new' } };

let clock: ManualClock;
let channels: ChannelsServer;

beforeEach(async () => {
  clock = manualClock(Date.parse('2026-11-22T10:00:00Z'));
  channels = await startChannels({ clock });
});
afterEach(() => channels.close());

it('accepts an event that opens an alert, repeats it, and ends it', async () => {
  expect(await send(ALERT)).toEqual({
    status: 202,
    answer: { status: 'success', message: 'Event processed', dedup_key: 'a' },
    shown: true,
  });
  expect(await send(ALERT)).toMatchObject({ status: 202, shown: true });
  expect(await send({ event_action: 'resolve', dedup_key: 'a' })).toMatchObject({ shown: true });
});

it('drops what ends no open alert, and says nothing of that', async () => {
  const resolve = { event_action: 'resolve', dedup_key: 'a' };

  expect(await send(resolve)).toMatchObject({ status: 202, shown: false });
  await send(ALERT);
  await send(resolve);
  expect(await send(resolve)).toMatchObject({ status: 202, shown: false });
});

it('accepts change events at their own address', async () => {
  expect(await send(CHANGE, '/v2/change/enqueue')).toMatchObject({ status: 202, shown: true });
});

it.each<[string, unknown, string]>([
  ['no JSON', 'hello', '/v2/enqueue'],
  ['a key of another length', { ...ALERT, routing_key: 'short' }, '/v2/enqueue'],
  ['another key', { ...ALERT, routing_key: 'f'.repeat(32) }, '/v2/enqueue'],
  ['an action that is not known', { ...ALERT, event_action: 'open' }, '/v2/enqueue'],
  ['an alert without a payload', { ...ALERT, payload: undefined }, '/v2/enqueue'],
  [
    'a severity that is not known',
    { ...ALERT, payload: { ...PAYLOAD, severity: 'bad' } },
    '/v2/enqueue',
  ],
  [
    'a summary that is too long',
    { ...ALERT, payload: { ...PAYLOAD, summary: 'x'.repeat(1_025) } },
    '/v2/enqueue',
  ],
  ['a key of an alert that is too long', { ...ALERT, dedup_key: 'x'.repeat(256) }, '/v2/enqueue'],
  ['an end without a key', { event_action: 'resolve' }, '/v2/enqueue'],
  ['a change without a summary', { payload: {} }, '/v2/change/enqueue'],
])('refuses %s', async (_what, event, path) => {
  expect(await send(event, path)).toMatchObject({ status: 400, shown: false });
});

it('takes no change event with the key of a ruleset', async () => {
  const routingKey = `R${'0'.repeat(31)}`;
  await channels.close();
  channels = await startChannels({ clock, settings: { pagerduty: { routingKey } } });

  expect(await send(CHANGE, '/v2/change/enqueue')).toMatchObject({ status: 400 });
  expect(await send(ALERT)).toMatchObject({ status: 202 });
});

it('takes 120 events in any minute', async () => {
  for (let count = 0; count < 120; count += 1) await send(ALERT);

  expect(await send(ALERT)).toMatchObject({ status: 429, shown: false });
  clock.advance(60_000);
  expect(await send(ALERT)).toMatchObject({ status: 202 });
});

async function send(event: unknown, path = '/v2/enqueue') {
  const { routingKey, url } = channels.pagerduty;
  const body =
    typeof event === 'string'
      ? event
      : JSON.stringify({ routing_key: routingKey, ...(event as object) });
  const answer = await fetch(`${url}${path}`, { method: 'POST', body });
  const shown = channels.inbox.list('pagerduty').at(-1)?.accepted;
  return { status: answer.status, answer: await answer.json(), shown };
}
