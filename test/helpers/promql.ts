/** What a PromQL query uses, and what in it is none of the words that these tests know. */
export interface QueryUse {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
  /** The labels of its result, where it sums by some. */
  readonly resultLabels: readonly string[];
  readonly unknown: readonly string[];
}

const WORDS = new Set([
  ...['sum', 'min', 'max', 'count', 'by', 'and', 'or', 'time', 'rate', 'absent', 'vector'],
  ...['label_values'],
]);

/** Reads the queries of this repository: a query that it does not understand has unknown words. */
export function queryUse(query: string): QueryUse {
  // Grafana puts its variables inside strings, and into ranges: both are no names.
  const plain = query.replace(/"[^"]*"/gu, '').replace(/\[\d+[smhd]\]/gu, '');
  const matched = [...plain.matchAll(/\{([^}]*)\}/gu)].flatMap(([, matchers = '']) =>
    [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/gu)].map(([, label = '']) => label),
  );
  const summed = [...plain.matchAll(/\bby\s*\(([^)]*)\)/gu)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
  const rest = plain.replace(/\{[^}]*\}/gu, ' ').replace(/\bby\s*\([^)]*\)/gu, ' ');
  const names = [...rest.matchAll(/[a-zA-Z_]\w*/gu)].map(([name]) => name);
  const metrics = names.filter((name) => name.startsWith('ecs_watch_'));
  return {
    metrics: [...new Set(metrics)],
    labels: [...new Set([...matched, ...summed])],
    resultLabels: [...new Set(summed)],
    unknown: names.filter((name) => !WORDS.has(name) && !metrics.includes(name)),
  };
}
