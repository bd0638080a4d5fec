/** One family of a /metrics answer. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ParsedSample[];
}

export interface ParsedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.+)$`, 'u');
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge)$`, 'u');
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`, 'u');
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/u;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/u;

/**
 * Reads the text format of Prometheus, version 0.0.4, and refuses whatever is not as a careful writer
 * has it: HELP, TYPE and all samples of a metric in one piece, each set of labels once.
 * Source: Prometheus, "Exposition formats".
 */
export function parsePrometheusText(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  const lines = text.slice(0, -1).split('\n');
  for (let at = 0; at < lines.length; ) {
    const end = lines.findIndex((line, index) => index > at && line.startsWith('# HELP '));
    const family = familyIn(lines.slice(at, end === -1 ? lines.length : end));
    if (families.has(family.name)) throw new Error(`${family.name} is in two pieces`);
    families.set(family.name, family);
    at = end === -1 ? lines.length : end;
  }
  return families;
}

function familyIn([helpLine = '', typeLine = '', ...lines]: readonly string[]): Family {
  const [, name = '', help = ''] = HELP.exec(helpLine) ?? refuse(helpLine);
  const [, typed, type = ''] = TYPE.exec(typeLine) ?? refuse(typeLine);
  if (typed !== name || lines.length === 0) refuse(typeLine);
  const samples = lines.map((line) => sampleIn(name, line));
  const distinct = new Set(samples.map(({ labels }) => JSON.stringify(Object.entries(labels))));
  if (distinct.size < samples.length) throw new Error(`${name} has the same labels twice`);
  return { name, type, help, samples };
}

function sampleIn(family: string, line: string): ParsedSample {
  const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? refuse(line);
  if (name !== family || !NUMBER.test(value)) refuse(line);
  return { labels: labelsIn(labels), value: Number(value) };
}

function labelsIn(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const [whole, name = '', value = ''] = LABEL.exec(rest) ?? refuse(rest);
    if (Object.hasOwn(labels, name)) refuse(text);
    labels[name] = value.replace(/\\(.)/gu, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(whole.length);
  }
  return labels;
}

function refuse(text: string): never {
  throw new Error(`not the text format of Prometheus: ${text}`);
}
