import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { METRICS } from '../../shared/view/core/metrics.ts';
import { isInvalid } from '../../shared/view/core/parameters.ts';
import { parseDiscoveryQuery } from '../../shared/view/core/queries/discovery.ts';
import { LINKS } from '../../shared/view/routes/index.ts';

const DOCUMENT = readFileSync(join(__dirname, '..', '..', 'docs', 'metrics.md'), 'utf8');

it('docs/metrics.md has every metric as it is, in the order of the answer', () => {
  const rows = DOCUMENT.split('\n')
    .filter((line) => line.startsWith('| `ecs_watch_'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

  expect(rows).toEqual(
    METRICS.map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]),
  );
});

it('docs/metrics.md shows jobs whose addresses and parameters there are', () => {
  const [, yaml = ''] = /```yaml\n(.*?)```/su.exec(DOCUMENT) ?? [];
  const [metrics, discovery] = parse(yaml).scrape_configs;

  const { pathname, searchParams } = new URL(discovery.http_sd_configs[0].url);
  const query = parseDiscoveryQuery(new Map(searchParams), []);

  expect(metrics).not.toHaveProperty('metrics_path');
  expect([LINKS.metrics, LINKS.discovery]).toEqual(['/metrics', pathname]);
  expect(isInvalid(query)).toBe(false);
  expect(query).toMatchObject({ port: 9100, address: 'private' });
});
