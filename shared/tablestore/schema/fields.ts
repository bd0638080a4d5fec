import {
  type Details,
  type DetailsChange,
  INSTANCE_ID,
  type Note,
  type Noted,
} from '../../core/model.ts';
import type { Stored } from '../../core/stored.ts';
import {
  FieldError,
  type FieldParsers,
  finite,
  inField,
  listOf,
  objectOf,
  optional,
  orAbsent,
  orElse,
  type Parser,
  recordOf,
  string,
  timestamp,
  whole,
  wrong,
} from '../parser.ts';

/**
 * Every stored row, as the tick, the view and the doctor read it. A row may come from an older
 * version, which did not know a field, or from a newer one, which knows more:
 *
 * - A missing field gets a default. Where the row means nothing without it, the row is unreadable.
 * - Fields that are not listed here are kept, and are written back with the value.
 */

/** A cell of the SDK that holds an integer: an object whose text is the number. */
export function integerOf(parse: Parser<number>): Parser<number> {
  return (cell) => {
    const value = typeof cell === 'object' && cell !== null ? Number(String(cell)) : cell;
    if (!Number.isSafeInteger(value)) throw wrong(value, 'an integer');
    return parse(value);
  };
}

/**
 * Larger numbers are damage. A scope commits once a second at the most, so that its journal does not
 * reach this seq in 30,000 years; no account is known to have a million instances in one region.
 */
export const MAX_SEQ = 1e12;
const MAX_INSTANCES = 1_000_000;
export const MAX_COUNT = 1e9;
/** No working clock has written a later time. */
export const MAX_CLOCK_MS = Date.UTC(2100, 0, 1);

export const seq = whole(0, MAX_SEQ);
export const instances = whole(0, MAX_INSTANCES);
export const count = whole(0, MAX_COUNT);
/** In milliseconds: a watcher may have been switched off for years. */
export const duration = whole(0, MAX_CLOCK_MS);
export const calls: Parser<number> = (value) => {
  const left = finite(value);
  if (left < 0 || left > MAX_COUNT) throw wrong(value, 'a number of calls');
  return left;
};
/** Counted over all commits of a scope, or over all its ticks. */
export const total = whole(0, Number.MAX_SAFE_INTEGER);
export const clockTime: Parser<number> = (value) => {
  const ms = timestamp(value);
  if (ms > MAX_CLOCK_MS) throw wrong(value, 'a time before the year 2100');
  return ms;
};

export const instanceId: Parser<string> = (value) => {
  const id = string(value);
  if (!INSTANCE_ID.test(id)) throw wrong(value, 'an instance id');
  return id;
};

export const detailFields: FieldParsers<Details> = {
  created: optional(string),
  name: optional(string),
  zoneId: optional(string),
  instanceType: optional(string),
  resourceGroupId: optional(string),
  privateIps: optional(listOf(string)),
  publicIps: optional(listOf(string)),
  tags: optional(recordOf(string)),
};

const noteSchema = objectOf<Note>({
  text: string,
  by: orElse(string, ''),
  atMs: orElse(clockTime, 0),
  untilMs: clockTime,
});

/** A note that cannot be read stops nothing: no promise depends on one. */
export const notedFields: FieldParsers<Noted> = { note: orAbsent(noteSchema) };

export const detailsChangeSchema = objectOf<DetailsChange>({
  instanceId: string,
  before: objectOf<Details & Noted>({ ...detailFields, ...notedFields }),
  after: objectOf<Details & Noted>({ ...detailFields, ...notedFields }),
});

export function storedCell<T>(
  cells: ReadonlyMap<string, unknown>,
  column: string,
  parse: Parser<T>,
): Stored<T> {
  const cell = cells.get(column);
  const read = stored(() => inField(column, parse, cell));
  return 'value' in read || typeof cell !== 'string' ? read : { ...read, stored: cell };
}

/** What a parser returns, or what is wrong. */
export function stored<T>(read: () => T): Stored<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return { unreadable: error.message };
  }
}
