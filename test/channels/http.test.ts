import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseWatchFile } from '../../commands/watch-file/read.ts';
import type { ChannelName } from '../../local/channels/index.ts';
import {
  bodyOf,
  type ConfiguredChannel,
  createChannel,
  secretsOf,
} from '../../shared/channels/index.ts';
import { ConfigError } from '../../shared/config/environment.ts';
import { variablesIn } from '../../shared/config/file-values.ts';
import { parseWatchConfig } from '../../shared/config/watch.ts';
import type { Message } from '../../shared/core/message.ts';
import type { Commit } from '../../shared/core/model.ts';
import { channelPolicy, type DeliveryRules } from '../../shared/delivery/core/policy/policy.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import {
  aChange,
  aCommit,
  aMessage,
  aNote,
  MINUTE_MS,
  manyChanges,
  NOW_MS,
  WORDING,
} from '../helpers/examples.ts';
import { HOSTILE_NAMES } from '../helpers/hostile-names.ts';
import { type Receivers, startReceivers } from '../helpers/receivers.ts';

const MESSAGE = aMessage([aCommit({ changes: [aChange({ name: 'web-1' })] })]);
const GOOD = aMessage([aCommit({ changes: [aChange({ from: 'Stopped', to: 'Running' })] })]);
const LEAST = {
  WATCH_REGIONS: 'cn-hangzhou',
  TABLESTORE_ENDPOINT: 'https://ecs-watch.cn-hangzhou.ots.aliyuncs.com',
  TABLESTORE_INSTANCE: 'ecs-watch',
  WEBHOOK_ALLOW_PRIVATE: 'true',
};
const CONSOLE = 'https://ecs.console.alibabacloud.com/server';

/** The presets of a document, by their names. */
function presetsIn(document: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(__dirname, '../../docs', document), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n(?:# (\w+)\n)?(.*?)```/gsu)];
  return new Map(blocks.map(([, name = 'heartbeat', yaml = '']) => [name, yaml]));
}

const PRESETS = presetsIn('receivers.md');

let receivers: Receivers;
beforeAll(async () => {
  receivers = await startReceivers(NOW_MS);
});
afterEach(() => receivers.reset());
afterAll(() => receivers.server.close());

/** The channel that a text of the file describes, with the variables of the local receivers. */
function channelOf(yaml: string, environment: Readonly<Record<string, string>> = {}) {
  const variables: Readonly<Record<string, string>> = {
    ...LEAST,
    ...receivers.server.environment,
    ...environment,
  };
  const file = parseWatchFile(yaml, 'watch.yaml', variables);
  const referred = Object.fromEntries(
    variablesIn(file).map((name) => [name, variables[name] ?? '']),
  );
  const config = parseWatchConfig({ ...LEAST, ...referred }, file);
  const [configured] = config.channels as readonly [ConfiguredChannel];
  const redact = redactor(config.secrets);
  const options = { wording: WORDING, allowPrivate: true, now: receivers.clock.now, redact };
  return { configured, channel: createChannel(configured, options), config };
}

describe('a preset of the docs', () => {
  it('is the same in both languages, but for its comments', () => {
    const contents = (presets: ReadonlyMap<string, string>) =>
      [...presets].map(([name, yaml]) => [name, parse(yaml)]);

    expect(contents(presetsIn('receivers.zh-CN.md'))).toEqual(contents(PRESETS));
    expect([...PRESETS.keys()]).toEqual([
      'telegram',
      'ntfy',
      'bark',
      'serverchan',
      'notices',
      'heartbeat',
    ]);
  });

  it('keeps the notices of the watcher from the five messages of ServerChan, but not that the other channel fails', () => {
    const { rules } = parseWatchFile(preset('serverchan') + preset('notices'), 'watch.yaml');
    const policyOf = (name: string) => channelPolicy(name, rules as DeliveryRules);
    const sharesOf = (commit: Commit) =>
      ['wechat', 'dingtalk'].filter((name) => policyOf(name).share(commit) !== null);
    const failing = { failures: 3, reason: 'HTTP 500' };

    expect(sharesOf(aCommit())).toEqual(['wechat', 'dingtalk']);
    expect(
      sharesOf(
        aCommit({ changes: [], notice: { kind: 'scans-failing', sinceMs: NOW_MS, ...failing } }),
      ),
    ).toEqual(['dingtalk']);
    expect(
      sharesOf(
        aCommit({
          changes: [],
          notice: {
            kind: 'channel-failing',
            channel: 'dingtalk',
            deliveredAtMs: null,
            failing: {},
            ...failing,
          },
        }),
      ),
    ).toEqual(['wechat', 'dingtalk']);
  });

  it.each([
    [
      'telegram',
      {
        chat_id: '-1000000000000',
        text: expect.stringMatching(/^🔴 web-1 stopped · cn-hangzhou\n\n🔴 web-1 stopped/u),
      },
    ],
    [
      'ntfy',
      {
        topic: 'ecs-watch',
        title: '🔴 web-1 stopped · cn-hangzhou',
        priority: 5,
        click: expect.stringContaining(CONSOLE),
      },
    ],
    [
      'bark',
      { title: '🔴 web-1 stopped · cn-hangzhou', level: 'timeSensitive', group: 'ecs-watch' },
    ],
  ] as const)('of %s is what its receiver takes', async (name, expected) => {
    const { channel } = channelOf(preset(name));

    expect(await channel.send(MESSAGE)).toEqual({ kind: 'delivered' });
    const [received] = receivers.received(name);
    expect(received).toMatchObject({ accepted: true });
    expect(JSON.parse(received?.body ?? '')).toMatchObject(expected);
  });

  it('of ServerChan is a form with a short title, and Markdown', async () => {
    const { channel } = channelOf(preset('serverchan'));
    const changes = [aChange({ name: 'a-rather-long-name-of-an-instance' })];

    expect(await channel.send(aMessage([aCommit({ changes })]))).toEqual({ kind: 'delivered' });
    const form = new URLSearchParams(receivers.received('serverchan')[0]?.body);
    expect([...(form.get('title') ?? '')]).toHaveLength(32);
    expect(form.get('desp')).toBe(
      '🔴 **a-rather-long-name-of-an-instance** stopped (was running)  \n' +
        'cn-hangzhou · 10:04:00–10:05:01 UTC · i-bp1  \n' +
        `[Console](${CONSOLE}/i-bp1/detail?regionId=cn-hangzhou)`,
    );
    expect(channel.quota).toEqual({ per: 'day', messages: 5 });
  });

  it.each(['telegram', 'ntfy', 'bark', 'serverchan'] as const)(
    'of %s takes names of every sort and a storm, and shows no link or field of a name',
    async (name) => {
      const { channel } = channelOf(preset(name));
      for (const hostile of HOSTILE_NAMES) {
        receivers.clock.advance(24 * 60 * MINUTE_MS);
        const note = aNote(hostile);
        const message = aMessage([aCommit({ changes: [aChange({ name: hostile, note })] })]);

        expect(await channel.send(message)).toEqual({ kind: 'delivered' });
        const body = receivers.received(name).at(-1)?.body ?? '';
        expect(fieldsOf(name, body)).toEqual(fieldsOf(name, await bodyOfPlain(channel, name)));
        const shown = name === 'serverchan' ? (new URLSearchParams(body).get('desp') ?? '') : '';
        const links = [...shown.matchAll(/\]\((.*?)\)|<(http.*?)>|!\[/gu)].map(([, url]) => url);
        expect(links).toEqual(
          name === 'serverchan' ? [`${CONSOLE}/i-bp1/detail?regionId=cn-hangzhou`] : [],
        );
      }
      receivers.clock.advance(24 * 60 * MINUTE_MS);
      const storm = manyChanges(1_000, (index) => '支付网关'.repeat(index % 40));
      expect(await channel.send(aMessage([aCommit({ changes: storm })]))).toEqual({
        kind: 'delivered',
      });
    },
  );

  it.each<[ChannelName, string, object]>([
    [
      'telegram',
      'TELEGRAM_CHAT',
      { kind: 'rejected', reason: expect.stringContaining('chat not found') },
    ],
    [
      'ntfy',
      'NTFY_TOKEN',
      { kind: 'rejected', cause: 'config', reason: expect.stringContaining('unauthorized') },
    ],
    [
      'bark',
      'BARK_KEY',
      { kind: 'rejected', reason: expect.stringContaining('failed to get device token') },
    ],
  ])(
    'of %s says in the words of the service that %s is wrong, and not what it is',
    async (name, variable, expected) => {
      const wrong = 'f0f0f0f0f0f0f0f0f0f0f0';
      const { channel } = channelOf(preset(name), { [variable]: wrong });

      const outcome = await channel.send(MESSAGE);

      expect(outcome).toMatchObject(expected);
      expect(JSON.stringify(outcome)).not.toContain(wrong);
    },
  );

  it('waits as long as Telegram asks for', async () => {
    const { channel } = channelOf(preset('telegram'));
    for (let count = 0; count < 20; count += 1) await channel.send(MESSAGE);

    expect(await channel.send(MESSAGE)).toMatchObject({
      kind: 'throttled',
      untilMs: receivers.clock.now() + 60_000,
      reason: expect.stringContaining('Too Many Requests'),
    });
  });

  it('is refused by ServerChan once its day is used up, in its words', async () => {
    const { channel } = channelOf(preset('serverchan'));
    receivers.clock.advance(24 * 60 * MINUTE_MS);
    for (let count = 0; count < 5; count += 1) await channel.send(MESSAGE);

    expect(await channel.send(MESSAGE)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('超过当天的发送次数限制'),
    });
  });
});

describe('a described receiver', () => {
  /** Under a variable of its own: what the kind's own variable holds is another channel. */
  const withSettings = (settings: string) =>
    channelOf(`channels:\n  - { name: any, kind: http, url: "\${env:ANY_URL}", ${settings} }\n`, {
      ANY_URL: receivers.server.environment.HTTP_URL ?? '',
    });

  it.each<[string, number, string, object]>([
    ['', 204, '', { kind: 'delivered' }],
    ['success: { status: 202 }', 202, '', { kind: 'delivered' }],
    ['success: { status: [200, 202] }', 204, '', { kind: 'retry', lost: true, unmarked: true }],
    ['success: { field: data.code, equals: 0 }', 200, '{"data":{"code":0}}', { kind: 'delivered' }],
    [
      'success: { field: data.code, equals: 0 }',
      200,
      '{"data":{"code":"0"}}',
      { kind: 'retry', lost: false },
    ],
    [
      'success: { field: data.code, equals: 0 }',
      200,
      '{"data":{"code":7}}',
      { kind: 'retry', lost: false },
    ],
    [
      'success: { field: data.code, equals: 0 }',
      200,
      '{"code":0}',
      { kind: 'retry', lost: true, unmarked: true },
    ],
    ['success: { field: toString }', 200, '{}', { kind: 'retry', lost: true, unmarked: true }],
    ['success: { field: ok }', 200, '<html>', { kind: 'retry', lost: true, unmarked: true }],
    [
      '',
      400,
      '{"error":"bad word"}',
      { kind: 'rejected', cause: 'payload', reason: 'HTTP 400: {"error":"bad word"}' },
    ],
    ['', 401, 'no', { kind: 'rejected', cause: 'config', reason: 'HTTP 401: no' }],
    ['method: GET', 414, '', { kind: 'rejected', cause: 'payload' }],
    ['method: GET', 431, '', { kind: 'rejected', cause: 'payload' }],
    ['', 414, '', { kind: 'rejected', cause: 'config' }],
    ['', 410, '', { kind: 'rejected', cause: 'dead' }],
    ['retryAfter: wait', 503, '{"wait":90}', { kind: 'throttled' }],
    ['retryAfter: wait', 503, '{"wait":"90"}', { kind: 'retry' }],
    [
      'retryAfter: wait, success: { field: ok }',
      200,
      '{"ok":false,"wait":90}',
      { kind: 'throttled' },
    ],
  ])('(%s) that answers HTTP %i %s is understood', async (settings, status, body, expected) => {
    receivers.setFaults('http', [{ kind: 'answer', status, body }]);

    const outcome = await withSettings(settings).channel.send(MESSAGE);

    expect(outcome).toMatchObject(expected);
    if (outcome.kind === 'throttled') expect(outcome.untilMs).toBe(receivers.clock.now() + 90_000);
  });

  it('is sent what a tree says, each text filled in once', async () => {
    const name = `\${title} \${env:ANY_URL}`;
    const changes = [aChange({ name })];
    receivers.setFaults('http', [{ kind: 'answer', status: 200 }]);
    const { channel } = withSettings(
      `method: PUT, headers: { X-Any: "a \${env:NTFY_TOKEN}" }, json: { list: ["\${title}", 1, null, true], "\${title}": { deep: "\${severity}-\${title:3}" }, colour: { "\${severity}": { bad: [9], neutral: 1, good: "x" } } }`,
    );

    await channel.send(aMessage([aCommit({ changes })]));
    await channel.send(GOOD);

    const [bad, good] = receivers.received('http');
    expect(bad).toMatchObject({
      method: 'PUT',
      headers: { 'x-any': `a ${receivers.server.ntfy.token}` },
    });
    expect(JSON.parse(bad?.body ?? '')).toEqual({
      list: [`🔴 \${title} \${env:ANY_URL} stopped · cn-hangzhou`, 1, null, true],
      // The name of a field is no text.
      '${title}': { deep: 'bad-🔴 …' },
      colour: [9],
    });
    expect(JSON.parse(good?.body ?? '')).toMatchObject({ colour: 'x' });
  });

  it('is sent nothing by a header that a variable makes impossible, and says which', async () => {
    const yaml = `channels: [{ name: any, kind: http, url: "\${env:ANY_URL}", headers: { X-Any: "\${env:TOKEN}" } }]`;
    const { channel } = channelOf(yaml, {
      ANY_URL: receivers.server.environment.HTTP_URL ?? '',
      TOKEN: 'a\nb',
    });

    expect(await channel.send(MESSAGE)).toEqual({
      kind: 'rejected',
      cause: 'config',
      reason: expect.stringContaining('the header x-any would have a line break'),
    });
    expect(receivers.received('http')).toEqual([]);
  });

  it('gets a form in its address where it only takes GET', async () => {
    receivers.setFaults('http', [{ kind: 'answer', status: 200 }]);
    const { channel } = withSettings(`method: GET, form: { title: "\${title} & co", n: 7 }`);

    expect(await channel.send(MESSAGE)).toEqual({ kind: 'delivered' });
    expect(receivers.received('http')).toMatchObject([{ method: 'GET', body: '' }]);
  });

  it('is never sent more than its limit, and less once it has refused the content', async () => {
    const { channel } = withSettings('maxBytes: 2000');
    const changes = manyChanges(1_000, (index) => `支付网关-${index}`);
    const message = aMessage([aCommit({ changes })]);

    await channel.send(message);
    await channel.send({ ...message, withoutUserText: true });

    const [all, plain] = receivers.received('http').map(({ body }) => body);
    expect(Buffer.byteLength(all ?? '')).toBeLessThanOrEqual(2_000);
    expect(Buffer.byteLength(plain ?? '')).toBeLessThanOrEqual(600);
    expect(plain).not.toContain('支付网关');
  });

  it.each([
    ['maxBytes: 500', 500],
    ['method: GET, maxBytes: 2000', 2_000],
    [`form: { t: "\${title}", x: "\${markdown}" }, maxBytes: 2000`, 2_000],
  ])('has room for a title at the least of its limits: %s', (settings, maxBytes) => {
    const { configured } = withSettings(settings);
    const name = (index: number) =>
      `支付网关生产环境核心交易系统数据库主节点只读副本华东区备用-${index}`;
    for (const language of ['en', 'zh'] as const) {
      for (const count of [1, 3, 1_000]) {
        for (const withoutUserText of [false, true]) {
          const changes = manyChanges(count, name);
          const message = { ...aMessage([aCommit({ changes })]), withoutUserText };
          const wording = { ...WORDING, language };
          const body = bodyOf(configured, message, { wording, nowMs: NOW_MS });
          const pairs = Object.entries(body as Readonly<Record<string, string>>);
          const text =
            maxBytes === 500 ? JSON.stringify(body) : new URLSearchParams(pairs).toString();

          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(
            maxBytes * (withoutUserText ? 0.5 : 1),
          );
        }
      }
    }
  });

  it('keeps what its variables hold as a secret, and has another destination with another one', () => {
    const one = channelOf(preset('bark'));
    const other = channelOf(preset('bark'), { BARK_KEY: 'another-key-0000000000' });

    expect(secretsOf(one.configured)).toContain(receivers.server.bark.key);
    expect(one.config.secrets).toContain(receivers.server.bark.key);
    expect(one.channel.destination).not.toBe(other.channel.destination);
  });

  it.each([
    [
      `json: { a: "\${titel}" }`,
      /channels\[0\]\.json\.a has \$\{titel\}, which stands for nothing/u,
    ],
    [`json: { a: ["\${"] }`, /channels\[0\]\.json\.a\[0\] has \$\{, which stands/u],
    [`json: { a: { "\${severity}": { bad: 1 } } }`, /stands alone, over bad, neutral and good/u],
    [`json: { a: { "\${severity}": { bad: 1, neutral: 2, good: 3 }, b: 1 } }`, /stands alone/u],
    ['json: hello', /json is not a group of settings/u],
    ['form: { a: [1] }', /form\.a is no text, number, or true or false/u],
    ['method: DELETE', /method is not one of POST, PUT, PATCH, GET/u],
    [`headers: { X: "\${title}" }`, /headers\.X holds news/u],
    ['headers: { Host: x }', /headers\.Host is no header that can be set/u],
    ['headers: { X: "a\\nb" }', /headers\.X is not a text of ASCII/u],
    ['success: { filed: ok }', /success\.filed is no setting; there are status, field, equals/u],
    ['success: { equals: 1 }', /success\.equals is compared with a field, and field is missing/u],
    ['success: { field: ok, equals: [1] }', /success\.equals is the text/u],
    ['success: {}', /success says nothing: it has neither status nor field/u],
    ['success: { status: [] }', /status is empty, so that no message would ever count as taken/u],
    [
      'success: { status: [204, 304], field: ok }',
      /success\.field is in no answer: one of HTTP 204 or 304 has no body/u,
    ],
    ['form: { a: 1 }, maxBytes: 1999', /maxBytes is too few for a form, .*: 2000 are the least/u],
    ['method: GET, maxBytes: 1999', /maxBytes is too few for a form/u],
    ['json: { a: 1 }, form: { a: 1 }', /json stands beside form, .* \(channel any\)/u],
    [
      'method: GET, json: { a: 1 }',
      /json is a body, which a GET does not have: .* \(channel any\)/u,
    ],
    ['headers: { X-Any: a, x-any: b }', /headers\.x-any is there twice: .* \(channel any\)/u],
    [
      'method: GET, headers: { Content-Type: text/plain }',
      /headers\.Content-Type describes a body, which a GET does not have \(channel any\)/u,
    ],
    [
      'form: { a: 1 }, headers: { content-type: application/json }',
      /headers\.content-type is not the type of a form/u,
    ],
    [
      'headers: { content-type: application/x-www-form-urlencoded }',
      /headers\.content-type is the type of a form, and the body is JSON/u,
    ],
    ['success: { status: 99 }', /success\.status is not an HTTP status/u],
    ['success: { field: "a b" }', /success\.field is not the path of a field/u],
    [`success: { field: "\${env:HTTP_URL}" }`, /cannot refer to a variable/u],
    ['retryAfter: [1]', /retryAfter is not the path/u],
    ['maxBytes: 10', /maxBytes is not a whole number from 500 to 100000/u],
    [`json: { a: "\${env:NOT_SET}" }`, /json refers to NOT_SET, which is not set/u],
    ['jsn: {}', /jsn is no setting of http: is json meant\?/u],
  ])('is refused with %s, at its place in the file', (settings, problem) => {
    expect(() => withSettings(settings)).toThrow(ConfigError);
    expect(() => withSettings(settings)).toThrow(problem);
  });

  it('is refused with all that its settings say against each other at once', () => {
    const wrong =
      'method: GET, json: { a: 1 }, form: { b: 2 }, headers: { A: x, a: y, Content-Type: text/plain }, success: {}';

    const refused = (): unknown => withSettings(wrong);

    for (const words of [
      /json stands beside form/u,
      /json is a body, which a GET does not have/u,
      /headers\.a is there twice/u,
      /headers\.Content-Type describes a body/u,
      /success says nothing/u,
    ])
      expect(refused).toThrow(words);
  });

  it.each([
    'method: GET, form: { a: 1 }, success: { status: 204 }',
    'form: { a: 1 }, headers: { Content-Type: "application/x-www-form-urlencoded;charset=gbk" }',
    'headers: { Content-Type: "text/plain; charset=utf-8", X-A: a, X-B: a }',
    `form: { a: 1 }, headers: { Content-Type: "\${env:NTFY_TOKEN}" }`,
    'success: { status: [200, 204], field: ok }',
  ])('may have %s', (settings) => {
    expect(() => withSettings(settings)).not.toThrow();
  });
});

describe('the heartbeat of the file', () => {
  it('is pinged by GET', () => {
    const file = parseWatchFile(preset('heartbeat'), 'watch.yaml');
    const environment = {
      ...LEAST,
      WATCH_SILENT: 'true',
      HEARTBEAT_URL: 'https://kuma.example/api/push/x',
    };

    expect(parseWatchConfig(environment, file)).toMatchObject({ heartbeatMethod: 'GET' });
    expect(() => parseWatchConfig({ ...environment, HEARTBEAT_URL: '' }, file)).toThrow(
      'HEARTBEAT_URL is missing (WATCH_CONFIG says how it is pinged)',
    );
    expect(() => parseWatchFile('heartbeat: { method: PUT }', 'watch.yaml')).toThrow(
      /heartbeat\.method is neither GET nor POST/u,
    );
  });
});

function preset(name: string): string {
  return PRESETS.get(name) ?? '';
}

/** The names of all fields of a body. */
function fieldsOf(name: string, body: string): readonly string[] {
  return name === 'serverchan'
    ? [...new URLSearchParams(body).keys()]
    : Object.keys(JSON.parse(body));
}

async function bodyOfPlain(channel: Channel, name: ChannelName): Promise<string> {
  await channel.send(MESSAGE as Message);
  return receivers.received(name).at(-1)?.body ?? '';
}
