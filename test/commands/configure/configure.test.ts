import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { ROOT } from '../../../commands/bundle.ts';
import { configure } from '../../../commands/configure/configure.ts';
import { credentialsIn } from '../../../commands/configure/credentials.ts';
import { remarksOn } from '../../../commands/configure/remarks.ts';
import type { ConfigureFlags } from '../../../commands/configure/world.ts';
import { parseDotEnv } from '../../../commands/dot-env.ts';
import { askOn } from '../../../commands/setup/system-world.ts';
import { LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../../local/index.ts';
import { SYSTEM_RUNTIME } from '../../../shared/lib/runtime.ts';

let cloud: LocalCloud;
let folder: string;
let path: string;
beforeAll(async () => {
  cloud = await startLocalCloud({ fleetSize: 3 });
});
afterAll(() => cloud.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecs-watch-configure-'));
  path = join(folder, '.env');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What leads to the local cloud in place of the real one, with its only channel. */
function addresses(): readonly (readonly [string, string])[] {
  const { SLACK_WEBHOOK = '' } = cloud.environment;
  return [
    ['ALIBABA_CLOUD_ACCESS_KEY_ID', LOCAL_KEYS.accessKeyId],
    ['ALIBABA_CLOUD_ACCESS_KEY_SECRET', LOCAL_KEYS.accessKeySecret],
    ['ECS_ENDPOINT', cloud.ecs.url],
    ['STS_ENDPOINT', cloud.sts.url],
    ['WEBHOOK_ALLOW_PRIVATE', 'true'],
    ['SLACK_WEBHOOK', SLACK_WEBHOOK],
    ['WATCH_REGIONS', 'cn-hangzhou'],
    ['TABLESTORE_INSTANCE', 'ecs-watch'],
  ];
}

interface Ran {
  readonly code: number;
  readonly text: string;
  readonly asked: readonly string[];
}

/**
 * `answers`: by a part of the question, one after the other; a question without one is answered with an
 * empty line. A function does something before it answers.
 */
async function run(
  flags: Partial<ConfigureFlags>,
  answers: Readonly<Record<string, string | readonly string[] | (() => string)>> = {},
): Promise<Ran> {
  const left = new Map(Object.entries(answers).map(([part, each]) => [part, [each].flat()]));
  const lines: string[] = [];
  const asked: string[] = [];
  const code = await configure(
    { values: new Map(addresses()), isQuiet: true, sendsNothing: false, isForBox: false, ...flags },
    {
      environment: {},
      findCredentials: async () => LOCAL_KEYS,
      credentialsIn,
      runtime: SYSTEM_RUNTIME,
      randomHex: (digits) => 'e'.repeat(digits),
      uninterrupted: (_notice, work) => work(new AbortController().signal),
      print: (line) => lines.push(line),
      async ask(question, isHidden = false) {
        asked.push(isHidden ? `(hidden) ${question}` : question);
        const found = [...left].find(([part]) => question.includes(part))?.[1] ?? [];
        const answer = (found.length > 1 ? found.shift() : found[0]) ?? '';
        return typeof answer === 'string' ? answer : answer();
      },
      path,
    },
  );
  return { code, text: lines.join('\n'), asked };
}

function stored(): Readonly<Record<string, string>> {
  return parseDotEnv(readFileSync(path, 'utf8'), path).values;
}

describe('a question on a terminal', () => {
  it('shows nothing of what is typed where that is hidden', async () => {
    const input = new PassThrough();
    const shown: string[] = [];
    const screen = { write: (chunk: string | Uint8Array) => shown.push(String(chunk)) > 0 };

    const answer = askOn(input, screen, 'Its secret: ', true);
    input.write('hunter2\n');

    expect(await answer).toBe('hunter2');
    expect(shown.join('')).toContain('Its secret: ');
    expect(shown.join('').replace('Its secret: ', '')).not.toMatch(/[hunter2]/u);
  });

  it('ends where no answer comes any more', async () => {
    const input = new PassThrough();
    const answer = askOn(input, { write: () => true }, 'Region: ', false);
    input.end();

    await expect(answer).rejects.toThrow('No answer was given: nothing was changed.');
  });
});

describe('npm run configure', () => {
  it('stores what it was given, with a token and the address of the instance, and tries it', async () => {
    const { code, text } = await run({});

    expect([text, code]).toEqual([expect.stringContaining('Next: npm run setup'), 0]);
    expect(stored()).toMatchObject({
      TABLESTORE_ENDPOINT: 'https://ecs-watch.cn-hangzhou.ots.aliyuncs.com',
      VIEW_TOKEN: 'e'.repeat(48),
    });
    expect(text).toContain('account 1234567890123456: the key is good');
    expect(text).toContain('main/cn-hangzhou: ECS answers');
    expect(text).toContain('slack: a test message was accepted');
    expect(cloud.channels.inbox.list('slack')).toHaveLength(1);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('shows no secret', async () => {
    const { text } = await run({ sendsNothing: true });

    const { VIEW_TOKEN = '', SLACK_WEBHOOK = '', ALIBABA_CLOUD_ACCESS_KEY_SECRET = '' } = stored();
    for (const secret of [VIEW_TOKEN, SLACK_WEBHOOK, ALIBABA_CLOUD_ACCESS_KEY_SECRET]) {
      expect(secret).not.toBe('');
      expect(text).not.toContain(secret);
    }
  });

  it('keeps what is right when it is run again, and the token with it', async () => {
    await run({ sendsNothing: true });
    const before = readFileSync(path, 'utf8');

    const { code, text } = await run({ values: new Map(), sendsNothing: true });

    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(text).toContain(`Nothing changes: ${path} has this already (10 variables, readable by`);
    expect(text).not.toContain('Stored in');
  });

  it('asks again for a key that STS refuses, and takes another one for that of .env', async () => {
    const wrong = new Map([...addresses(), ['ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'wrong'] as const]);
    await run({ values: wrong, sendsNothing: true });

    const { asked, code, text } = await run(
      { isQuiet: false, values: new Map(), sendsNothing: true },
      { 'Its secret': ['', 'mistyped', LOCAL_KEYS.accessKeySecret] },
    );

    expect([code, text.match(/SignatureDoesNotMatch.*Once more:/gu)?.length]).toEqual([0, 2]);
    expect(asked.slice(0, 2)).toEqual([
      `Access key id of a RAM user [${LOCAL_KEYS.accessKeyId}]: `,
      '(hidden) Its secret (not shown) [keep]: ',
    ]);
    expect(stored().ALIBABA_CLOUD_ACCESS_KEY_SECRET).toBe(LOCAL_KEYS.accessKeySecret);
  });

  it('sends a test message only after a yes where it asks', async () => {
    const before = cloud.channels.inbox.list('slack').length;

    const { asked } = await run({ isQuiet: false });
    const unsent = cloud.channels.inbox.list('slack').length;
    await run({ isQuiet: false }, { 'Send a test message to slack?': 'y' });

    expect(asked.at(-1)).toBe('Send a test message to slack? [y/N] ');
    expect(unsent).toBe(before);
    expect(cloud.channels.inbox.list('slack')).toHaveLength(before + 1);
  });

  it('needs no region beside the accounts of a file, and shows no value that the file refers to', async () => {
    const file = join(folder, 'watch.yaml');
    writeFileSync(
      file,
      [
        'accounts: [{ alias: main, regions: [cn-hangzhou] }]',
        'channels: [{ name: phone, kind: slack, webhook: "$' + '{env:FACTORY_CHAT}" }]',
      ].join('\n'),
    );
    const values = new Map([
      ...addresses().filter(([name]) => name !== 'WATCH_REGIONS'),
      ['WATCH_CONFIG', file],
      ['FACTORY_CHAT', cloud.environment.SLACK_WEBHOOK ?? ''],
    ] as const);

    const { code, text } = await run({ isQuiet: false, sendsNothing: true, values });

    expect([text, code]).toEqual([expect.stringContaining('main/cn-hangzhou: ECS answers'), 0]);
    expect(stored()).not.toHaveProperty('WATCH_REGIONS');
    expect(text).toMatch(/FACTORY_CHAT {2}set, \d+ characters/u);
    expect(text).not.toContain(cloud.environment.SLACK_WEBHOOK);
  });

  it('stores nothing that setup would refuse', async () => {
    const values = new Map([...addresses(), ['TABLESTORE_INSTANCE', 'my-alibaba'] as const]);

    await expect(run({ values })).rejects.toThrow(/without ali, ay, ots, taobao or admin\)$/u);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leads one box to its own store, and refuses that of a deployment', async () => {
    const values = new Map(addresses().filter(([name]) => !name.startsWith('TABLESTORE')));

    const { asked, code, text } = await run({
      isForBox: true,
      isQuiet: false,
      sendsNothing: true,
      values,
    });

    expect([text, code]).toEqual([expect.stringContaining('Next: npm start -- --real.'), 0]);
    expect(asked.join()).not.toMatch(/Tablestore|functions/u);
    expect(stored()).toMatchObject({
      TABLESTORE_ENDPOINT: 'http://127.0.0.1:7821',
      TABLESTORE_INSTANCE: 'ecs-watch',
    });
    const deployed = new Map([...values, ['TABLESTORE_INSTANCE', 'history'] as const]);
    await expect(run({ isForBox: true, values: deployed })).rejects.toThrow(
      'TABLESTORE_ENDPOINT and TABLESTORE_INSTANCE name another store than that of the box',
    );
  });

  it('asks for what nothing says yet, and takes an empty line for what it proposes', async () => {
    const values = new Map(addresses().filter(([name]) => /ENDPOINT|ALLOW|SLACK/u.test(name)));
    const { asked, code } = await run(
      { isQuiet: false, sendsNothing: true, values },
      {
        'Access key id': LOCAL_KEYS.accessKeyId,
        'Its secret': LOCAL_KEYS.accessKeySecret,
        'Regions to watch': 'cn-hangzhou',
        'Channels, of': 'dingtalk',
        DINGTALK_WEBHOOK: cloud.environment.DINGTALK_WEBHOOK ?? '',
        DINGTALK_SECRET: cloud.environment.DINGTALK_SECRET ?? '',
      },
    );

    expect(code).toBe(0);
    expect(asked[0]).toBe('Access key id of a RAM user: ');
    expect(stored()).toMatchObject({
      TABLESTORE_INSTANCE: 'ecs-watch-eeee',
      WATCH_LANGUAGE: 'en',
      WATCH_TIME_ZONE: 'UTC',
      DINGTALK_SECRET: cloud.environment.DINGTALK_SECRET,
    });
    expect(stored()).not.toHaveProperty('DINGTALK_KEYWORD');
  });

  it.each(['deploy/README.md', 'deploy/README.zh-CN.md', 'commands/configure.ts'])(
    'stores what the command in %s sets, and nothing is missing',
    async (file) => {
      const text = readFileSync(join(ROOT, file), 'utf8').replaceAll(/\\\n\s*/gu, '');
      const [, command = ''] =
        /configure -- --yes (?<flags>--set WATCH_REGIONS=[^`'\n]*)/u.exec(text) ?? [];
      const documented = [...command.matchAll(/--set (\w+)=(\S+)/gu)].map(
        ([, variable = '', value = '']) => [variable, value] as const,
      );
      const ways = addresses().filter(([variable]) => /ENDPOINT|ACCESS_KEY/u.test(variable));

      const { code } = await run({ values: new Map([...ways, ...documented]) });

      expect(code).toBe(0);
      expect(stored()).toMatchObject(Object.fromEntries(documented));
    },
  );

  it('asks again at once for what is wrong, misspelt or empty, and hides secrets', async () => {
    const values = new Map(addresses().filter(([name]) => /ENDPOINT|ALLOW/u.test(name)));
    const { asked, code, text } = await run(
      { isQuiet: false, sendsNothing: true, values },
      {
        'Access key id': ['', LOCAL_KEYS.accessKeyId],
        'Its secret': ['', LOCAL_KEYS.accessKeySecret],
        'Region in which': ['cn-hangzou', 'cn-hangzhou'],
        'Regions to watch': ['cn-hangzou', 'cn-hangzhou'],
        'Tablestore instance': ['my-alibaba', ''],
        'Channels, of': ['dingtalk,slak', '', 'slack'],
        'NOTHING IS SENT': 'no',
        SLACK_WEBHOOK: ['hooks.slack.com', cloud.environment.SLACK_WEBHOOK ?? ''],
      },
    );

    expect(code).toBe(0);
    expect(text).toContain('ALIBABA_CLOUD_ACCESS_KEY_ID is needed. Once more:');
    expect(text).toContain('DEPLOY_REGION is not a known region: is cn-hangzhou meant?');
    expect(text).toContain('WATCH_REGIONS holds cn-hangzou, which is not a known region');
    expect(text).toContain('TABLESTORE_INSTANCE is not a Tablestore instance name');
    expect(text).toContain('slak is no channel: is slack meant?');
    expect(text).toContain('slack: api.slack.com/apps > your app > Incoming Webhooks');
    const isAsked = (part: string) => asked.filter((question) => question.includes(part));
    expect(isAsked('Its secret')).toEqual(Array(2).fill('(hidden) Its secret (not shown): '));
    expect(isAsked('SLACK_WEBHOOK')).toHaveLength(2);
    expect(isAsked('(hidden) SLACK_WEBHOOK, the Webhook URL of a channel')).toHaveLength(2);
    expect(stored()).not.toHaveProperty('WATCH_SILENT');
  });

  it('sends nothing only after a yes', async () => {
    const values = new Map(addresses().filter(([name]) => name !== 'SLACK_WEBHOOK'));
    const answers = { 'NOTHING IS SENT': 'y' };
    const { asked } = await run({ isQuiet: false, values }, answers);

    expect(asked.at(-1)).toContain('Is that meant? [y/N]');
    expect(stored()).toMatchObject({ WATCH_SILENT: 'true' });
    const again = await run({ isQuiet: false, values: new Map() }, {});
    expect(again.asked.at(-1)).toContain('Channels, of');
  });

  it('remarks on a variable that nothing reads, with what is probably meant', async () => {
    writeFileSync(path, 'DINGTALK_SECRT=x\nSOMETHING_ELSE=1\n');
    const values = new Map([...addresses(), ['WATCH_REGION', 'cn-beijing'] as const]);
    const { text } = await run({ values, sendsNothing: true });

    expect(text).toContain(
      'WATCH_REGION is no variable of ecs-watch, and nothing reads it: is WATCH_REGIONS meant?',
    );
    expect(text).toContain(
      'DINGTALK_SECRT is no variable of ecs-watch, and nothing reads it: is DINGTALK_SECRET meant?',
    );
    expect(text.match(/is no variable/gu)).toHaveLength(2);
  });

  it('remarks without reading the file once more, which its caller has read', () => {
    writeFileSync(path, 'channels: []');
    const fs = require('node:fs') as typeof import('node:fs');
    const reads = jest.spyOn(fs, 'readFileSync');

    const remarks = remarksOn({ WATCH_CONFIG: path, SLACK_HOOK: 'x', SLACK_WEBHOK: 'x' }, [
      'SLACK_HOOK',
    ]);

    expect(remarks).toEqual([expect.stringContaining('is SLACK_WEBHOOK meant?')]);
    expect(reads.mock.calls.filter(([file]) => file === path)).toEqual([]);
    reads.mockRestore();
  });

  it('stores nothing of a configuration that is wrong, and names every problem', async () => {
    const values = new Map([
      ...addresses(),
      ['WATCH_REGIONS', 'hangzhou!'],
      ['VIEW_TOKEN', 'short'],
    ] as const);

    await expect(run({ values })).rejects.toThrow(/WATCH_REGIONS.*VIEW_TOKEN/su);
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });

  it('says what does not work yet of what it has stored: a wrong key, a receiver that refuses', async () => {
    const values = new Map([
      ...addresses(),
      ['ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'wrong'],
      ['SLACK_WEBHOOK', `${cloud.channels.url}/slack/none`],
    ] as const);

    const { code, text } = await run({ values });

    expect(code).toBe(1);
    expect(text).toContain('SignatureDoesNotMatch');
    expect(text).toMatch(/slack: a test message was (?:REFUSED|NOT ACCEPTED)/u);
    expect(stored()).toMatchObject({ WATCH_REGIONS: 'cn-hangzhou' });
  });

  it('keeps what another command stores while it asks, and a link to the file', async () => {
    const real = join(folder, 'real.env');
    writeFileSync(
      real,
      '\ufeffVIEW_TOKEN=of-the-view-00000\r\nVIEW_URL=https://before.example\r\n',
    );
    symlinkSync(real, path);
    const another = `VIEW_TOKEN=of-the-view-00000\nVIEW_URL=https://meanwhile.example\n`;
    const values = new Map(addresses().filter(([name]) => name !== 'WATCH_REGIONS'));

    await run(
      { isQuiet: false, values, sendsNothing: true },
      {
        'Regions to watch'() {
          writeFileSync(real, another);
          return 'cn-hangzhou';
        },
      },
    );

    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(stored()).toMatchObject({
      VIEW_URL: 'https://meanwhile.example',
      WATCH_REGIONS: 'cn-hangzhou',
    });
  });

  it('stores nothing beside another process that stores, and goes on after one that was killed', async () => {
    const unfinished = `${path}.unfinished`;
    writeFileSync(unfinished, 'VIEW_TOKEN=half-of-a-tok');

    await expect(run({ sendsNothing: true })).rejects.toThrow(
      `${path} cannot be written: another process stores its settings at this moment: run it again`,
    );
    utimesSync(unfinished, 1, 1);
    await run({ sendsNothing: true });

    expect(stored()).toMatchObject({ VIEW_TOKEN: 'e'.repeat(48) });
    expect(readdirSync(folder)).toEqual(['.env']);
  });

  it('says before it asks where nothing can be stored, and leaves no unfinished file', async () => {
    const asks = { isQuiet: false, sendsNothing: true };
    writeFileSync(path, 'VIEW_TOKEN=of-the-view-00000\n', { mode: 0o400 });
    await expect(run(asks)).rejects.toThrow(`${path} is read-only: chmod 600 ${path}`);
    rmSync(path);
    mkdirSync(path);
    await expect(run(asks)).rejects.toThrow(`${path} cannot be read: it is a folder (EISDIR)`);
    path = join(folder, 'none', '.env');
    await expect(run(asks)).rejects.toThrow(
      `${path} cannot be written: there is no such folder (ENOENT)`,
    );
    path = join(folder, 'other.env');
    const values = new Map([...addresses(), ['WATCH_REGIONS', 'a\nb'] as const]);
    await expect(run({ values })).rejects.toThrow('WATCH_REGIONS');
    const odd = new Map([...addresses(), ['DINGTALK_SECRT', 'a\nb'] as const]);
    await expect(run({ values: odd })).rejects.toThrow(
      'DINGTALK_SECRT holds characters that a line of .env cannot hold',
    );

    expect(readdirSync(folder)).toEqual(['.env']);
  });

  it('refuses a .env with a line that it does not understand, and leaves it', async () => {
    writeFileSync(path, 'A=1\nwhat is this\n');

    await expect(run({})).rejects.toThrow(`${path}:2 is not NAME=value`);
    expect(readFileSync(path, 'utf8')).toBe('A=1\nwhat is this\n');
  });
});
