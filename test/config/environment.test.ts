import { parseWatchFile } from '../../commands/watch-file/read.ts';
import { CHANNEL_NAMES } from '../../shared/channels/index.ts';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { parseViewConfig } from '../../shared/config/view.ts';
import { parseWatchConfig } from '../../shared/config/watch.ts';
import type { Scope } from '../../shared/core/model.ts';
import { listedScopes } from '../../shared/core/target.ts';

/** As little as the watch function needs. Without a channel it must be said that this is meant. */
const LEAST = {
  WATCH_SILENT: 'true',
  WATCH_REGIONS: 'cn-hangzhou',
  TABLESTORE_ENDPOINT: 'https://ecs-watch.cn-hangzhou.ots.aliyuncs.com',
  TABLESTORE_INSTANCE: 'ecs-watch',
};
const DINGTALK = 'https://oapi.dingtalk.com/robot/send?access_token=token-of-dingtalk';
const FEISHU = 'https://open.larksuite.com/open-apis/bot/v2/hook/token-of-feishu';
const WECOM = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=token-of-wecom';
const SLACK = 'https://hooks.slack.com/services/T0000/B0000/token-of-slack';
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

describe('the environment of the watch function', () => {
  it('needs no more than regions and a place for the journal', () => {
    expect(parseWatchConfig(LEAST)).toEqual({
      name: 'ecs-watch',
      targets: [{ account: 'main', regions: ['cn-hangzhou'], filterKey: [] }],
      tablestore: {
        endpoint: LEAST.TABLESTORE_ENDPOINT,
        instance: 'ecs-watch',
        tablePrefix: 'ecs_watch_',
      },
      shardAboveScopes: 8,
      takesEvents: false,
      callsPerMinute: 1_000,
      guard: { count: 10, share: 0.3, scans: 3 },
      healthLimits: { failures: 3, staleMs: 300_000 },
      timeoutSeconds: 60,
      channels: [],
      wording: { language: 'en', timeZone: 'UTC', channelNames: CHANNEL_NAMES, accounts: 1 },
      allowPrivate: false,
      roles: new Map(),
      secrets: [],
    });
  });

  it.each([
    ['unset', {}],
    ['empty', { SLACK_WEBHOOK: ' ', WATCH_SILENT: '' }],
    ['not silent', { WATCH_SILENT: 'false' }],
  ])('refuses to announce nothing by mistake: no channel, and %s', (_what, variables) => {
    expect(problemsOf({ ...LEAST, WATCH_SILENT: undefined, ...variables })).toEqual([
      'no channel is set: set one of DINGTALK_WEBHOOK, FEISHU_WEBHOOK, WECOM_WEBHOOK, SLACK_WEBHOOK, ' +
        'TEAMS_WEBHOOK, PAGERDUTY_ROUTING_KEY, ' +
        'HTTP_URL, WEBHOOK_URL, or WATCH_SILENT=true if only the record is wanted',
    ]);
  });

  it('needs no word about silence where a channel is configured', () => {
    const loud = { ...LEAST, WATCH_SILENT: undefined, SLACK_WEBHOOK: SLACK };

    expect(problemsOf(loud)).toEqual([]);
  });

  it('may hold every variable', () => {
    const config = parseWatchConfig({
      ...LEAST,
      WATCH_REGIONS: ' cn-hangzhou , cn-shanghai,cn-hangzhou,',
      TABLESTORE_TABLE_PREFIX: 'prod_',
      JOURNAL_RETENTION_DAYS: '365',
      ECS_ENDPOINT: 'http://127.0.0.1:8001',
      STS_ENDPOINT: 'http://127.0.0.1:8002',
      FUNCTIONS_ENDPOINT: 'http://127.0.0.1:8003',
      SHARD_ABOVE_SCOPES: '20',
      WATCH_PUSH: 'true',
      ECS_CALLS_PER_MINUTE: '100',
      WATCH_GUARD_COUNT: '50',
      WATCH_GUARD_PERCENT: '5',
      WATCH_GUARD_SCANS: '2',
      HEALTH_FAILED_SCANS: '5',
      HEALTH_STALE_SECONDS: '900',
      DINGTALK_WEBHOOK: DINGTALK,
      DINGTALK_SECRET: 'SEC000',
      DINGTALK_KEYWORD: '报警',
      FEISHU_WEBHOOK: FEISHU,
      FEISHU_SECRET: 'the-secret-of-feishu',
      WECOM_WEBHOOK: WECOM,
      SLACK_WEBHOOK: SLACK,
      WEBHOOK_URL: 'https://example.com/hook',
      WEBHOOK_SECRET,
      WEBHOOK_ALLOW_PRIVATE: 'true',
      WATCH_TIMEOUT_SECONDS: '120',
      HEARTBEAT_URL: 'https://example.com/heartbeat',
      WATCH_LANGUAGE: 'zh',
      WATCH_TIME_ZONE: 'Asia/Shanghai',
      VIEW_URL: 'https://ecs.example.com/watch/',
    });

    expect(config).toEqual({
      name: 'ecs-watch',
      targets: [{ account: 'main', regions: ['cn-hangzhou', 'cn-shanghai'], filterKey: [] }],
      tablestore: {
        endpoint: LEAST.TABLESTORE_ENDPOINT,
        instance: 'ecs-watch',
        tablePrefix: 'prod_',
        retentionDays: 365,
      },
      ecsEndpoint: 'http://127.0.0.1:8001',
      functionsEndpoint: 'http://127.0.0.1:8003',
      shardAboveScopes: 20,
      takesEvents: true,
      callsPerMinute: 100,
      guard: { count: 50, share: 0.05, scans: 2 },
      healthLimits: { failures: 5, staleMs: 900_000 },
      channels: [
        {
          name: 'dingtalk',
          kind: 'dingtalk',
          settings: { webhook: DINGTALK, secret: 'SEC000', keyword: '报警' },
        },
        {
          name: 'feishu',
          kind: 'feishu',
          settings: { webhook: FEISHU, secret: 'the-secret-of-feishu' },
        },
        { name: 'wecom', kind: 'wecom', settings: { webhook: WECOM } },
        { name: 'slack', kind: 'slack', settings: { webhook: SLACK } },
        {
          name: 'webhook',
          kind: 'webhook',
          settings: { url: 'https://example.com/hook', secret: WEBHOOK_SECRET },
        },
      ],
      wording: {
        language: 'zh',
        timeZone: 'Asia/Shanghai',
        viewUrl: 'https://ecs.example.com/watch/',
        withoutConsole: true,
        channelNames: CHANNEL_NAMES,
        accounts: 1,
      },
      allowPrivate: true,
      roles: new Map(),
      stsEndpoint: 'http://127.0.0.1:8002',
      timeoutSeconds: 120,
      heartbeatUrl: 'https://example.com/heartbeat',
      secrets: expect.any(Array),
    });
  });

  it.each([
    ['WATCH_REGIONS', 'e.g. cn-hangzhou'],
    ['TABLESTORE_ENDPOINT', 'e.g. https://NAME'],
    ['TABLESTORE_INSTANCE', 'name of the instance'],
  ])('says when %s is missing, and what it should be', (name, hint) => {
    const problems = problemsOf({ ...LEAST, [name]: undefined });

    expect(problems).toEqual([expect.stringMatching(`^${name} is missing \\(.*${hint}`)]);
  });

  it.each([
    ['WATCH_REGIONS', 'Hangzhou!'],
    ['WATCH_REGIONS', 'cn-hangzhou;cn-shanghai'],
    ['WATCH_REGIONS', 'cn-hangzhuo'],
    ['WATCH_ZONE', 'cn-hangzhou h'],
    ['WATCH_ZONE', 'cn-shanghai-b'],
    ['WATCH_INSTANCE_IDS', 'i-1,"i-2"'],
    ['TABLESTORE_ENDPOINT', 'ecs-watch.cn-hangzhou.ots.aliyuncs.com'],
    ['TABLESTORE_INSTANCE', '-no-name'],
    ['TABLESTORE_INSTANCE', 'a-name-that-is-too-long'],
    ['TABLESTORE_TABLE_PREFIX', '1_'],
    ['TABLESTORE_TABLE_PREFIX', 'ecs-watch'],
    ['JOURNAL_RETENTION_DAYS', '6'],
    ['JOURNAL_RETENTION_DAYS', '3651'],
    ['ECS_ENDPOINT', 'ecs.cn-hangzhou.aliyuncs.com'],
    ['ECS_ENDPOINT', 'ftp://127.0.0.1'],
    ['ECS_ENDPOINT', 'http://ecs.cn-hangzhou.aliyuncs.com'],
    ['ECS_ENDPOINT', 'http://ecs-vpc.cn-hangzhou.aliyuncs.com.evil.example'],
    ['ECS_ENDPOINT', 'http://localhost.evil.example'],
    ['ECS_ENDPOINT', 'https://user:password@ecs.cn-hangzhou.aliyuncs.com'],
    ['TABLESTORE_ENDPOINT', 'http://ecs-watch.cn-hangzhou.ots.aliyuncs.com'],
    ['TABLESTORE_ENDPOINT', 'http://127.evil.example'],
    ['WATCH_CLUSTER', 'a cluster'],
    ['ECS_CALLS_PER_MINUTE', '0'],
    ['WATCH_GUARD_PERCENT', '101'],
    ['WATCH_GUARD_SCANS', '0'],
    ['ECS_CALLS_PER_MINUTE', '-5'],
    ['ECS_CALLS_PER_MINUTE', '1e3'],
    ['ECS_CALLS_PER_MINUTE', 'many'],
    ['WATCH_TIMEOUT_SECONDS', '1.5'],
    ['DINGTALK_WEBHOOK', 'not an address'],
    ['DINGTALK_WEBHOOK', 'http://oapi.dingtalk.com/robot/send?access_token=x'],
    ['DINGTALK_WEBHOOK', 'https://evil.example/robot/send?access_token=x'],
    ['DINGTALK_WEBHOOK', 'https://user@oapi.dingtalk.com/robot/send?access_token=x'],
    ['DINGTALK_WEBHOOK', 'https://oapi.dingtalk.com:8443/robot/send?access_token=x'],
    ['FEISHU_WEBHOOK', 'https://open.feishu.cn.evil.example/open-apis/bot/v2/hook/x'],
    ['FEISHU_WEBHOOK', 'https://hooks.slack.com/services/T/B/x'],
    ['WECOM_WEBHOOK', 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send'],
    ['WECOM_WEBHOOK', 'https://open.feishu.cn/open-apis/bot/v2/hook/x'],
    ['SLACK_WEBHOOK', 'https://hooks.slack.com.evil.example/services/T/B/x'],
    ['WEBHOOK_URL', 'http://example.com/hook'],
    ['WEBHOOK_URL', 'https://user:password@example.com/hook'],
    ['HEARTBEAT_URL', 'http://example.com/heartbeat'],
    ['WEBHOOK_ALLOW_PRIVATE', 'yes'],
    ['WATCH_SILENT', 'yes'],
    ['WATCH_LANGUAGE', 'de'],
    ['WATCH_LANGUAGE', 'EN'],
    ['WATCH_TIME_ZONE', 'Asia/Hangzhou'],
    ['WATCH_TIME_ZONE', '+08:00'],
    ['WATCH_REPORT', '09:00'],
    ['WATCH_REMIND', 'every 5h'],
    ['VIEW_URL', 'ecs.example.com'],
    ['VIEW_URL', 'ftp://ecs.example.com'],
    ['VIEW_URL', 'https://user@ecs.example.com'],
    ['VIEW_URL', 'https://ecs.example.com/?token=x'],
    ['VIEW_URL', 'https://ecs.example.com/#top'],
    ['VIEW_URL', 'https://ecs.example.com/a)[b](c'],
  ])('refuses %s=%s', (name, value) => {
    const problems = problemsOf({ ...LEAST, [name]: value });

    expect(problems.length).toBe(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} `, 'u'));
  });

  it.each([
    ['is no Standard Webhooks secret', 'a-plain-secret'],
    ['is too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['is not base64', `whsec_${'!'.repeat(40)}`],
  ])('refuses a WEBHOOK_SECRET that %s', (_what, secret) => {
    const problems = problemsOf({
      ...LEAST,
      WEBHOOK_URL: 'https://example.com/hook',
      WEBHOOK_SECRET: secret,
    });

    expect(problems).toEqual([expect.stringMatching(/^WEBHOOK_SECRET is not whsec_/u)]);
  });

  it.each([24, 25, 26, 32, 63, 64])('takes a WEBHOOK_SECRET of %i bytes', (bytes) => {
    const secret = `whsec_${Buffer.alloc(bytes, 200).toString('base64')}`;

    const { channels } = parseWatchConfig({
      ...LEAST,
      WEBHOOK_URL: 'https://example.com/hook',
      WEBHOOK_SECRET: secret,
    });

    expect(channels.map(({ settings }) => settings.secret)).toEqual([secret]);
  });

  it.each([
    ['DINGTALK_SECRET', 'SEC000', 'DINGTALK_WEBHOOK'],
    ['DINGTALK_KEYWORD', '报警', 'DINGTALK_WEBHOOK'],
    ['FEISHU_SECRET', 'a secret', 'FEISHU_WEBHOOK'],
    ['PAGERDUTY_URL', 'https://events.eu.pagerduty.com', 'PAGERDUTY_ROUTING_KEY'],
    ['WEBHOOK_SECRET', WEBHOOK_SECRET, 'WEBHOOK_URL'],
  ])('refuses %s without the address that it is for', (name, value, of) => {
    expect(problemsOf({ ...LEAST, [name]: value })).toEqual([`${name} is set, but ${of} is not`]);
  });

  it.each([
    'DINGTALK_WEBHOOK',
    'FEISHU_WEBHOOK',
    'WECOM_WEBHOOK',
    'SLACK_WEBHOOK',
    'TEAMS_WEBHOOK',
    'WEBHOOK_URL',
    'HEARTBEAT_URL',
  ])('lets %s be a local address when private ones are allowed', (name) => {
    const value = 'http://127.0.0.1:8003/hook';

    expect(problemsOf({ ...LEAST, WEBHOOK_ALLOW_PRIVATE: 'true', [name]: value })).toEqual([]);
    expect(problemsOf({ ...LEAST, WEBHOOK_ALLOW_PRIVATE: 'false', [name]: value })).toHaveLength(1);
  });

  it.each([
    ['ECS_ENDPOINT', 'http://localhost:8001'],
    ['ECS_ENDPOINT', 'http://[::1]:8001'],
    ['ECS_ENDPOINT', 'http://ecs-vpc.cn-hangzhou.aliyuncs.com'],
    ['ECS_ENDPOINT', 'https://anything.example'],
    ['TABLESTORE_ENDPOINT', 'http://ecs-watch.cn-hangzhou.vpc.tablestore.aliyuncs.com'],
    ['TABLESTORE_ENDPOINT', 'http://127.0.0.1:8002'],
  ])('lets the token of %s=%s go no further than this machine or its network', (name, value) => {
    expect(problemsOf({ ...LEAST, [name]: value })).toEqual([]);
  });

  it('says of an address that its service has retired what takes its place, and not the address', () => {
    const value = 'https://contoso.webhook.office.com/webhookb2/11-22@33-44/IncomingWebhook/55/66';

    const [problem = ''] = problemsOf({ ...LEAST, TEAMS_WEBHOOK: value });

    expect(problem).toMatch(
      /^TEAMS_WEBHOOK is not an https address of .* has retired those\. Make a w/u,
    );
    expect(problem).not.toContain('contoso');
    expect(problemsOf({ ...LEAST, TEAMS_WEBHOOK: 'https://a.example' })).toEqual([
      expect.not.stringContaining('retired'),
    ]);
  });

  it('takes an empty string and white space for unset', () => {
    const unset = {
      WATCH_ZONE: '',
      WATCH_CLUSTER: '',
      WATCH_INSTANCE_IDS: '',
      ECS_ENDPOINT: ' ',
      ECS_CALLS_PER_MINUTE: '',
      DINGTALK_WEBHOOK: '',
      DINGTALK_SECRET: '',
      SLACK_WEBHOOK: '',
      WEBHOOK_URL: '',
      WEBHOOK_SECRET: '',
      WEBHOOK_ALLOW_PRIVATE: '',
      WATCH_TIMEOUT_SECONDS: '',
      HEARTBEAT_URL: '',
      TABLESTORE_TABLE_PREFIX: '',
      FEISHU_WEBHOOK: '',
      WECOM_WEBHOOK: '',
      WATCH_CONFIG: '',
    };

    expect(parseWatchConfig({ ...LEAST, ...unset })).toEqual(parseWatchConfig(LEAST));
    expect(problemsOf({ ...LEAST, TABLESTORE_INSTANCE: '' })).toHaveLength(1);
  });

  it('names every problem at once, and no secret', () => {
    const problems = problemsOf({
      WATCH_REGIONS: 'Hangzhou!',
      TABLESTORE_INSTANCE: 'x',
      ECS_CALLS_PER_MINUTE: '-5',
      DINGTALK_WEBHOOK: 'http://evil.example/send?access_token=value-1',
      DINGTALK_SECRET: 'value-2',
      SLACK_WEBHOOK: 'hooks.slack.com/services/value-3',
      WEBHOOK_URL: 'ftp://example.com/value-4',
      WEBHOOK_SECRET: 'value-5',
      HEARTBEAT_URL: 'value-6',
      FEISHU_SECRET: 'value-7',
    });

    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'DINGTALK_WEBHOOK',
      'ECS_CALLS_PER_MINUTE',
      'FEISHU_SECRET',
      'HEARTBEAT_URL',
      'SLACK_WEBHOOK',
      'TABLESTORE_ENDPOINT',
      'TABLESTORE_INSTANCE',
      'WATCH_REGIONS',
      'WEBHOOK_SECRET',
      'WEBHOOK_URL',
    ]);
    expect(problems.join('\n')).not.toContain('value-');
  });

  it('names every value that must appear nowhere', () => {
    const { secrets } = parseWatchConfig({
      ...LEAST,
      DINGTALK_WEBHOOK: DINGTALK,
      DINGTALK_SECRET: 'SEC000',
      SLACK_WEBHOOK: `${SLACK}-of-twenty-characters`,
      WEBHOOK_URL: 'https://example.com/hook?token=token-of-webhook',
      WEBHOOK_SECRET,
      HEARTBEAT_URL: 'https://example.com/0123456789-HEARTBEAT',
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI-id',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: ' the key secret ',
      ALIBABA_CLOUD_SECURITY_TOKEN: 'the token',
    });

    expect(secrets).toEqual(
      expect.arrayContaining([
        'token-of-dingtalk',
        'SEC000',
        'token-of-slack-of-twenty-characters',
        'token-of-webhook',
        WEBHOOK_SECRET,
        '0123456789-HEARTBEAT',
        'LTAI-id',
        'the key secret',
        'the token',
      ]),
    );
  });

  it('refuses a DingTalk address without a token, which takes no messages', () => {
    const address = 'https://oapi.dingtalk.com/robot/send';

    expect(problemsOf({ ...LEAST, DINGTALK_WEBHOOK: address })).toHaveLength(1);
  });
});

describe('all regions', () => {
  const ALL = { ...LEAST, WATCH_REGIONS: 'all' };

  it('are watched without naming one', () => {
    expect(parseWatchConfig(ALL).targets).toEqual([
      { account: 'main', regions: 'all', filterKey: [] },
    ]);
  });

  it('may be narrowed to some, and without others', () => {
    const config = parseWatchConfig({
      ...ALL,
      WATCH_REGIONS_ALLOW: 'cn-*, eu-central-1',
      WATCH_REGIONS_DENY: 'cn-*-finance*',
    });

    expect(config.targets).toEqual([
      {
        account: 'main',
        regions: 'all',
        filterKey: [],
        allow: ['cn-*', 'eu-central-1'],
        deny: ['cn-*-finance*'],
      },
    ]);
  });

  it.each<[string, Environment, string]>([
    ['with a region beside them', { WATCH_REGIONS: 'all,cn-hangzhou' }, 'WATCH_REGIONS holds all'],
    ['with a zone, which is of one', { WATCH_ZONE: 'cn-hangzhou-h' }, 'WATCH_ZONE'],
    ['with what is no pattern', { WATCH_REGIONS_DENY: 'cn_?' }, 'WATCH_REGIONS_DENY'],
    ['narrowed when not all', { ...LEAST, WATCH_REGIONS_ALLOW: 'cn-*' }, 'WATCH_REGIONS_ALLOW is'],
    ['without others when not all', { ...LEAST, WATCH_REGIONS_DENY: '*' }, 'WATCH_REGIONS_DENY is'],
  ])('are refused %s', (_what, variables, problem) => {
    expect(problemsOf({ ...ALL, ...variables })).toEqual([expect.stringContaining(problem)]);
  });
});

describe('regions', () => {
  const inVariables = (regions: string, more: Environment = {}) =>
    problemsOf({ ...LEAST, WATCH_REGIONS: regions, ...more });

  it('that do not exist are named, each with the one that was probably meant', () => {
    expect(inVariables('cn-hangzhuo,cn-shanghai,us-wset-1,Beijing')).toEqual([
      'WATCH_REGIONS holds cn-hangzhuo, which is not a known region: is cn-hangzhou meant?',
      'WATCH_REGIONS holds us-wset-1, which is not a known region: is us-west-1 meant?',
      'WATCH_REGIONS holds Beijing, which is not a region id such as cn-hangzhou',
    ]);
    expect(inVariables('all', { WATCH_REGIONS_DENY: 'cn-shangai,cn-shangai*' })).toEqual([
      'WATCH_REGIONS_DENY holds cn-shangai, which is not a known region: is cn-shanghai meant?',
    ]);
    expect(() => parseViewConfig({ ...LEAST, WATCH_REGIONS: 'cn-hangzhuo' })).toThrow(
      'WATCH_REGIONS holds cn-hangzhuo',
    );
  });

  it('that are like no other may be new', () => {
    expect(inVariables('ap-southeast-9,mars-1')).toEqual([]);
  });

  it.each(['cn-hangzhou', 'cn-hangzhuo', 'Hangzhou!', 'mars-1', 'US-WEST-1', 'cn hangzhou'])(
    'are judged alike in a variable and in a file: %s',
    (id) => {
      const inFile = (): readonly string[] => {
        try {
          parseWatchFile(JSON.stringify({ accounts: [{ alias: 'a', regions: [id] }] }), 'f');
          return [];
        } catch (error) {
          return (error as ConfigError).problems;
        }
      };

      expect(inVariables(id).map((problem) => problem.split(', which ')[1])).toEqual(
        inFile().map((problem) => problem.split('regions[0] ')[1]),
      );
    },
  );
});

describe('the name of a scope', () => {
  it('says which zone it is narrowed to', () => {
    const scopes = scopesWith({ WATCH_ZONE: 'cn-hangzhou-h' });

    expect(scopes).toEqual([
      {
        key: 'main/cn-hangzhou/cn-hangzhou-h',
        account: 'main',
        regionId: 'cn-hangzhou',
        zoneId: 'cn-hangzhou-h',
      },
    ]);
  });

  it('says which cluster it is narrowed to', () => {
    const scopes = scopesWith({ WATCH_CLUSTER: 'cl-1' });

    expect(scopes).toEqual([
      {
        key: 'main/cn-hangzhou/cluster-cl-1',
        account: 'main',
        regionId: 'cn-hangzhou',
        clusterId: 'cl-1',
      },
    ]);
  });

  it('differs for every other list of ids, so that a new list gets a baseline of its own', () => {
    const one = keyWith({ WATCH_INSTANCE_IDS: 'i-1a1,i-2b2' });
    const other = keyWith({ WATCH_INSTANCE_IDS: 'i-1a1' });

    expect(one).toMatch(/^main\/cn-hangzhou\/ids-[0-9a-f]{8}$/u);
    expect(other).not.toBe(one);
  });

  it('is the same for the same ids in another order, or named twice', () => {
    expect(keyWith({ WATCH_INSTANCE_IDS: 'i-2b2, i-1a1, i-2b2' })).toBe(
      keyWith({ WATCH_INSTANCE_IDS: 'i-1a1,i-2b2' }),
    );
  });

  it('says both where both are set', () => {
    const both = { WATCH_ZONE: 'cn-hangzhou-h', WATCH_INSTANCE_IDS: 'i-1a1' };

    expect(keyWith(both)).toMatch(/^main\/cn-hangzhou\/cn-hangzhou-h\/ids-[0-9a-f]{8}$/u);
  });
});

describe('the environment of the view', () => {
  it('refuses every request when neither a token nor a public view is configured', () => {
    expect(parseViewConfig(LEAST)).toMatchObject({ isPublic: false, tokens: [], secrets: [] });
    expect(parseViewConfig(LEAST)).not.toHaveProperty('withoutConsole');
  });

  it('takes a token, which is a secret', () => {
    const config = parseViewConfig({ ...LEAST, VIEW_TOKEN: ' the token of the view\n' });

    expect(config).toMatchObject({
      tokens: [{ name: 'VIEW_TOKEN', secret: 'the token of the view', access: 'granted' }],
      secrets: ['the token of the view'],
    });
  });

  it('takes further tokens with names and rights, all of them secrets', () => {
    const VIEW_TOKENS = 'prometheus monitoring 0123456789abcdef; ops all fedcba9876543210';

    const config = parseViewConfig({ ...LEAST, VIEW_TOKEN: 'the token of the view', VIEW_TOKENS });

    expect(config.tokens.map(({ name }) => name)).toEqual(['VIEW_TOKEN', 'prometheus', 'ops']);
    expect(config.secrets).toEqual(
      expect.arrayContaining(['0123456789abcdef', 'fedcba9876543210']),
    );
  });

  it('refuses further tokens that are wrong, the one of VIEW_TOKEN among them, without a value', () => {
    const VIEW_TOKEN = '0123456789abcdef';
    const VIEW_TOKENS = `ops all ${VIEW_TOKEN}; team region=cn-hangzhou short`;

    const problems = problemsOf({ ...LEAST, VIEW_TOKEN, VIEW_TOKENS }, parseViewConfig);

    expect(problems).toEqual([
      'VIEW_TOKENS entry 2 has a token that is not at least 16 characters long',
      'VIEW_TOKENS has the token of VIEW_TOKEN as well',
    ]);
  });

  it('takes the origins whose scripts may read it, and never all of them', () => {
    const VIEW_CORS_ORIGINS = 'https://a.example, http://localhost:3000';

    expect(parseViewConfig({ ...LEAST, VIEW_CORS_ORIGINS }).corsOrigins).toEqual([
      'https://a.example',
      'http://localhost:3000',
    ]);
    for (const wrong of ['*', 'https://*.a.example', 'https://a.example/', 'a.example', 'null']) {
      const both = `https://a.example,${wrong}`;
      expect(problemsOf({ ...LEAST, VIEW_CORS_ORIGINS: both }, parseViewConfig)).toEqual([
        expect.stringMatching(/^VIEW_CORS_ORIGINS holds what is not an origin/u),
      ]);
    }
  });

  it('refuses a token that could be found by trying, and does not repeat it', () => {
    const problems = problemsOf({ ...LEAST, VIEW_TOKEN: '15-characters--\n' }, parseViewConfig);

    expect(problems).toEqual([expect.stringMatching(/^VIEW_TOKEN is not at least 16 characters/u)]);
    expect(problems.join()).not.toContain('15-characters');
    expect(problemsOf({ ...LEAST, VIEW_TOKEN: '16-characters---' }, parseViewConfig)).toEqual([]);
  });

  it('may be public', () => {
    expect(parseViewConfig({ ...LEAST, VIEW_PUBLIC: 'true' }).isPublic).toBe(true);
  });

  it('names every problem at once', () => {
    const wrong = { VIEW_PUBLIC: 'perhaps', WATCH_REGIONS: '?', WATCH_ZONE: '?' };
    const problems = problemsOf(wrong, parseViewConfig);

    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'TABLESTORE_ENDPOINT',
      'TABLESTORE_INSTANCE',
      'VIEW_PUBLIC',
      'WATCH_REGIONS',
      'WATCH_ZONE',
    ]);
  });

  it('switches the replica on by a pair of keys, of which the secret is one', () => {
    const pair = {
      REPLICA_ACCESS_KEY_ID: ' LTAI5tReplica ',
      REPLICA_ACCESS_KEY_SECRET: 'secret-of-16-char\n',
    };
    const config = parseViewConfig({ ...LEAST, ...pair, REPLICA_HOST: 'ecs.example.com:8443' });

    expect(parseViewConfig({ ...LEAST, REPLICA_HOST: 'x' })).not.toHaveProperty('replica');
    expect(config.secrets).toEqual(['secret-of-16-char']);
    expect(config.replica).toEqual({
      accessKeyId: 'LTAI5tReplica',
      accessKeySecret: 'secret-of-16-char',
      host: 'ecs.example.com:8443',
    });
  });

  it('takes the alias of the account that the pair of keys stands for', () => {
    const pair = {
      REPLICA_ACCESS_KEY_ID: 'LTAI5tReplica',
      REPLICA_ACCESS_KEY_SECRET: 'secret-of-16-char',
    };

    const config = parseViewConfig({ ...LEAST, ...pair, REPLICA_ACCOUNT: 'shop' });

    expect(config.replica).toMatchObject({ account: 'shop' });
    expect(parseViewConfig({ ...LEAST, ...pair }).replica).not.toHaveProperty('account');
    const wrong = { ...LEAST, ...pair, REPLICA_ACCOUNT: 'my shop' };
    expect(problemsOf(wrong, parseViewConfig)).toEqual([
      'REPLICA_ACCOUNT is not the alias of an account',
    ]);
  });

  it('refuses half a pair of keys, and a secret that could be found by trying', () => {
    const problemsWith = (pair: Environment) => problemsOf({ ...LEAST, ...pair }, parseViewConfig);

    expect(problemsWith({ REPLICA_ACCESS_KEY_ID: 'LTAI5tReplica' })).toEqual([
      'REPLICA_ACCESS_KEY_SECRET is missing (REPLICA_ACCESS_KEY_ID is set without it)',
    ]);
    expect(problemsWith({ REPLICA_ACCESS_KEY_SECRET: 'secret-of-16-char' })).toEqual([
      'REPLICA_ACCESS_KEY_ID is missing (REPLICA_ACCESS_KEY_SECRET is set without it)',
    ]);
    const wrong = {
      REPLICA_ACCESS_KEY_ID: 'my key',
      REPLICA_ACCESS_KEY_SECRET: 'too-short',
      REPLICA_HOST: 'https://ecs.example.com',
    };
    expect(problemsWith(wrong).map((problem) => problem.split(' ')[0])).toEqual(Object.keys(wrong));
    expect(problemsWith(wrong).join()).not.toMatch(/my key|too-short/u);
  });

  it('needs no regions: the watcher stores what it watches', () => {
    expect(parseViewConfig({ ...LEAST, WATCH_REGIONS: '' }).targets).toEqual([]);
  });

  it('watches the same scopes as the watch function', () => {
    const environment = { ...LEAST, WATCH_ZONE: 'cn-hangzhou-h', WATCH_INSTANCE_IDS: 'i-1a1' };

    expect(parseViewConfig(environment).targets).toEqual(parseWatchConfig(environment).targets);
  });
});

/** The problems in the error, without the heading and the dashes. */
function problemsOf(
  environment: Environment,
  parse: (environment: Environment) => unknown = parseWatchConfig,
): readonly string[] {
  try {
    parse(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [head, ...problems] = error.message.split('\n');
    expect(head).toBe('Invalid configuration:');
    return problems.map((problem) => problem.replace(/^- /u, ''));
  }
}

function keyWith(environment: Environment): string {
  return scopesWith(environment)[0]?.key ?? '';
}

function scopesWith(environment: Environment): readonly Scope[] {
  return listedScopes(parseWatchConfig({ ...LEAST, ...environment }).targets);
}
