import { DETAIL_NAMES } from '../../core/model.ts';
import { NOTE_NAMES } from '../../core/note.ts';
import { preferredType } from './accept.ts';

/** A list of instances as JSON, as lines of JSON, and as a table. */
export const FORMATS = ['json', 'ndjson', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
};

/** What `instanceJson` may hold, in its order. */
export const INSTANCE_FIELDS: readonly string[] = [
  'instanceId',
  'scope',
  'region',
  'status',
  'since',
  'sinceKnown',
  ...DETAIL_NAMES,
  ...NOTE_NAMES,
];

/** The format that a caller accepts, where the address names none. Anything else gets JSON. */
export function acceptedFormat(accept: string): Format {
  return preferredType(accept, FORMATS, MEDIA_TYPES) ?? 'json';
}

/** Only these fields of an object; none named: all. */
export function withFields(object: object, fields: ReadonlySet<string>): object {
  if (fields.size === 0) return object;
  const shown = withCompanions(fields);
  return Object.fromEntries(Object.entries(object).filter(([name]) => shown.has(name)));
}

/** A time alone would read as exact where the watcher has not seen the beginning. */
function withCompanions(fields: ReadonlySet<string>): ReadonlySet<string> {
  return fields.has('since') ? new Set([...fields, 'sinceKnown']) : fields;
}

/** One line for each object, as https://github.com/ndjson/ndjson-spec describes it. */
export function ndjson(objects: readonly object[]): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
}

/** A line of names, then one for each object. Source: RFC 4180. */
export function csv(objects: readonly object[], fields: ReadonlySet<string>): string {
  const shown = withCompanions(fields);
  const names = INSTANCE_FIELDS.filter((name) => shown.size === 0 || shown.has(name));
  const rows = objects.map((object) => {
    const values = new Map<string, unknown>(Object.entries(object));
    return names.map((name) => cellOf(values.get(name)));
  });
  return [names, ...rows].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** A spreadsheet takes what begins with one of these for a formula. Source: OWASP, "CSV Injection". */
const FORMULA = /^[=+\-@\t\r]/u;
const NEEDS_QUOTES = /[",\r\n]/u;

function cellOf(value: unknown): string {
  const text = textOf(value);
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Addresses are parted by blanks, and so are tags. */
function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, own]) => `${key}=${own}`)
    .join(' ');
}
