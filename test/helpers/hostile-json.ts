import type { Random } from '../../local/random.ts';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

const TEXTS: readonly string[] = [
  '',
  ' ',
  '0',
  'ok',
  'null',
  'true',
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  '\ud800',
  'half \udfff of a character',
  '\u0000',
  '\u202egnp.exe',
  'two\r\nlines: of a header',
  'one\u2028two',
  '\u001b[31mred\u001b[0m',
  '<script>alert(1)</script>',
  '<!channel> @all [click](http://evil.example)',
  '支付网关',
  'x'.repeat(3_000),
];

const NUMBERS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  49,
  51,
  2 ** 31,
  1e12,
  9e15,
  2 ** 53,
  -(2 ** 53),
  1e300,
  Number.MIN_VALUE,
];

const KEYS: readonly string[] = ['a', '', '__proto__', 'constructor', 'toJSON', 'then', 'length'];

const MAX_DEPTH = 3;
/** Deep enough for a parser that recurses to run out of stack. */
const NESTING = 20_000;

export function hostileText(random: Random): string {
  return random.pick(TEXTS);
}

/** A value of any type and range. */
export function hostileValue(random: Random, depth = 0): Json {
  const makers: readonly (() => Json)[] = [
    () => null,
    () => random.chance(0.5),
    () => random.pick(NUMBERS),
    () => random.pick(TEXTS),
    () => Array.from({ length: random.below(4) }, () => hostileValue(random, depth + 1)),
    () => hostileObject(random, depth + 1),
  ];
  return random.pick(depth < MAX_DEPTH ? makers : makers.slice(0, 4))();
}

function hostileObject(random: Random, depth: number): Json {
  return Object.fromEntries(
    Array.from({ length: random.below(4) }, () => [random.pick(KEYS), hostileValue(random, depth)]),
  );
}

/** `json` with one of its values, at any depth, absent, doubled or replaced by a hostile one. */
export function spoilValue(json: Json, random: Random): Json {
  if (typeof json !== 'object' || json === null || random.chance(0.1)) return hostileValue(random);
  const entries = Object.entries(json);
  if (entries.length === 0) return hostileValue(random);
  const at = random.below(entries.length);
  const [key = '', value = null] = entries[at] ?? [];
  const others = entries.toSpliced(at, 1);
  const changed = random.pick<() => readonly [string, Json][]>([
    () => others,
    () => [...entries, [random.pick(KEYS), value]],
    () => entries.with(at, [key, hostileValue(random)]),
    // The most likely, so that what is deep is reached.
    () => entries.with(at, [key, spoilValue(value, random)]),
    () => entries.with(at, [key, spoilValue(value, random)]),
    () => entries.with(at, [key, spoilValue(value, random)]),
  ])();
  return Array.isArray(json)
    ? changed.map(([, item]) => item)
    : // Not by assignment: `__proto__` is a field like any other.
      Object.fromEntries(changed);
}

/** The JSON as bytes; one time in five something is wrong with its text. */
export function hostileJson(json: Json, random: Random): Buffer {
  const text = JSON.stringify(json);
  if (!random.chance(0.2)) return Buffer.from(text);
  return random.pick<() => Buffer>([
    () => Buffer.from(text.slice(0, random.below(text.length + 1))),
    () => Buffer.from(`\ufeff${text}`),
    () => Buffer.from(`${text}${text}`),
    () => Buffer.from(`callback(${text})`),
    () => Buffer.from(text.replaceAll('"', "'")),
    () => Buffer.from(text, 'utf16le'),
    () => Buffer.from('['.repeat(NESTING) + text + ']'.repeat(NESTING)),
    () => Buffer.from('{"a":'.repeat(NESTING)),
    () => Buffer.from(text.replace(/\d+/u, '1e999')),
    // Half a character in UTF-8, which no text has.
    () => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.of(0xed, 0xa0, 0x80)]),
  ])();
}
