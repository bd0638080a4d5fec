import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CHANNEL_KINDS,
  CHANNEL_NAMES,
  type ConfiguredChannel,
  secretsOf,
} from '../../shared/channels/index.ts';
import { ConfigError } from '../../shared/config/environment.ts';
import { parseViewConfig } from '../../shared/config/view.ts';
import { parseWatchConfig } from '../../shared/config/watch.ts';
import { channelIn } from '../../shared/core/channel-names.ts';
import { createLog } from '../../shared/lib/log.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import { NOW_MS } from '../helpers/examples.ts';
import {
  ALL_SETTINGS,
  environmentOf,
  type Receivers,
  startReceivers,
} from '../helpers/receivers.ts';

const ROOT = join(__dirname, '..', '..');
const LEAST = {
  WATCH_SILENT: 'true',
  WATCH_REGIONS: 'cn-hangzhou',
  TABLESTORE_ENDPOINT: 'https://ecs-watch.cn-hangzhou.ots.aliyuncs.com',
  TABLESTORE_INSTANCE: 'ecs-watch',
  WEBHOOK_ALLOW_PRIVATE: 'true',
};

let receivers: Receivers;
beforeAll(async () => {
  receivers = await startReceivers(NOW_MS, { settings: ALL_SETTINGS });
});
afterAll(() => receivers.server.close());

describe.each(CHANNEL_KINDS)(
  'channels of kind $kind',
  ({ kind, about, variables, fileSettings = {} }) => {
    const names = Object.values(variables).map(({ name }) => name);
    const secretNames = Object.values(variables).flatMap(({ name, isSecret }) =>
      isSecret ? [name] : [],
    );

    it('are configured by their variables, one channel under the name of the kind', () => {
      const channel = receivers.configured(kind);

      const { channels } = parseWatchConfig({ ...LEAST, ...environmentOf(channel) });

      expect(channels).toEqual([channel]);
      expect(Object.keys(environmentOf(channel)).sort()).toEqual([...names].sort());
    });

    it('have a name of their own in Chinese texts', () => {
      expect(channelIn('zh', kind, CHANNEL_NAMES)).not.toBe(kind);
    });

    it('have variables that s.yaml passes to the watch function, and to no other', () => {
      const { common, watch, view } = partsOfDeployment();

      const lines = names.map((name) => `        ${name}: \${env('${name}', '')}`);
      const missing = lines.filter((line) => !watch.includes(`\n${line}\n`));
      expect(missing).toEqual([]);
      expect(names.filter((name) => (common + view).includes(name))).toEqual([]);
    });

    it('are explained by a row of the table in each README', () => {
      const english = names.map((name) => `\`${name}\``).join(', ');
      const chinese = names.map((name) => `\`${name}\``).join('、');

      expect(rowOf('README.md', english)).toBe(`| ${english} | ${about} |`);
      expect(rowOf('README.zh-CN.md', chinese)).toEqual(expect.stringContaining(`| ${chinese} | `));
    });

    it.each([
      ['docs/routes.md', '(secret)'],
      ['docs/routes.zh-CN.md', '（密钥）'],
    ])('have all their settings of the file in %s, each with what it is', (file, secret) => {
      const [, , settings = ''] =
        rowOf(file, `\`${kind}\``)
          ?.split(' | ')
          .flatMap((cell, index) => (index === 0 ? ['', cell] : [cell])) ?? [];

      const written = [...settings.matchAll(/(\*\*)?`(\w+)`(?:\*\*)?( ?[(（][^)）]*[)）])?/gu)].map(
        ([, bold, name, note = '']) => [name, bold !== undefined, note.trim()],
      );
      expect(written).toEqual([
        ...Object.entries(variables).map(([name, { isRequired, isSecret }]) => [
          name,
          isRequired,
          isSecret ? secret : '',
        ]),
        ...Object.keys(fileSettings).map((name) => [name, false, '']),
      ]);
    });

    it('have no secret in a log line', () => {
      const channel = receivers.configured(kind);
      const { secrets } = parseWatchConfig({ ...LEAST, ...environmentOf(channel) });
      const lines: string[] = [];

      createLog(
        (line) => lines.push(line),
        redactor(secrets),
        () => NOW_MS,
      ).error('trouble', {
        environment: environmentOf(channel),
        pieces: secretsOf(channel),
      });

      const hidden = Object.entries(environmentOf(channel)).filter(([name]) =>
        secretNames.includes(name),
      );
      expect(hidden).toHaveLength(secretNames.length);
      for (const secret of [...hidden.map(([, value]) => value), ...secretsOf(channel)]) {
        expect(lines.join()).not.toContain(secret);
      }
    });

    it.each(names)('have no value of %s in a configuration error', (name) => {
      const wrong = { ...LEAST, WATCH_REGIONS: '', [name]: 'a-mistyped-value' };

      expect(() => parseWatchConfig(wrong)).toThrow(ConfigError);
      expect(() => parseWatchConfig(wrong)).not.toThrow('a-mistyped-value');
    });

    it('are unknown to the view, which is not even given their variables', () => {
      const channel: ConfiguredChannel = receivers.configured(kind);

      expect(parseViewConfig({ ...LEAST, ...environmentOf(channel) })).toEqual(
        parseViewConfig(LEAST),
      );
    });
  },
);

it('no two kinds have a name or a variable in common', () => {
  const kinds = CHANNEL_KINDS.map(({ kind }) => kind);
  const names = CHANNEL_KINDS.flatMap(({ variables }) =>
    Object.values(variables).map(({ name }) => name),
  );

  expect(kinds).toEqual([...new Set(kinds)]);
  expect(names).toEqual([...new Set(names)]);
});

/** The text of s.yaml: what both functions share, and each of them alone. */
function partsOfDeployment(): Readonly<Record<'common' | 'watch' | 'view', string>> {
  const text = readFileSync(join(ROOT, 's.yaml'), 'utf8');
  const found = /^(?<common>.*\nresources:)(?<watch>\n {2}watch:.*?)(?<view>\n {2}view:.*)$/su.exec(
    text,
  );
  const { common, watch, view } = found?.groups ?? {};
  if (common === undefined || watch === undefined || view === undefined) {
    throw new Error('s.yaml has not the two resources watch and view');
  }
  return { common, watch, view };
}

/** The row about these variables in a table of a Markdown file, without the spaces that fill it up. */
function rowOf(file: string, variables: string): string | undefined {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const rows = text.split('\n').map((row) => row.replace(/ +\|/gu, ' |'));
  return rows.find((row) => row.startsWith(`| ${variables} | `));
}
