/**
 * The text format of Prometheus, version 0.0.4.
 * Source: Prometheus, "Exposition formats", and "Metric and label naming".
 */
export const METRICS_MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** What is summed under one label value when there are more subjects than a bound allows. */
export const OTHERS = '_other';

/** A metric as people read of it in docs/metrics.md. */
export interface MetricDescription {
  /** With its unit last, and `_total` behind a number that only grows. */
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  /** One line, without a line break or a backslash. */
  readonly help: string;
  /** The names of all its labels, in their order. */
  readonly labels: readonly string[];
}

/** A metric of subjects of one kind: scopes, channels, or the view itself. */
export interface Metric<T> extends MetricDescription {
  /** What several samples of the same labels become: those of subjects over a bound. */
  readonly merge: (one: number, other: number) => number;
  readonly samples: (subject: T) => readonly Sample[];
}

export function add(one: number, other: number): number {
  return one + other;
}

/** One metric with its samples; empty when no subject has one. */
export function metricLines<T>(metric: Metric<T>, subjects: readonly T[]): string {
  const values = new Map<string, number>();
  for (const { labels, value } of subjects.flatMap(metric.samples)) {
    const text = labelText(metric, labels);
    const known = values.get(text);
    values.set(text, known === undefined ? value : metric.merge(known, value));
  }
  if (values.size === 0) return '';
  const { name, help, type } = metric;
  const lines = [...values].map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText({ labels: names }: MetricDescription, labels: Labels): string {
  if (names.length === 0) return '';
  return `{${names.map((name) => `${name}="${labelValue(labels[name] ?? '')}"`).join(',')}}`;
}

// Prometheus takes any UTF-8. Controls and halves of characters are none, or end its parser's line.
const NO_TEXT = /[^\P{Cc}\n]|\p{Cs}/gu;
const REPLACEMENT = '\ufffd';
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['"', '\\"'],
  ['\n', '\\n'],
]);

function labelValue(value: string): string {
  return value
    .replace(NO_TEXT, REPLACEMENT)
    .replace(/[\\"\n]/gu, (character) => ESCAPES.get(character) ?? character);
}

/** Times are seconds everywhere in Prometheus. */
export function seconds(ms: number): number {
  return ms / 1000;
}
