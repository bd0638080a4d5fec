import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../commands/bundle.ts';
import { type ConfigureFlags, configure } from '../../../commands/configure/configure.ts';
import { credentialsIn } from '../../../commands/configure/credentials.ts';
import { parseDotEnv } from '../../../commands/dot-env.ts';
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

/** `answers`: by a part of the question; a question without one is answered with an empty line. */
async function run(
  flags: Partial<ConfigureFlags>,
  answers: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const lines: string[] = [];
  const asked: string[] = [];
  const code = await configure(
    { values: new Map(addresses()), isQuiet: true, sendsNothing: false, ...flags },
    {
      environment: {},
      findCredentials: async () => LOCAL_KEYS,
      credentialsIn,
      runtime: SYSTEM_RUNTIME,
      randomHex: (digits) => 'e'.repeat(digits),
      uninterrupted: (work) => work(),
      print: (line) => lines.push(line),
      async ask(question) {
        asked.push(question);
        return Object.entries(answers).find(([part]) => question.includes(part))?.[1] ?? '';
      },
      path,
    },
  );
  return { code, text: lines.join('\n'), asked };
}

function stored(): Readonly<Record<string, string>> {
  return parseDotEnv(readFileSync(path, 'utf8'), path).values;
}

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

    const { code } = await run({ values: new Map(), sendsNothing: true });

    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(before);
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

  it('refuses a .env with a line that it does not understand, and leaves it', async () => {
    writeFileSync(path, 'A=1\nwhat is this\n');

    await expect(run({})).rejects.toThrow(`${path}:2 is not NAME=value`);
    expect(readFileSync(path, 'utf8')).toBe('A=1\nwhat is this\n');
  });
});
