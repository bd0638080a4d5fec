import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as schema from '../../commands/watch-file/delivery-schema.ts';
import { parseWatchFile } from '../../commands/watch-file/read.ts';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { seal, unseal } from '../../shared/config/sealed.ts';
import { parseWatchConfig } from '../../shared/config/watch.ts';
import { SETTLING } from '../../shared/core/settling.ts';
import { codeIn, textOf } from '../helpers/documents.ts';

const SLACK = 'https://hooks.slack.com/services/T0/B0/abcdefgh';
const DINGTALK = 'https://oapi.dingtalk.com/robot/send?access_token=abcdefgh';
const LEAST = {
  WATCH_REGIONS: 'cn-hangzhou',
  TABLESTORE_ENDPOINT: 'https://ecs-watch.cn-hangzhou.ots.aliyuncs.com',
  TABLESTORE_INSTANCE: 'ecs-watch',
};
const KEY = '0123456789abcdef'.repeat(4);
const TWO = `
channels:
  - { name: ops, kind: dingtalk, webhook: "\${env:OPS_WEBHOOK}", secret: "\${env:OPS_SECRET}" }
  - { name: pay, kind: slack, webhook: "\${env:PAY_WEBHOOK}" }
`;
/** The same, to be written into a line. */
const CHANNELS_OF_TWO = `[
  { name: ops, kind: dingtalk, webhook: "\${env:OPS_WEBHOOK}" },
  { name: pay, kind: slack, webhook: "\${env:PAY_WEBHOOK}" } ]`;
const VALUES = { OPS_WEBHOOK: DINGTALK, OPS_SECRET: 'SEC0', PAY_WEBHOOK: SLACK };

describe('channels, routes and mutes in the file at WATCH_CONFIG', () => {
  it('may be as the example of the documents shows them', () => {
    const text = readFileSync(join(__dirname, '../../docs/routes.md'), 'utf8');
    const example = /```yaml\n(?<file>channels:\n.*?)```/su.exec(text)?.groups?.file ?? '';

    const { channels, rules } = parseWatchFile(example, 'docs/routes.md');

    expect(channels?.map(({ name }) => name)).toEqual(['ops', 'payments', 'audit']);
    expect(rules).toMatchObject({
      routes: [
        { name: 'auto-scaling', channels: [] },
        { name: 'audit', channels: ['audit'], isContinued: true },
        { name: 'payments', match: { tag: { team: ['payments'] } }, mentions: ['dba'] },
        { name: 'batch', severities: { Stopped: 'good' } },
      ],
      people: { dba: { dingtalk: '13800000000', slack: 'U012AB3CD' } },
      mutes: [
        { name: 'nights', zone: 'Asia/Shanghai', weekly: [{ from: 1320, until: 480 }, {}] },
        { name: 'new-year', periods: [{ from: { minutes: 1080 }, until: { minutes: 0 } }] },
      ],
    });
  });

  it('give channels the values of the variables that they refer to, several of a kind', () => {
    const config = parseWatchConfig({ ...LEAST, ...VALUES }, parseWatchFile(TWO, 'watch.yaml'));

    expect(config.channels).toEqual([
      {
        name: 'ops',
        kind: 'dingtalk',
        settings: { webhook: DINGTALK, secret: 'SEC0' },
        variables: { webhook: 'OPS_WEBHOOK', secret: 'OPS_SECRET' },
      },
      {
        name: 'pay',
        kind: 'slack',
        settings: { webhook: SLACK },
        variables: { webhook: 'PAY_WEBHOOK' },
      },
    ]);
    expect(config.secrets).toEqual(expect.arrayContaining([SLACK, 'SEC0']));
  });

  it('have times and quotas as the example of the documents shows them', () => {
    const text = readFileSync(join(__dirname, '../../docs/routes.md'), 'utf8');
    const example = /```yaml\n(?<file>channels:\n {2}- name: night.*?)```/su.exec(text)?.groups
      ?.file;

    expect(parseWatchFile(example ?? '', 'docs/routes.md').channels).toMatchObject([
      { limits: { settling: { badMs: 120_000, goodMs: 1_800_000 }, quota: { messages: 200 } } },
    ]);
  });

  it('say how long news settles in a channel, and what its quota is', () => {
    const channels = parseWatchFile(
      TWO.replace(
        'kind: slack,',
        'kind: slack, settling: { good: 2m, flaps: { count: 3, within: 1h } }, quota: none,',
      ).replace('kind: dingtalk,', 'kind: dingtalk, quota: { per: day, messages: 100 },'),
      'watch.yaml',
    );
    const config = parseWatchConfig({ ...LEAST, ...VALUES }, channels);

    expect(config.channels).toMatchObject([
      { name: 'ops', limits: { quota: { per: 'day', messages: 100 } } },
      {
        name: 'pay',
        limits: {
          settling: {
            ...SETTLING,
            goodMs: 120_000,
            flaps: { count: 3, withinMs: 3_600_000 },
          },
          quota: null,
        },
      },
    ]);
  });

  it.each([
    ['settling: { bad: 10 }', /settling.bad is not a time from 0 to 1h such as 10m/u],
    ['settling: { good: 25h }', /settling.good is not a time from 0 to 24h such as 10m/u],
    ['settling: { flaps: { count: 2, within: 5m } }', /count is not a whole number from 3 to 20/u],
    ['settling: { flaps: { count: 5 } }', /within is missing/u],
    ['settling: { bade: 5m }', /bade is no setting: is bad meant\?/u],
    ['quota: 5000', /quota is neither none nor a group of settings/u],
    ['quota: { per: week, messages: 50 }', /per is neither day nor month/u],
    ['quota: { per: day, messages: 0 }', /messages is not a whole number from 1 to 1000000/u],
    ['quotas: none', /quotas is no setting of slack: is quota meant\?/u],
  ])('name what is wrong with %s', (settings, words) => {
    const text = TWO.replace('kind: slack,', `kind: slack, ${settings},`);

    expect(() => parseWatchFile(text, 'watch.yaml')).toThrow(words);
  });

  it.each([
    [
      'people: { dba: { teams: "13800000000" } }',
      /people\.dba\.teams is not a principal name or object id/u,
    ],
    ['people: { dba: { http: x } }', /people\.dba\.http is for nothing: such a channel mentions/u],
    [
      'people: { dba: { telegram: x } }',
      /people\.dba\.telegram is no setting; there are dingtalk, .*teams$/mu,
    ],
    [
      'routes: [{ channels: none, mentions: [mei] }]',
      /routes\[0\]\.mentions is for a route that sends something/u,
    ],
    [
      'people: { dba: { slack: U1DBA } }, routes: [{ channels: ops, mentions: [dba] }]',
      /routes\[0\]\.mentions\[0\] is mentioned by none of the channels of this route: give people\.dba an id at \w+$/mu,
    ],
    ['routes: [{ channels: pay, mentions: mei }]', /mentioned by none .* is not an id at \w+$/mu],
    ['routes: [{ channels: [pagerduty, webhook], mentions: [all] }]', /: they can mention no one/u],
  ])('may not promise a mention that no channel makes: %s', (more, words) => {
    const text = `{ channels: ${CHANNELS_OF_TWO}, ${more} }`;

    expect(() => parseWatchFile(text, 'watch.yaml')).toThrow(words);
  });

  it.each([
    'people: { dba: { slack: U1DBA } }, routes: [{ channels: [ops, pay], mentions: [dba] }]',
    'people: { constructor: { slack: U1DBA } }, routes: [{ channels: pay, mentions: constructor }]',
    'routes: [{ channels: [pay, ops], mentions: ["13800000000"] }]',
    // They are mentioned once the fallback takes over.
    'people: { dba: { slack: U1DBA } }, routes: [{ channels: ops, mentions: [dba] }], fallbacks: [{ channel: ops, to: pay, after: 5m }]',
  ])('may mention some people in some of its channels: %s', (more) => {
    const text = `{ channels: ${CHANNELS_OF_TWO}, ${more} }`;

    expect(() => parseWatchFile(text, 'watch.yaml')).not.toThrow();
  });

  it.each(['docs/routes.md', 'docs/routes.zh-CN.md'])(
    'are all in %s, with every setting',
    (file) => {
      const code = codeIn(textOf(file));
      const { settling, flaps, quota, match, route, weekly, period, mute, fallback, channel } =
        schema;
      const settings = [
        settling,
        flaps,
        quota,
        match,
        route,
        weekly,
        period,
        mute,
        fallback,
        channel,
      ].flatMap(({ shape }) => Object.keys(shape));

      expect(settings.filter((name) => !new RegExp(`\\b${name}\\b`, 'u').test(code))).toEqual([]);
    },
  );

  it('may not have a setting that is empty', () => {
    const text = TWO.replace('kind: dingtalk,', 'kind: dingtalk, keyword: "",');

    expect(() => parseWatchFile(text, 'watch.yaml')).toThrow(/keyword is empty: leave it out/u);
  });

  it.each([
    ['channels: ops, match: { severity: worst }', /severity is no severity; there are bad/u],
    ['channels: ops, match: { notice: scan-failing }', /is no kind of notice: is scans-failing/u],
    ['channels: ops, match: { tag: {} }', /match.tag names no tag/u],
    ['channels: [], continue: true', /continue is for a route that sends something/u],
    [
      `channels: ops, mentions: [${Array.from({ length: 21 }, (_, index) => `u${index}`)}]`,
      /mentions has more than 20 entries/u,
    ],
    ['channels: ops, mentions: [值班]', /mentions\[0\] is no person of people/u],
  ])('name what is wrong with a route: %s', (settings, words) => {
    expect(() => parseWatchFile(`${TWO}routes: [{ ${settings} }]`, 'watch.yaml')).toThrow(words);
  });

  it('refuse a time that begins at the end of a day', () => {
    const weekly = '[{ days: mon, from: "24:00" }]';
    const text = `${TWO}mutes: [{ name: a, zone: UTC, weekly: ${weekly} }]`;

    expect(() => parseWatchFile(text, 'watch.yaml')).toThrow(/from is not a time of day/u);
  });

  it('let no endpoint wait', () => {
    const text = `channels: [{ name: a, kind: webhook, url: "\${env:A}", settling: { good: 1m } }]`;

    expect(() => parseWatchFile(text, 'watch.yaml')).toThrow(
      /settling is for chats: all others get what happens at once/u,
    );
  });

  it('name each variable that is not set, and refuse a name that the environment gives, too', () => {
    const file = parseWatchFile(TWO.replace('name: pay', 'name: slack'), 'watch.yaml');

    expect(() => parseWatchConfig({ ...LEAST, SLACK_WEBHOOK: SLACK }, file)).toThrow(
      /SLACK_WEBHOOK is set, but a channel of WATCH_CONFIG has the name slack/u,
    );
    expect(() => parseWatchConfig(LEAST, file)).toThrow(
      /OPS_WEBHOOK is missing \(webhook of the channel ops in WATCH_CONFIG\)/u,
    );
  });

  it('may route to a channel of the environment, which then must be there', () => {
    const file = parseWatchFile('routes: [{ channels: dingtalk }]', 'watch.yaml');

    expect(() => parseWatchConfig({ ...LEAST, SLACK_WEBHOOK: SLACK }, file)).toThrow(
      /DINGTALK_WEBHOOK is missing \(WATCH_CONFIG names the channel dingtalk\)/u,
    );
    const { channels } = parseWatchConfig({ ...LEAST, DINGTALK_WEBHOOK: DINGTALK }, file);
    expect(channels.map(({ name }) => name)).toEqual(['dingtalk']);
  });

  it('name ten mistakes at once, each with its line and its column', () => {
    const text = `channels:
  - { name: ops, kind: dingtalk, webhok: "\${env:A}" }
  - { name: ops, kind: slack, webhook: "${SLACK}" }
  - { name: pager, kind: pagr }
  - { name: pay, kind: slack, webhook: "\${env:DING}" }
routes:
  - { match: { nam: web-* }, channels: [opps] }
  - { channels: none, continue: true }
mutes:
  - { name: nights, zone: Asia/Shangai, weekly: [{ days: [mon-fry], from: '25:00' }] }
  - { name: days, zone: UTC, channels: webhook, periods: [{ from: 2026-12-02, to: 2026-12-01 }] }
`;

    const problems = problemsOf(text, { DING: DINGTALK });

    for (const problem of [
      '2:34 channels[0].webhok is no setting of dingtalk: is webhook meant?',
      '2:5 channels[0].webhook is missing',
      '3:13 channels[1].name is the name of channels[0] too',
      '3:40 channels[1].webhook is a secret, which must not be in a file: put it in a variable',
      '4:26 channels[2].kind is no kind of channel',
      '5:40 channels[3].webhook refers to DING, which is not an https address of hooks.slack.com',
      '7:16 routes[0].match.nam is no setting: is name meant?',
      '7:41 routes[0].channels[0] names a channel that there is not: is ops meant?',
      '8:33 routes[1].continue is for a route that sends something',
      '10:27 mutes[0].zone is not an IANA time zone such as Asia/Shanghai: is Asia/Shanghai meant?',
      '10:59 mutes[0].weekly[0].days[0] is not a day or days such as mon or mon-fri',
      '10:75 mutes[0].weekly[0].from is not a time of day such as 22:00',
      '11:40 mutes[1].channels is no chat: only chats are muted',
      '11:83 mutes[1].periods[0].to is not later than from',
    ]) {
      expect(problems).toContainEqual(expect.stringContaining(`watch.yaml:${problem}`));
    }
    expect(problems.join()).toContain('it is one of dingtalk');
    expect(problems.join()).not.toContain('abcdefgh');
  });

  it.each([
    [
      TWO.replace('name: pay', 'name: none'),
      'channels[1].name is not a name (1–32 letters, digits',
    ],
    [aRoute('name: default'), 'routes[0].name is not a name (1–32 letters, digits'],
    [aPeriod('from: 2026-02-31, to: 2026-03-05'), 'periods[0].from is a day that does not exist'],
    [aPeriod('from: 2026-12-01, to: 2027-02-29T08:00'), 'to is a day that does not exist'],
    [aPeriod('from: 2026-12-24, to: 2026-12-24T00:00'), 'to is not later than from'],
    [aPeriod('from: 2026-12-24T00:00, to: 2026-12-24'), 'to is not later than from'],
    [aRoute('severity: { stopped: good }'), 'stopped is no known status: is Stopped meant?'],
    [aRoute('match: { to: Stoped }'), 'match.to is no known status: is Stopped meant?'],
    [aRoute('match: { to: [Running, release] }'), 'to[1] is no known status: is released meant?'],
    [aRoute('match: { from: New }'), 'match.from is no known status: is new meant?'],
    [aRoute('match: { from: return }'), 'match.from is no known status: is returned meant?'],
  ])('name the one mistake of %j', (text, words) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(words)]);
  });

  it.each([
    aRoute('severity: { Hibernated: bad, released: good, Stopping: neutral }'),
    aRoute('match: { from: [new, returned, Hibernated], to: [released, "stop*", Recycled] }'),
    aPeriod('from: 2028-02-29, to: 2028-02-29T00:01'),
  ])('may be %j', (text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  it.each([
    [
      '{ channel: ops, to: opps, after: 10m }',
      'to names a channel that there is not: is ops meant?',
    ],
    ['{ channel: ops, to: pay }', 'after is missing'],
    ['{ channel: ops, to: pay, after: 10s }', 'after is not a time from 1m to 24h such as 10m'],
    ['{ channel: ops, to: ops, after: 10m }', 'to is the channel itself'],
    ['{ channel: ops, to: nowhere, after: 10m }', 'that there is not; there are ops, '],
    ['{ channel: ops, to: webhook, after: 10m }', 'is no chat: only chats have a fallback, or are'],
    ['{ channel: ops, to: pay, after: 10m }, { channel: ops, to: slack, after: 1h }', 'is the ch'],
    ['{ channel: ops, to: pay, after: 10m }, { channel: pay, to: slack, after: 1h }', 'has none'],
    ['{ channel: ops, to: ops2, after: 10m }', 'to is the receiver of ops under another name'],
    ['{ chanel: ops, to: pay, after: 10m }', 'chanel is no setting: is channel meant?'],
  ])('name the one mistake of the fallbacks %j', (fallbacks, words) => {
    const again = `  - { name: ops2, kind: dingtalk, webhook: "\${env:OPS_WEBHOOK}" }\n`;
    const problems = problemsOf(`${TWO}${again}fallbacks: [${fallbacks}]\n`, VALUES);

    expect(problems).toEqual([expect.stringContaining(words)]);
  });

  it('may be another chat of a service whose messages name the chat', () => {
    const chats = ['one', 'two'].map(
      (chat) => `{ name: ${chat}, kind: http, url: "\${env:BOT_URL}", json: { chat_id: ${chat} } }`,
    );
    const text = `channels: [${chats}]\nfallbacks: [{ channel: one, to: two, after: 10m }]\n`;

    expect(problemsOf(text, { BOT_URL: 'https://api.telegram.org/bot1/sendMessage' })).toEqual([]);
  });

  it('may not stand in for each other, in a circle of any length', () => {
    const circle = [
      '{ channel: ops, to: pay, after: 1m }',
      '{ channel: pay, to: slack, after: 1m }',
    ];
    const problems = problemsOf(
      `${TWO}fallbacks: [${[...circle, '{ channel: slack, to: ops, after: 1m }']}]\n`,
      VALUES,
    );

    expect(problems).toHaveLength(3);
    for (const problem of problems)
      expect(problem).toContain('is a fallback, which has none itself');
  });

  it('may have routes where one is its own fallback, which is the only mistake', () => {
    const itself = 'fallbacks: [{ channel: ops, to: ops, after: 10m }]';

    expect(problemsOf(`${TWO}routes: [{ channels: ops }]\n${itself}\n`, VALUES)).toEqual([
      expect.stringContaining('fallbacks[0].to is the channel itself'),
    ]);
  });

  it('refuse that a fallback is sent anything else', () => {
    const text = `${TWO}routes: [{ channels: [ops, pay] }]\nmutes: [{ name: a, zone: UTC, channels: pay, weekly: [{ days: mon }] }]\nfallbacks: [{ channel: ops, to: pay, after: 10m }]\n`;

    expect(problemsOf(text, VALUES)).toEqual([
      expect.stringContaining('routes[0].channels[1] is the fallback of ops'),
      expect.stringContaining('mutes[0].channels is the fallback of ops'),
    ]);
  });

  it('offer no name of a route that has none', () => {
    const mute = 'name: a, zone: UTC, routes: "route[0]", weekly: [{ days: mon }]';

    const problems = problemsOf(`${aRoute('continue: false')}\nmutes: [{ ${mute} }]`);

    expect(problems.join()).toContain('names a route that there is not');
    expect(problems.join()).not.toContain('meant?');
  });

  it('must say something', () => {
    expect(problemsOf('{}')).toEqual(['watch.yaml:1:1 the file is empty']);
    expect(problemsOf('mutes: [{ name: a, zone: UTC }]')).toEqual([
      'watch.yaml:1:9 mutes[0] has neither weekly nor periods',
    ]);
  });
});

describe('the values that the build embeds', () => {
  const file = { ...parseWatchFile(TWO, 'watch.yaml'), sealed: seal(VALUES, KEY) };

  it('need one variable only, their key', () => {
    const config = parseWatchConfig({ ...LEAST, WATCH_CONFIG_KEY: KEY }, file);

    expect(config.channels.map(({ settings }) => settings.webhook)).toEqual([DINGTALK, SLACK]);
    expect(config.secrets).toContain(KEY);
  });

  it('are refused with another key, or none, and the variable is named', () => {
    const parse = (environment: Environment) => () =>
      parseWatchConfig({ ...LEAST, ...environment }, file);

    expect(parse({ WATCH_CONFIG_KEY: KEY.replace('0', '1') })).toThrow(
      'WATCH_CONFIG_KEY is not the key that this bundle was built with',
    );
    expect(parse({})).toThrow('WATCH_CONFIG_KEY is missing');
    expect(parse({ WATCH_CONFIG_KEY: 'abc' })).toThrow('WATCH_CONFIG_KEY is not 64 hexadecimal');
  });

  it('are encrypted, and the same in every build', () => {
    expect(seal(VALUES, KEY)).toBe(seal(VALUES, KEY));
    expect(seal({ ...VALUES, OPS_SECRET: 'SEC1' }, KEY)).not.toBe(seal(VALUES, KEY));
    expect(Buffer.from(seal(VALUES, KEY), 'base64').toString('latin1')).not.toContain(
      'hooks.slack',
    );
    expect(unseal(seal(VALUES, KEY), KEY)).toEqual(VALUES);
    const damaged = Buffer.from(seal(VALUES, KEY), 'base64');
    damaged[40] = (damaged[40] ?? 0) ^ 1;
    expect(unseal(damaged.toString('base64'), KEY)).toBeNull();
  });
});

function aRoute(settings: string): string {
  return `routes: [{ channels: slack, ${settings} }]`;
}

function aPeriod(times: string): string {
  return `mutes: [{ name: a, zone: UTC, periods: [{ ${times} }] }]`;
}

function problemsOf(text: string, values?: Environment): readonly string[] {
  try {
    parseWatchFile(text, 'watch.yaml', values);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}
