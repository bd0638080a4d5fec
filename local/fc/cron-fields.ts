/** The numbers that each field of a cron expression allows. Weekday 1 is Monday, 7 is Sunday. */
export interface CronFields {
  readonly second: ReadonlySet<number>;
  readonly minute: ReadonlySet<number>;
  readonly hour: ReadonlySet<number>;
  readonly day: ReadonlySet<number>;
  readonly month: ReadonlySet<number>;
  readonly weekday: ReadonlySet<number>;
}

interface Range {
  readonly min: number;
  readonly max: number;
  /** Words for the numbers from 1. */
  readonly names?: readonly string[];
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const WEEKDAYS = 'MON TUE WED THU FRI SAT SUN'.split(' ');

// https://help.aliyun.com/document_detail/171746.html
const RANGES: Readonly<Record<keyof CronFields, Range>> = {
  second: { min: 0, max: 59 },
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  day: { min: 1, max: 31 },
  month: { min: 1, max: 12, names: MONTHS },
  weekday: { min: 1, max: 7, names: WEEKDAYS },
};

const FIELD_NAMES = Object.keys(RANGES) as (keyof CronFields)[];

/** @throws {RangeError} naming every field that cannot be read. */
export function parseCronFields(expression: string): CronFields {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== FIELD_NAMES.length) {
    throw new RangeError(`${expression}: a cron expression has six fields, seconds first`);
  }
  const fields = FIELD_NAMES.map((name, index) => [
    name,
    parseField(texts[index] ?? '', RANGES[name]),
  ]);
  const unreadable = fields.filter(([, numbers]) => numbers === null).map(([name]) => name);
  if (unreadable.length > 0) {
    throw new RangeError(`${expression}: cannot read the ${unreadable.join(', ')}`);
  }
  return Object.fromEntries(fields) as CronFields;
}

function parseField(text: string, range: Range): ReadonlySet<number> | null {
  const numbers = new Set<number>();
  for (const item of text.toUpperCase().split(',')) {
    const span = parseItem(item, range);
    if (span === null) return null;
    for (let number = span.first; number <= span.last; number += span.step) numbers.add(number);
  }
  return numbers;
}

const ITEM = /^(?:(?<any>[*?])|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<every>\d+))?$/;

interface Span {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

// One of: * or ?, 5, MON-FRI, each with a step behind it if wanted; 10/5 is 10-59/5.
function parseItem(item: string, range: Range): Span | null {
  const groups = ITEM.exec(item)?.groups;
  if (groups === undefined) return null;
  const { any, from = '', to, every } = groups;
  const step = Number(every ?? 1);
  const first = any ? range.min : fieldNumber(from, range);
  const last = any || (every && !to) ? range.max : fieldNumber(to ?? from, range);
  const isInRange = first >= range.min && first <= last && last <= range.max && step > 0;
  return isInRange ? { first, last, step } : null;
}

/** NaN, which is in no range, for what is neither a number nor a name. */
function fieldNumber(text: string, { names = [] }: Range): number {
  const index = names.indexOf(text);
  return index >= 0 ? index + 1 : /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
