import type { CommonFault, Fault, FaultDialect } from './fault.ts';
import {
  type FaultFields,
  type FieldRule,
  milliseconds,
  oneOf,
  optionalField,
  positive,
  probability,
} from './rules.ts';

/** The fields of the kinds that every server has. */
export const COMMON_KINDS: Readonly<Record<CommonFault['kind'], FaultFields>> = {
  latency: { latencyMs: milliseconds, jitterMs: optionalField(milliseconds) },
  reset: {},
  'lost-answer': {},
};

/** @throws {RangeError} naming every bad field, each on its own line. */
export function parseFaults<F extends Fault>(
  input: unknown,
  dialect: FaultDialect<F>,
): readonly F[] {
  const problems = Array.isArray(input)
    ? input.flatMap((fault, index) => problemsOfFault(fault, dialect, `faults[${index}]`))
    : ['faults must be a list'];
  if (problems.length > 0) throw new RangeError(`Invalid faults:\n- ${problems.join('\n- ')}`);
  return input as readonly F[];
}

const COUNTERS: FaultFields = {
  times: optionalField(positive),
  probability: optionalField(probability),
};

function problemsOfFault(
  fault: unknown,
  { kinds, selectors }: Pick<FaultDialect<Fault>, 'kinds' | 'selectors'>,
  path: string,
): readonly string[] {
  if (typeof fault !== 'object' || fault === null) return [`${path} must be an object`];
  const given: Readonly<Record<string, unknown>> = { ...fault };
  const kind = oneOf(...Object.keys(kinds));
  if (!kind.accepts(given.kind)) return [`${path}.kind must be ${kind.wants}`];
  const rules: FaultFields = { kind, ...selectors, ...COUNTERS, ...kinds[String(given.kind)] };
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(rules, name));
  const wrong = Object.entries(rules).filter(([name, rule]) => !isAccepted(given[name], rule));
  return [
    ...unknown.map((name) => `${path}.${name} is not a field of ${given.kind}`),
    ...wrong.map(([name, rule]) => `${path}.${name} must be ${rule.wants}`),
  ];
}

function isAccepted(value: unknown, rule: FieldRule): boolean {
  return value === undefined ? rule.isOptional === true : rule.accepts(value);
}
