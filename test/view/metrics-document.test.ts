import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { METRICS } from '../../shared/view/core/metrics.ts';
import { isInvalid } from '../../shared/view/core/parameters.ts';
import { parseDiscoveryQuery } from '../../shared/view/core/queries/discovery.ts';
import { LINKS } from '../../shared/view/routes/index.ts';

const ENGLISH = readFileSync(join(__dirname, '..', '..', 'docs', 'metrics.md'), 'utf8');
const CHINESE = readFileSync(join(__dirname, '..', '..', 'docs', 'metrics.zh-CN.md'), 'utf8');

/** The cells of each row about a metric. */
function rowsOf(document: string): readonly (readonly string[])[] {
  return document
    .split('\n')
    .filter((line) => line.startsWith('| `ecs_watch_'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

it('docs/metrics.md has every metric as it is, in the order of the answer', () => {
  expect(rowsOf(ENGLISH)).toEqual(
    METRICS.map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]),
  );
});

it('docs/metrics.zh-CN.md has the same metrics, each in Chinese', () => {
  const exceptHelp = (document: string) => rowsOf(document).map((cells) => cells.slice(0, 3));

  expect(exceptHelp(CHINESE)).toEqual(exceptHelp(ENGLISH));
  expect(rowsOf(CHINESE).filter(([, , , help = '']) => !/\p{Script=Han}/u.test(help))).toEqual([]);
});

it('docs/metrics.md shows jobs whose addresses and parameters there are', () => {
  const [, yaml = ''] = /```yaml\n(.*?)```/su.exec(ENGLISH) ?? [];
  const [metrics, discovery] = parse(yaml).scrape_configs;

  const { pathname, searchParams } = new URL(discovery.http_sd_configs[0].url);
  const query = parseDiscoveryQuery(new Map(searchParams), []);

  expect(metrics).not.toHaveProperty('metrics_path');
  expect([LINKS.metrics, LINKS.discovery]).toEqual(['/metrics', pathname]);
  expect(isInvalid(query)).toBe(false);
  expect(query).toMatchObject({ port: 9100, address: 'private' });
});
