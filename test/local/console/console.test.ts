import { CHANNELS } from '../../../local/channels/index.ts';
import { manualClock } from '../../../local/clock.ts';
import { startConsole } from '../../../local/console/index.ts';
import { MAX_SHOWN_EVENTS, MAX_SHOWN_MESSAGES } from '../../../local/console/parts/inbox.ts';
import { type LocalCloud, startLocalCloud } from '../../../local/index.ts';
import type { LocalServer } from '../../../local/server.ts';

const MEMBER = '1357924680135792';
const START_MS = Date.UTC(2026, 10, 22, 10, 5);

describe('the console of the local cloud', () => {
  let cloud: LocalCloud;
  let consoleServer: LocalServer;
  let open: Stream[];
  beforeEach(async () => {
    open = [];
    cloud = await startLocalCloud({
      clock: manualClock(START_MS),
      regions: ['cn-hangzhou', 'cn-shanghai'],
      fleetSize: 2,
      accounts: [
        { role: { arn: `acs:ram::${MEMBER}:role/watch` }, regions: ['cn-beijing'], fleetSize: 1 },
      ],
    });
    consoleServer = await startConsole({ cloud });
  });
  afterEach(async () => {
    await Promise.all(open.map((stream) => stream.close()));
    await consoleServer.close();
    await cloud.close();
  });

  it('turns each of its switches on and off', async () => {
    const names = await switchNames();
    expect(names).toHaveLength(8 + 2 * CHANNELS.length);

    for (const name of names) {
      expect([name, (await post('/faults', { [name]: 'on' })).status]).toEqual([name, 200]);
      expect([name, faultsOfAll()]).toEqual([name, [expect.anything()]]);
      await post('/faults', { [name]: 'on' });
      expect([name, faultsOfAll()]).toEqual([name, [expect.anything()]]);
      await post('/faults', { [name]: 'off' });
      expect([name, faultsOfAll()]).toEqual([name, []]);
    }
  });

  it('lists the instances of all accounts and regions, and creates where the reader wants', async () => {
    const stream = await follow('/live');
    const { instances = '' } = await stream.next();
    expect(instances.match(/class="row"/gu)).toHaveLength(5);
    expect(instances).toContain('cn-shanghai');
    expect(instances).toContain(MEMBER);
    const page = await (await fetch(consoleServer.url)).text();
    expect(page).toContain(`<option value="${MEMBER} cn-beijing">`);

    await post('/instances/new', { name: 'web-新', place: `${MEMBER} cn-beijing` });

    const created = cloud.ecs.fleetOf(MEMBER).instances('cn-beijing').at(-1);
    expect(created?.name).toBe('web-新');
    expect((await stream.next()).instances).toContain('web-新');
    const [first] = cloud.ecs.fleetOf(MEMBER).instances('cn-beijing');
    expect((await post('/instances', { release: first?.id ?? '' })).status).toBe(200);
    expect(cloud.ecs.fleetOf(MEMBER).find(first?.id ?? '')).toBeUndefined();
  });

  it('sends an open page only the parts that have changed', async () => {
    const stream = await follow('/live?lang=zh');
    expect(Object.keys(await stream.next()).sort()).toEqual(
      ['counts', 'faultCount', 'faults', 'inbox', 'instances', 'tick'].sort(),
    );

    await post('/faults', { 'ecs-outage': 'on' });
    expect(Object.keys(await stream.next()).sort()).toEqual(['faultCount', 'faults']);
    await fetch(cloud.channels.slack.webhook, { method: 'POST', body: '{"text":"hello"}' });
    const { inbox, ...others } = await stream.next();
    expect(inbox).toContain('hello');
    expect(others).toEqual({});
  });

  it('shows of the events only the last ones beside the chats, and all of them alone', async () => {
    const { slack, webhook } = cloud.channels;
    await fetch(slack.webhook, { method: 'POST', body: '{"text":"hello"}' });
    for (let event = 0; event < 40; event += 1) {
      await fetch(webhook.url, { method: 'POST', body: '{}' });
    }

    const { inbox: all = '' } = await (await follow('/live')).next();
    const { inbox: alone = '' } = await (await follow('/live?channel=webhook')).next();

    expect(all).toContain('hello');
    expect(all.match(/<article/gu)).toHaveLength(1 + MAX_SHOWN_EVENTS);
    expect(alone.match(/<article/gu)).toHaveLength(MAX_SHOWN_MESSAGES);
  });

  it.each([
    ['', undefined, 'en'],
    ['', 'de-DE,de;q=0.9', 'en'],
    ['', 'zh-TW,en;q=0.5', 'zh-CN'],
    ['', 'fr,en;q=0.3,zh;q=0.7', 'zh-CN'],
    ['', 'zh;q=0', 'en'],
    ['?lang=en', 'zh-CN', 'en'],
    ['?lang=constructor', 'zh-CN', 'zh-CN'],
  ])(
    'speaks by the address %j and Accept-Language %j the language %s',
    async (query, accept, lang) => {
      const headers = accept === undefined ? {} : { 'accept-language': accept };
      const page = await (await fetch(`${consoleServer.url}/${query}`, { headers })).text();

      expect(page).toContain(`<html lang="${lang}">`);
    },
  );

  function post(path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    const body = new URLSearchParams(fields);
    return fetch(`${consoleServer.url}${path}`, { method: 'POST', body });
  }

  async function switchNames(): Promise<readonly string[]> {
    const { faults = '' } = await (await follow('/live')).next();
    return [...faults.matchAll(/role="switch" id="([^"]+)"/gu)].map(([, name = '']) => name);
  }

  function faultsOfAll(): readonly unknown[] {
    const { ecs, tablestore, channels } = cloud;
    const ofReceivers = CHANNELS.flatMap((name) => channels.faultsOf(name));
    return [...ecs.faults, ...tablestore.faults, ...ofReceivers];
  }

  async function follow(path: string): Promise<Stream> {
    const stream = streamOf(await fetch(`${consoleServer.url}${path}`));
    open.push(stream);
    return stream;
  }
});

interface Stream {
  /** The parts in the next event. */
  next(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

function streamOf(response: Response): Stream {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('the stream has no body');
  let text = '';
  return {
    async next() {
      while (!text.includes('\n\n')) {
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream has ended');
        text += value;
      }
      const end = text.indexOf('\n\n');
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      return JSON.parse(event.replace(/^data: /u, '')) as Readonly<Record<string, string>>;
    },
    close: () => reader.cancel(),
  };
}
