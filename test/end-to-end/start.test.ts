import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import EcsClient, * as Ecs from '@alicloud/ecs20140526';
import { Config } from '@alicloud/openapi-client';
import type { ChannelName } from '../../local/channels/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { type Running, runCommand } from '../helpers/processes.ts';

const CHANNELS = CHANNEL_KINDS.map(({ kind }) => kind as ChannelName);

const REGION = 'cn-hangzhou';
/** Ticks are ten seconds apart: two of them, and time for a busy machine. */
const TWO_TICKS_MS = 60_000;
const POLL_MS = 500;

interface Addresses {
  readonly page: string;
  readonly inbox: string;
  readonly ecs: string;
}

describe('npm start', () => {
  let start: Running;
  let addresses: Addresses;

  let distBefore: readonly number[];

  beforeAll(async () => {
    distBefore = timesOfDist();
    // Nothing changes by itself here, so that every message is about what this test did.
    start = runCommand('start', ['--port', '0', '--churn', '0'], {
      WATCH_LANGUAGE: 'zh',
      WATCH_TIME_ZONE: 'Asia/Shanghai',
    });
    addresses = await readAddresses(start);
  }, 60_000);
  afterAll(async () => {
    start.child.kill('SIGTERM');
    await start.finished;
  });

  it('leaves the bundles alone that a deployment of this checkout uploads', () => {
    expect(timesOfDist()).toEqual(distBefore);
  });

  it(
    'announces an instance that the official client stopped to every receiver once, and shows it',
    async () => {
      // An instance that stopped before the baseline was taken would never have changed.
      await eventually(async () => {
        const notices = await messagesAbout(addresses.inbox, 'webhook', '"notice":"baseline"');
        return notices.length > 0;
      });
      const id = await stopOne(addresses.ecs);

      await eventually(async () => {
        const events = await messagesAbout(addresses.inbox, 'webhook', id);
        return events.some((body) => body.includes('"to":"Stopped"'));
      });

      for (const channel of CHANNELS) {
        const messages = await messagesAbout(addresses.inbox, channel, id);
        // Events carry the status as ECS spells it, chats say it within a sentence.
        expect(messages.filter((body) => /stopped|已停止/iu.test(body))).toHaveLength(1);
      }
      const [inDingTalk] = await messagesAbout(addresses.inbox, 'dingtalk', id);
      expect(inDingTalk).toContain('UTC+8');
      expect(inDingTalk).toContain(`${addresses.page}instances/${id}`);
      const page = await fetch(`${addresses.page}plain`);
      expect(await page.text()).toContain(id);
      const instance = await fetch(`${addresses.page}instances/${id}`);
      expect(await instance.json()).toMatchObject({
        instance: { instanceId: id, status: 'Stopped' },
      });
    },
    2 * TWO_TICKS_MS + 10_000,
  );
});

/** The addresses that the command prints, once it has printed all of them. */
async function readAddresses({ child }: Running): Promise<Addresses> {
  const text = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stdout?.on('data', (chunk: string) => {
      printed += chunk;
      if (printed.includes('Ctrl-C')) resolve(printed);
    });
    child.once('close', () => reject(new Error(`npm start ended: ${printed}`)));
  });
  const addressOf = (name: string): string =>
    new RegExp(`^ +${name} +(\\S+)`, 'mu').exec(text)?.[1] ?? `no ${name} in ${text}`;
  return { page: addressOf('Page'), inbox: addressOf('Inbox'), ecs: addressOf('ECS') };
}

/** Stops the first running instance; its id. */
async function stopOne(ecs: string): Promise<string> {
  const client = new EcsClient(
    new Config({
      ...LOCAL_KEYS,
      endpoint: ecs.replace('http://', ''),
      protocol: 'http',
      regionId: REGION,
    }),
  );
  const { body } = await client.describeInstanceStatus(
    new Ecs.DescribeInstanceStatusRequest({ regionId: REGION, pageSize: 50 }),
  );
  const running = body?.instanceStatuses?.instanceStatus?.find(
    ({ status }) => status === 'Running',
  );
  const id = running?.instanceId ?? '';
  await client.stopInstances(new Ecs.StopInstancesRequest({ regionId: REGION, instanceId: [id] }));
  return id;
}

async function messagesAbout(inbox: string, channel: string, text: string): Promise<string[]> {
  const response = await fetch(`${inbox}?format=json&channel=${channel}`);
  const { messages } = (await response.json()) as {
    messages: { body: string; accepted: boolean }[];
  };
  return messages
    .filter(({ body, accepted }) => accepted && body.includes(text))
    .map(({ body }) => body);
}

async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < TWO_TICKS_MS; waitedMs += POLL_MS) {
    if (await isTrue()) return;
    await sleep(POLL_MS);
  }
  throw new Error('it never became true');
}

function timesOfDist(): readonly number[] {
  const { mtimeMs, ctimeMs } =
    statSync(join(__dirname, '..', '..', 'dist'), { throwIfNoEntry: false }) ?? {};
  return [mtimeMs ?? 0, ctimeMs ?? 0];
}
