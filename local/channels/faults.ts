import type { Random } from '../random.ts';

/** Trouble that one receiver makes, as plain JSON. An empty object ends it. */
export interface ReceiverFaults {
  /** How many requests are hit before the trouble ends by itself; without it, it lasts. */
  readonly times?: number;
  /** The share of requests that are hit, 0 to 1; without it, every one. */
  readonly probability?: number;
  /** How long the answer is held back. The message has been taken by then. */
  readonly latencyMs?: number;
  /** Answered in place of the receiver, which never sees the message. */
  readonly answer?: FaultAnswer;
  /** The connection is reset: before the body is read, or instead of the receiver's answer. */
  readonly reset?: 'before-reading' | 'after-accepting';
}

export interface FaultAnswer {
  readonly status: number;
  /** For example `{ "retry-after": "30" }` or `{ "location": "https://…" }`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What happens to one request. */
type Trouble = Omit<ReceiverFaults, 'times' | 'probability'>;

/** The faults of one receiver, and how many requests they have left. */
export interface FaultPlan {
  set(faults: ReceiverFaults): void;
  next(): Trouble;
}

export function faultPlan(random: Random): FaultPlan {
  let faults: ReceiverFaults = {};
  let left = Number.POSITIVE_INFINITY;
  return {
    set(replacement) {
      checkFaults(replacement);
      faults = structuredClone(replacement);
      left = faults.times ?? Number.POSITIVE_INFINITY;
    },
    next() {
      if (left === 0 || !random.chance(faults.probability ?? 1)) return {};
      left -= 1;
      return faults;
    },
  };
}

const RESETS: readonly unknown[] = ['before-reading', 'after-accepting'];

const CHECKS: Readonly<Record<string, { ok: (value: unknown) => boolean; must: string }>> = {
  times: { ok: (value) => isWhole(value, 1), must: 'be a whole number from 1' },
  probability: { ok: (value) => isNumber(value, 0, 1), must: 'be a number from 0 to 1' },
  latencyMs: { ok: (value) => isNumber(value, 0), must: 'be a number of milliseconds from 0' },
  answer: { ok: isAnswer, must: 'have a status from 200 to 599, and text as headers and body' },
  reset: { ok: (value) => RESETS.includes(value), must: `be one of ${RESETS.join(', ')}` },
};

/** @throws {RangeError} naming every bad field. */
function checkFaults(faults: ReceiverFaults): void {
  const fields = Object.entries(faults).filter(([, value]) => value !== undefined);
  const problems = fields.flatMap(([name, value]) => {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
    if (check === undefined) return [`${name} is not a fault`];
    return check.ok(value) ? [] : [`${name} must ${check.must}`];
  });
  if (faults.answer !== undefined && faults.reset !== undefined) {
    problems.push('answer and reset exclude one another');
  }
  if (problems.length > 0) throw new RangeError(`Invalid faults:\n- ${problems.join('\n- ')}`);
}

function isNumber(value: unknown, min: number, max = Number.POSITIVE_INFINITY): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

function isWhole(value: unknown, min: number, max = Number.POSITIVE_INFINITY): boolean {
  return Number.isInteger(value) && isNumber(value, min, max);
}

function isAnswer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers = {}, body = '' } = value as Partial<FaultAnswer>;
  return (
    isWhole(status, 200, 599) &&
    typeof headers === 'object' &&
    Object.values(headers).every((header) => typeof header === 'string') &&
    typeof body === 'string'
  );
}
