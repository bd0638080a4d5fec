import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Family } from '../helpers/prometheus-text.ts';
import { queryUse } from '../helpers/promql.ts';
import { measuredFleet, scrape } from '../view/metrics-fixture.ts';

const DEPLOY = join(__dirname, '..', '..', 'deploy');

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}

/** A query, and the texts in which it names labels of its result. */
interface Query {
  readonly title: string;
  readonly expr: string;
  readonly texts: readonly string[];
}

const rules = parse(readFileSync(join(DEPLOY, 'prometheus', 'rules.yaml'), 'utf8'));
const dashboard = JSON.parse(readFileSync(join(DEPLOY, 'grafana', 'dashboard.json'), 'utf8'));

const alerts: readonly Query[] = rules.groups.flatMap((group: { readonly rules: Alert[] }) =>
  group.rules.map(({ alert, expr, annotations }) => ({
    title: alert,
    expr,
    texts: Object.values(annotations),
  })),
);

const panels: readonly Query[] = dashboard.panels.flatMap(
  ({ title, targets }: { readonly title: string; readonly targets: readonly Target[] }) =>
    targets.map(({ expr, legendFormat }) => ({ title, expr, texts: [legendFormat] })),
);

const variables: readonly Query[] = dashboard.templating.list
  .filter(({ type }: { readonly type: string }) => type === 'query')
  .map((variable: { readonly name: string; readonly query: { readonly query: string } }) => ({
    title: variable.name,
    // `label_values(metric, label)`: the label is the second argument.
    expr: variable.query.query.replace(/, (\w+)\)$/u, '{$1=""})'),
    texts: [],
  }));

let families: ReadonlyMap<string, Family>;

beforeAll(async () => {
  families = await scrape(await measuredFleet());
});

describe.each([
  ['an alert of deploy/prometheus/rules.yaml', alerts, 11],
  ['a panel of deploy/grafana/dashboard.json', panels, 24],
  ['a variable of deploy/grafana/dashboard.json', variables, 1],
])('%s', (_, queries, count) => {
  it('is found', () => {
    expect(queries).toHaveLength(count);
  });

  it.each(queries.map((query) => [query.title, query] as const))(
    'uses metrics and labels that /metrics answers: %s',
    (_title, { expr, texts }) => {
      const { metrics, labels, resultLabels, unknown } = queryUse(expr);

      expect(unknown).toEqual([]);
      expect(metrics).not.toEqual([]);
      for (const metric of metrics) {
        const answered = Object.keys(families.get(metric)?.samples[0]?.labels ?? {});
        expect([metric, families.has(metric)]).toEqual([metric, true]);
        expect(answered).toEqual(expect.arrayContaining([...labels]));
      }
      expect(resultLabels).toEqual(expect.arrayContaining([...labelsIn(texts)]));
    },
  );
});

it('has an alert for each way in which the watcher can be silent', () => {
  expect(alerts.map(({ title }) => title)).toEqual(
    expect.arrayContaining(['EcsWatchNoMetrics', 'EcsWatchNoTick', 'EcsWatchChannelFailing']),
  );
});

/** The labels that a legend (`{{status}}`) or an annotation (`{{ $labels.scope }}`) shows. */
function labelsIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) =>
    [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/gu)].map(([, label = '']) => label),
  );
}
