import { OPERATIONS } from '../operations/index.ts';
import type { EcsFaults, FaultKind } from './fault.ts';

/** @throws {RangeError} naming every bad field, each on its own line. */
export function parseFaults(input: unknown): EcsFaults {
  const problems = Array.isArray(input)
    ? input.flatMap((fault, index) => problemsOf(fault, `faults[${index}]`))
    : ['faults must be a list'];
  if (problems.length > 0) throw new RangeError(`Invalid faults:\n- ${problems.join('\n- ')}`);
  return input as EcsFaults;
}

interface Rule {
  readonly wants: string;
  readonly optional?: boolean;
  accepts(value: unknown): boolean;
}

const optional = (rule: Rule): Rule => ({ ...rule, optional: true });

const number = (wants: string, low: number, high: number): Rule => ({
  wants,
  accepts: (value) => typeof value === 'number' && value >= low && value <= high,
});

const whole = (wants: string, low: number, high = Number.MAX_SAFE_INTEGER): Rule => ({
  wants,
  accepts: (value) => Number.isSafeInteger(value) && number(wants, low, high).accepts(value),
});

const listOf = ({ wants, accepts }: Rule): Rule => ({
  wants: `a list, each ${wants}`,
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(accepts),
});

const oneOf = (...choices: readonly string[]): Rule => ({
  wants: `one of ${choices.join(', ')}`,
  accepts: (value) => choices.some((choice) => choice === value),
});

const text: Rule = {
  wants: 'a text',
  accepts: (value) => typeof value === 'string' && value !== '',
};

const milliseconds = number('a number of milliseconds, 0 or more', 0, 86_400_000);
const errorStatus = whole('an HTTP status from 400 to 599', 400, 599);
const count = whole('a whole number, 0 or more', 0);
const positive = whole('a whole number, 1 or more', 1);

const STRIKES: Record<string, Rule> = {
  actions: optional(listOf(oneOf(...OPERATIONS.keys()))),
  pages: optional(listOf(positive)),
  queries: optional(oneOf('listings', 'by-id')),
  times: optional(positive),
  probability: optional(number('a number from 0 to 1', 0, 1)),
};

const TROUBLES: Record<FaultKind, Record<string, Rule>> = {
  latency: { ms: milliseconds, jitterMs: optional(milliseconds) },
  throttle: {},
  denied: {},
  error: { code: text, status: errorStatus, message: optional(text) },
  'html-error': { status: errorStatus },
  reset: {},
  'lost-answer': {},
  'cut-answer': {},
  'no-body': {},
  'half-body': {},
  empty: {},
  'total-count': { add: whole('a whole number', Number.MIN_SAFE_INTEGER) },
  'malformed-item': { missing: oneOf('InstanceId', 'Status') },
  'repeated-page': {},
  churn: { releases: count, creations: optional(count) },
  'short-page': { rows: positive },
};

const KIND = oneOf(...Object.keys(TROUBLES));

function problemsOf(fault: unknown, path: string): readonly string[] {
  if (typeof fault !== 'object' || fault === null) return [`${path} must be an object`];
  const given: Record<string, unknown> = { ...fault };
  if (!KIND.accepts(given.kind)) return [`${path}.kind must be ${KIND.wants}`];
  const rules = { kind: KIND, ...STRIKES, ...TROUBLES[given.kind as FaultKind] };
  const unknown = Object.keys(given).filter((name) => !(name in rules));
  const wrong = Object.entries(rules).filter(([name, rule]) => !fits(given[name], rule));
  return [
    ...unknown.map((name) => `${path}.${name} is not a field of ${given.kind}`),
    ...wrong.map(([name, rule]) => `${path}.${name} must be ${rule.wants}`),
  ];
}

function fits(value: unknown, rule: Rule): boolean {
  return value === undefined ? rule.optional === true : rule.accepts(value);
}
