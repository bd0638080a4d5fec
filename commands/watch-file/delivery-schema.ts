import { z } from 'zod';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { TIME_ZONE } from '../../shared/config/wording.ts';
import { SEVERITIES } from '../../shared/core/message.ts';
import { isoTime } from '../../shared/core/time.ts';
import { MAX_MENTIONS } from '../../shared/delivery/core/policy/policy.ts';
import { DEFAULT_ROUTE, MATCH_FIELDS } from '../../shared/delivery/core/policy/routes.ts';
import { type Shape, shape } from '../../shared/lib/shape.ts';
import { suggestion } from '../../shared/lib/suggest.ts';
import { checked, listOf, missingOr, text } from './schema-kit.ts';

/** What the file says of channels, routes, mutes and fallbacks, as it is written. */

/** Stands in rows, reports and messages. */
const NAME = shape(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/u, 'a name (1–32 letters, digits, - or _)');
/** `channels: none` is a route that sends nothing. */
const CHANNEL_NAME = nameBut('none');
/** In a mute, it is what no route takes. */
const ROUTE_NAME = nameBut(DEFAULT_ROUTE);
const GLOB = shape(
  /^[^\p{Cc}]{1,256}$/u,
  'a text of at most 256 characters, in which * is any text',
);
const ID = /^[\w@.+-]{1,64}$/u;
const MENTION = shape(ID, 'the id of a person, as the receiver calls it');
const STATUS = shape(/^[A-Za-z]{1,32}$/u, 'a status such as Stopped, or released');

function nameBut(taken: string): Shape {
  const words = `${NAME.words}: ${taken} has a meaning of its own`;
  return { allows: (value) => NAME.allows(value) && value !== taken, words };
}

/** One text, or a list of them. */
function oneOrMore(item: ReturnType<typeof text>, most = 1_000) {
  const list = listOf(item).max(most, `has more than ${most} entries`);
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), list);
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `10m`, `2h` or `0`, in milliseconds; NaN: it is none. */
export function durationMsIn(words: string): number {
  if (words === '0') return 0;
  const [, count = '', unit = ''] = /^(\d{1,4})([smh])$/u.exec(words) ?? [];
  return count === '' ? Number.NaN : Number(count) * (UNITS_MS[unit] ?? Number.NaN);
}

/** YAML reads `0`, and a time without its unit, as a number. */
function duration(shortest: string, longest: string) {
  const [minMs, maxMs] = [durationMsIn(shortest), durationMsIn(longest)];
  const allows = (value: string): boolean => {
    const ms = durationMsIn(value);
    return ms >= minMs && ms <= maxMs;
  };
  const words = `a time from ${shortest} to ${longest} such as 10m`;
  return z.preprocess(
    (value) => (typeof value === 'number' ? String(value) : value),
    text({ allows, words }),
  );
}

function countOf(min: number, max: number) {
  const error = missingOr(`is not a whole number from ${min} to ${max}`);
  return z.int({ error }).min(min, { error }).max(max, { error });
}

export const flaps = z.strictObject(
  // The times of so many flips are kept for each instance.
  { count: countOf(3, 20), within: duration('1m', '24h') },
  { error: missingOr('is not a group of settings') },
);

export const settling = z.strictObject(
  {
    bad: duration('0', '1h').optional(),
    good: duration('0', '24h').optional(),
    flaps: flaps.optional(),
  },
  { error: missingOr('is not a group of settings') },
);

export const quota = z.strictObject(
  {
    per: z.enum(['day', 'month'], { error: missingOr('is neither day nor month') }),
    // A tenth is kept for bad news.
    messages: countOf(1, 1_000_000),
  },
  { error: missingOr('is neither none nor a group of settings') },
);

/** Its other settings are those of its kind, and are checked in `delivery-entries.ts`. */
export const channel = z.looseObject(
  {
    name: text(CHANNEL_NAME),
    kind: z.string({ error: missingOr('is not a text') }),
    settling: settling.optional(),
    quota: z
      .preprocess((value) => (value === 'none' ? null : (value ?? undefined)), quota.nullable())
      .optional(),
  },
  { error: missingOr('is not a group of settings') },
);

const globs = oneOrMore(text(GLOB)).optional();
const matchFields = Object.fromEntries(MATCH_FIELDS.map((field) => [field, globs]));

export const match = z.strictObject(
  {
    ...(matchFields as Record<(typeof MATCH_FIELDS)[number], typeof globs>),
    tag: z
      .record(z.string(), oneOrMore(text(GLOB)), { error: 'is not a group of tags' })
      .refine((tags) => Object.keys(tags).length > 0, 'names no tag')
      .optional(),
  },
  { error: missingOr('is not a group of settings') },
);

/** `all` and `here` are everyone, at the receivers that know these words. */
const PERSON = shape(
  /^(?!(?:all|here)$)[\p{L}\p{N}][\p{L}\p{N}_.-]{0,31}$/u,
  'the name of a person (1–32 letters, digits, dots, hyphens or underscores; all and here are taken)',
);
/** A name that is no id must be one of the table: `delivery-entries.ts` looks. */
const PERSON_OR_ID: Shape = {
  allows: (value) => PERSON.allows(value) || MENTION.allows(value),
  words: 'a person of people, or the id of one as the receiver calls it',
};
/** Could this be the id of a person at a receiver? */
export function isPersonId(name: string): boolean {
  return ID.test(name);
}

const KINDS = CHANNEL_KINDS.map(({ kind }) => kind);

/** In a person of the table: any other kind mentions no one. */
export const MENTIONING_KINDS: readonly string[] = CHANNEL_KINDS.flatMap(({ kind, mentions }) =>
  mentions === undefined ? [] : [kind],
);

/** Person → kind of channel → id. */
export const people = z.record(
  text(PERSON),
  z.partialRecord(
    z.enum(KINDS as [string, ...string[]], { error: 'is no kind of channel' }),
    text(MENTION),
    { error: missingOr('is not a group of ids') },
  ),
  { error: missingOr('is not a group of people') },
);

export const route = z.strictObject(
  {
    name: text(ROUTE_NAME).optional(),
    match: match.optional(),
    channels: z.preprocess(
      (value) => (value === 'none' ? [] : typeof value === 'string' ? [value] : value),
      z.array(text(NAME), { error: missingOr('is neither none nor a list of channels') }),
    ),
    mentions: oneOrMore(text(PERSON_OR_ID), MAX_MENTIONS).optional(),
    continue: z.boolean({ error: 'is neither true nor false' }).optional(),
    severity: z
      .record(text(STATUS), z.enum(SEVERITIES, { error: 'is not bad, neutral or good' }), {
        error: 'is not a group of statuses',
      })
      .optional(),
  },
  { error: missingOr('is not a group of settings') },
);

const DAY_NAMES: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `mon`, or `mon-fri`; undefined: neither. */
export function daysIn(words: string): readonly number[] | undefined {
  const [first = '', last = first, ...more] = words.split('-');
  const [from, until] = [first, last].map((name) => DAY_NAMES.indexOf(name));
  if (from === undefined || until === undefined || from < 0 || until < 0 || more.length > 0)
    return undefined;
  const count = ((until - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => (from + index) % 7);
}

const days = oneOrMore(
  text({
    allows: (value) => daysIn(value) !== undefined,
    words: `a day or days such as mon or mon-fri (${DAY_NAMES.join(', ')})`,
  }),
);

const TIME_OF_DAY = shape(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/u, 'a time of day such as 22:00');
const TIME_OF_BEGIN = shape(
  /^(?:[01]\d|2[0-3]):[0-5]\d$/u,
  'a time of day such as 22:00 (at midnight a day begins at 00:00)',
);
const LOCAL_TIME = shape(
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d)?$/u,
  'a date, or a date with a time such as 2026-12-24T18:00, without a zone',
);

const localTime = checked((value) => {
  if (!LOCAL_TIME.allows(value)) return `is not ${LOCAL_TIME.words}`;
  return isDate(value.slice(0, 'YYYY-MM-DD'.length)) ? undefined : 'is a day that does not exist';
});

/** `Date` takes the 31st of February for a day in March. */
function isDate(date: string): boolean {
  return isoTime(Date.parse(`${date}T00:00Z`)).startsWith(date);
}

const zone = z.string({ error: missingOr('is not a text') }).superRefine((name, context) => {
  if (TIME_ZONE.allows(name)) return;
  const meant = suggestion(name, Intl.supportedValuesOf('timeZone'));
  context.addIssue(`is not ${TIME_ZONE.words}${meant}`);
});

export const weekly = z.strictObject(
  { days, from: text(TIME_OF_BEGIN).optional(), to: text(TIME_OF_DAY).optional() },
  { error: missingOr('is not a group of settings') },
);

export const period = z.strictObject(
  { from: localTime, to: localTime },
  { error: missingOr('is not a group of settings') },
);

export const mute = z.strictObject(
  {
    name: text(NAME),
    zone,
    weekly: listOf(weekly).optional(),
    periods: listOf(period).optional(),
    channels: oneOrMore(text(NAME)).optional(),
    routes: oneOrMore(text(NAME)).optional(),
    notices: z.boolean({ error: 'is neither true nor false' }).optional(),
  },
  { error: missingOr('is not a group of settings') },
);

export const fallback = z.strictObject(
  {
    channel: text(NAME),
    to: text(NAME),
    // A receiver that is restarted refuses for a minute.
    after: duration('1m', '24h'),
  },
  { error: missingOr('is not a group of settings') },
);
