import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions, ROOT } from '../../commands/bundle.ts';
import { instancesOf, readPlay, watcherOn } from '../../commands/play.ts';
import { loadConfig } from '../../commands/watch-file/load.ts';
import { playFile } from '../../commands/watch-file/play.ts';
import { parseWatchFile, readWatchFile } from '../../commands/watch-file/read.ts';
import { startChannels } from '../../local/channels/index.ts';
import { LOCAL_ACCOUNT } from '../../local/index.ts';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { seal } from '../../shared/config/sealed.ts';
import { parseViewConfig } from '../../shared/config/view.ts';
import { parseWatchConfig } from '../../shared/config/watch.ts';
import { listedScopes } from '../../shared/core/target.ts';

const ARN = 'acs:ram::1234567890123456:role/ecs-watch-member';
const TWO_ACCOUNTS = `
accounts:
  - alias: head-office
    regions: [cn-hangzhou, cn-shanghai]
  - alias: factory
    roleArn: ${ARN}
    externalId: \${env:FACTORY_EXTERNAL_ID}
    regions: [cn-beijing]
    zone: cn-beijing-h
    instanceIds: [i-1a1, i-2b2]
`;
const CHANNELS_AND_ROUTES = `
channels: [{ name: night-shift, kind: slack, webhook: "\${env:OPS_WEBHOOK}" }]
routes: [{ match: { name: batch-* }, channels: night-shift }]
mutes: [{ name: weekly-quiet, zone: UTC, weekly: [{ days: sun }] }]
`;
const LEAST = {
  WATCH_SILENT: 'true',
  TABLESTORE_ENDPOINT: 'https://ecs-watch.cn-hangzhou.ots.aliyuncs.com',
  TABLESTORE_INSTANCE: 'ecs-watch',
};
const EXTERNAL_ID = 'external-id-of-the-factory';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecs-watch-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(text: string): string {
  const path = join(folder, 'watch.yaml');
  writeFileSync(path, text);
  return path;
}

describe('the file at WATCH_CONFIG', () => {
  it('names accounts, and how the watcher is let in', () => {
    const environment = { ...LEAST, FACTORY_EXTERNAL_ID: EXTERNAL_ID };
    const config = parseWatchConfig(environment, parseWatchFile(TWO_ACCOUNTS, 'watch.yaml'));

    expect(listedScopes(config.targets).map(({ key }) => key)).toEqual([
      'head-office/cn-hangzhou',
      'head-office/cn-shanghai',
      expect.stringMatching(/^factory\/cn-beijing\/cn-beijing-h\/ids-[0-9a-f]{8}$/u),
    ]);
    expect([...config.roles]).toEqual([['factory', { arn: ARN, externalId: EXTERNAL_ID }]]);
    expect(config.secrets).toContain(EXTERNAL_ID);
    expect(config.wording.accounts).toBe(2);
  });

  it.each(['README.md', 'README.zh-CN.md'])('may be as %s shows it', (document) => {
    const text = readFileSync(join(__dirname, '../..', document), 'utf8');
    const example = /```yaml\n(?<file>accounts:\n.*?)```/su.exec(text)?.groups?.file ?? '';

    const { accounts } = parseWatchFile(example, document);

    expect(accounts.map(({ account }) => account)).toEqual(['factory', 'shop']);
  });

  it('names an alias without an anchor as its own mistake', () => {
    expect(problemsOf('accounts: *no-such')).toEqual([
      expect.stringContaining('watch.yaml cannot be read: Unresolved alias'),
    ]);
  });

  it('is not examined any further once it has a hundred mistakes', () => {
    const unknown = Array.from({ length: 2_000 }, (_, index) => `x${index}: 1`).join('\n');

    const problems = problemsOf(`accounts: []\n${unknown}`);

    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatch(/^watch\.yaml has \d+ problems more$/u);
  });

  it('may leave the regions to be all, but for some', () => {
    const { accounts } = parseWatchFile(
      `accounts: [{ alias: a, roleArn: "${ARN}", regions: all, allow: [cn-hangzhou], deny: [us-west-1] }]`,
      'watch.yaml',
    );

    expect(accounts).toMatchObject([
      { account: 'a', regions: 'all', allow: ['cn-hangzhou'], deny: ['us-west-1'] },
    ]);
  });

  it('watches its accounts beside that of the variables', () => {
    const file = parseWatchFile(one(`roleArn: ${ARN}`), 'watch.yaml');
    const targets = (more: Environment) =>
      parseWatchConfig({ ...LEAST, ...more }, file).targets.map(({ account }) => account);

    expect(targets({ WATCH_REGIONS: 'cn-hangzhou' })).toEqual(['main', 'a']);
    expect(targets({})).toEqual(['a']);
  });

  it.each([
    ['without a role', one('')],
    ['with the alias of it', one(`roleArn: ${ARN}`).replace('alias: a', 'alias: main')],
  ])('refuses an account %s beside that of the variables', (_what, text) => {
    const file = parseWatchFile(text, 'watch.yaml');

    expect(() => parseWatchConfig({ ...LEAST, WATCH_REGIONS: 'cn-hangzhou' }, file)).toThrow(
      /WATCH_REGIONS is set, but the account \w+ of WATCH_CONFIG/u,
    );
  });

  it('says which variable it refers to, when that one is not set', () => {
    expect(() => parseWatchConfig(LEAST, parseWatchFile(TWO_ACCOUNTS, 'watch.yaml'))).toThrow(
      'FACTORY_EXTERNAL_ID is missing (the external id of the account factory in WATCH_CONFIG)',
    );
  });

  it('names each mistake once, with its line, its column and the way to it, and nothing that follows from it', () => {
    const text = `accounts:
  - alias: main
    regions: [cn-hangzhou, cn-hangzhuo]
  - alias: prod
    rolArn: ${ARN}
    externalId: some-id
    region: [cn-hangzhou]
  - alias: prod
    roleArn: acs:ram:1234567890123456:role/x
    regions: [Hangzhou!]
`;

    expect(problemsOf(text)).toEqual([
      'watch.yaml:3:28 accounts[0].regions[1] is not a known region: is cn-hangzhou meant?',
      'watch.yaml:5:5 accounts[1].rolArn is no setting: is roleArn meant?',
      'watch.yaml:7:5 accounts[1].region is no setting: is regions meant?',
      'watch.yaml:8:12 accounts[2].alias is the alias of accounts[1] too',
      'watch.yaml:9:14 accounts[2].roleArn is not a role ARN such as acs:ram::2234567890123456:role/ecs-watch-member',
      'watch.yaml:10:15 accounts[2].regions[0] is not a region id such as cn-hangzhou',
    ]);
  });

  it.each([
    [
      'an account twice',
      `${one(`roleArn: ${ARN}`)}\n${entry('b', `roleArn: ${ARN}`)}`,
      '3:48 accounts[1].roleArn is a role of the same account as accounts[0] too',
    ],
    ['an empty file', '', '1:1 the file is missing'],
    ['no accounts', 'accounts: []', '1:11 accounts is an empty list'],
    ['an account without regions', 'accounts:\n  - alias: a', '2:5 accounts[0].regions is missing'],
    [
      'an unknown setting',
      `${one('')}\ncannels: []`,
      '3:1 cannels is no setting: is channels meant?',
    ],
    [
      'a number for a text',
      one('cluster: 5'),
      '2:48 accounts[0].cluster is not a text: put it in quotes',
    ],
    [
      'the alias of the journal',
      one('').replace('alias: a', 'alias: watcher'),
      '2:14 accounts[0].alias is not an alias',
    ],
    [
      'lists for all regions',
      one('allow: [cn-hangzhou]'),
      '2:46 accounts[0].allow is for regions: all',
    ],
    [
      'an external id without a role',
      one('externalId: x1'),
      '2:51 accounts[0].externalId is for an account with a roleArn',
    ],
    [
      'a zone elsewhere',
      one('zone: cn-beijing-h'),
      '2:45 accounts[0].zone is not a zone of every region',
    ],
    [
      'a zone of all regions',
      'accounts: [{ alias: a, regions: all, zone: cn-beijing-h }]',
      '1:44 accounts[0].zone is a zone of one region',
    ],
    ['a setting twice', 'accounts: []\naccounts: []', '2:1 is a setting that is given twice'],
    ['a tab', 'accounts:\n\t- alias: a', '2:1 is indented with a tab: use spaces'],
  ])('refuses %s', (_what, text, problem) => {
    expect(problemsOf(text)).toEqual(
      expect.arrayContaining([expect.stringContaining(`watch.yaml:${problem}`)]),
    );
  });

  it('takes a region that is not known, but like no other: it may be a new one', () => {
    expect(problemsOf('accounts: [{ alias: a, regions: [ap-southeast-9, mars-1] }]')).toEqual([]);
  });

  it('says that it cannot be read', () => {
    expect(() => readWatchFile({ WATCH_CONFIG: join(folder, 'none.yaml') })).toThrow(
      /WATCH_CONFIG: .*none\.yaml cannot be read \(ENOENT\): there is no such file/u,
    );
    expect(readWatchFile({ WATCH_CONFIG: ' ' })).toBeUndefined();
  });

  it.each(['README.md', 'README.zh-CN.md'])(
    'of %s is one that the local cloud can play',
    (document) => {
      const [, text = ''] =
        /```yaml\n(accounts:[^`]*)```/u.exec(readFileSync(join(ROOT, document), 'utf8')) ?? [];
      const file = parseWatchFile(text, 'watch.yaml');
      const play = (played: typeof file) =>
        playFile(played, { FACTORY_EXTERNAL_ID: 'id' }, { region: 'cn-hangzhou', fleetSize: 1 });

      const { accounts } = play(file);

      expect(accounts.map(({ regions }) => regions)).toEqual([['cn-shanghai'], ['cn-hangzhou']]);
      const [{ role }] = accounts as [(typeof accounts)[number]];
      const own = parseWatchFile(
        text.replace(role.arn, `acs:ram::${LOCAL_ACCOUNT}:role/member`),
        'watch.yaml',
      );
      expect(() => play(own)).toThrow(
        "the account factory is in 1234567890123456, the local cloud's",
      );
    },
  );

  it('is reported together with the variables', () => {
    const environment = {
      ...LEAST,
      WATCH_CONFIG: fileWith(one('rolArn: x')),
      TABLESTORE_INSTANCE: '',
    };

    expect(() => loadConfig(environment, parseWatchConfig)).toThrow(
      /rolArn is no setting.*\n- TABLESTORE_INSTANCE is missing/u,
    );
  });
});

describe('a bundle', () => {
  it('is built with the file, and holds neither its parsers nor, for the view, its roles', async () => {
    const outDir = join(folder, 'dist');
    const values = { OPS_WEBHOOK: 'https://hooks.slack.com/services/T0/B0/abcdefgh' };
    const parsed = parseWatchFile(`${TWO_ACCOUNTS}${CHANNELS_AND_ROUTES}`, 'watch.yaml');
    const file = { ...parsed, sealed: seal(values, '0'.repeat(64)) };

    const bundles = await bundleFunctions(outDir, undefined, file);

    const inputs = bundles.flatMap((bundle) => bundle.inputs);
    expect(inputs.filter((input) => /node_modules\/(?:yaml|zod)\//u.test(input))).toEqual([]);
    expect(inputs.some((input) => input.includes('node_modules/tablestore/'))).toBe(true);
    expect(textOf('watch')).toContain(ARN);
    expect(textOf('view')).toContain('head-office');
    expect(textOf('view')).not.toMatch(/acs:ram::\d{16}|FACTORY_EXTERNAL_ID/u);
    expect(textOf('watch')).toContain('night-shift');
    expect(textOf('watch')).toContain(file.sealed);
    expect(textOf('watch')).not.toContain(values.OPS_WEBHOOK);
    expect(textOf('view')).not.toMatch(/night-shift|OPS_WEBHOOK|weekly-quiet|sealed:/u);
    expect(textOf('view')).not.toContain(file.sealed);
    function textOf(name: string): string {
      return readFileSync(join(outDir, name, 'index.js'), 'utf8');
    }
  });

  it('that was built without the file refuses to run with the variable', () => {
    const environment = { ...LEAST, WATCH_REGIONS: 'cn-hangzhou', WATCH_CONFIG: 'watch.yaml' };

    for (const parse of [parseWatchConfig, parseViewConfig]) {
      expect(() => parse(environment)).toThrow(
        /WATCH_CONFIG is set, but this bundle was built without/u,
      );
    }
  });
});

/** A file with one account, which has this besides. */
function one(setting: string): string {
  return `accounts:\n${entry('a', setting)}`;
}

function entry(alias: string, setting: string): string {
  const rest = setting === '' ? '' : `, ${setting.replace(/: (acs\S+)$/u, ': "$1"')}`;
  return `  - { alias: ${alias}, regions: [us-west-1]${rest} }`;
}

function problemsOf(text: string): readonly string[] {
  try {
    parseWatchFile(text, 'watch.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

describe('what the local cloud is to play', () => {
  it('has the times of reports and reminders', () => {
    const times = { WATCH_REPORT: 'daily 09:00', WATCH_REMIND: 'every 1h' };

    expect(readPlay({ ...times, SLACK_WEBHOOK: 'https://hooks.slack.com/x' }, 1).news).toEqual(
      times,
    );
    expect(() => readPlay({ WATCH_REPORT: 'at nine', WATCH_REMIND: 'often' }, 1)).toThrow(
      /WATCH_REPORT is not .*\n.*WATCH_REMIND is not /u,
    );
  });

  it('has a fleet in each region of each account, and says so', () => {
    const own = '{ alias: own, regions: [cn-hangzhou, cn-beijing] }';
    const other = `{ alias: a, regions: [us-west-1], roleArn: "acs:ram::2234567890123456:role/r" }`;
    const path = fileWith(`accounts: [${own}, ${other}]`);

    expect(instancesOf(readPlay({ WATCH_CONFIG: path }, 60), 60)).toBe(
      '60 instances in each of 3 regions',
    );
    expect(instancesOf(readPlay({}, 60), 60)).toBe('60 instances');
  });

  it.each(['receivers.md', 'receivers.zh-CN.md'])(
    'sends each preset of %s to the receiver of its service',
    async (document) => {
      const server = await startChannels({ port: 0 });
      await server.close();
      const text = readFileSync(join(ROOT, 'docs', document), 'utf8');
      const presets = [...text.matchAll(/```yaml\n# (\w+)\nchannels:\n(.*?)```/gsu)];
      const channels = presets.map(([, name = '', rest = '']) =>
        rest.replace(/name: \w+/u, `name: ${name}`),
      );
      const path = fileWith(`channels:\n${channels.join('')}`);

      const variables = watcherOn(server, readPlay({ WATCH_CONFIG: path }, 1));

      expect(presets).toHaveLength(4);
      for (const [, name = ''] of presets) {
        const url = `${name.toUpperCase()}_URL`;
        expect(variables[url]).toBe(`${server.environment[url]}?channel=${name}`);
      }
      const { BARK_KEY, NTFY_TOKEN, TELEGRAM_CHAT } = server.environment;
      expect(variables).toMatchObject({ BARK_KEY, NTFY_TOKEN, TELEGRAM_CHAT });
    },
  );

  it('sends nothing to a real service, and nothing to a channel of two origins', () => {
    const play = (channel: string) =>
      readPlay({ WATCH_CONFIG: fileWith(`channels: [{ ${channel} }]`) }, 1);
    const pagerduty = `name: calls, kind: pagerduty, routingKey: "\${env:KEY}"`;
    const outside = /the channel calls would be sent to its service.*url: \$\{env:PAGERDUTY_URL\}/u;

    expect(() => play(pagerduty)).toThrow(outside);
    expect(() => play(`${pagerduty}, url: "https://events.eu.pagerduty.com"`)).toThrow(outside);
    expect(play(`${pagerduty}, url: "\${env:PAGERDUTY_URL}"`).file?.channels).toHaveLength(1);
    // A channel of the file that has the name of a kind takes the place of the cloud's own.
    const environment = { TEAMS_WEBHOOK: 'http://127.0.0.1:1/teams', SLACK_WEBHOOK: 'x' };
    const named = play(`name: teams, kind: teams, webhook: "\${env:OURS}"`);
    expect(watcherOn({ environment }, named)).toEqual({
      SLACK_WEBHOOK: 'x',
      OURS: 'http://127.0.0.1:1/teams?channel=teams',
    });
  });
});
