import { gunzipSync, gzipSync } from 'node:zlib';
import type { Random } from '../../local/random.ts';
import type { FrozenCell, FrozenRow } from './frozen-rows.ts';
import { hostileValue, type Json, spoilValue } from './hostile-json.ts';

/** A frozen row with one cell, or one field of a cell, that is not what it was. */
export interface SpoiledRow {
  /** `main/cn-hangzhou/head health.instances = 1e12` */
  readonly what: string;
  readonly column: string;
  readonly row: FrozenRow;
}

type Path = readonly (string | number)[];

/** Stands for no field, and for no cell. */
const ABSENT = Symbol('absent');

/** Wrong types, wrong ranges, huge values. `Infinity` is written as JSON writes it: too large. */
const FIELD_VALUES: readonly (readonly [name: string, value: Json | typeof ABSENT])[] = [
  ['absent', ABSENT],
  ['null', null],
  ['true', true],
  ['a text', 'x'],
  ['an empty text', ''],
  ['a long text', 'x'.repeat(100_000)],
  ['half a surrogate', '\ud800'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['-1', -1],
  ['0', 0],
  ['0.5', 0.5],
  ['150000', 150_000],
  ['1e12', 1e12],
  ['9e15', 9e15],
  ['2 ** 53', 2 ** 53],
  ['1e300', 1e300],
  ['an empty list', []],
  ['a list of lists', [[[]]]],
  ['a long list', Array.from({ length: 20_000 }, () => 0)],
  ['an empty object', {}],
  ['an object', { a: { b: 1 } }],
];

const CELL_VALUES: readonly (readonly [name: string, value: FrozenCell | typeof ABSENT])[] = [
  ['absent', ABSENT],
  ['a text', 'x'],
  ['an empty text', ''],
  ['half of JSON', '{"a":'],
  ['null', 'null'],
  ['a deep list', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['-1', -1],
  ['0', 0],
  ['9e15', 9e15],
  ['no bytes', { base64: '' }],
  ['bytes', { base64: 'AAECAw==' }],
  ['a bomb', { base64: gzipSync(Buffer.alloc(30_000_000, 0x20)).toString('base64') }],
];

/** A row spoiled in every way: each of its cells, and each field of those that hold JSON. */
export function spoiledFrom(frozen: FrozenRow): readonly SpoiledRow[] {
  const name = frozen.key.join('/');
  return Object.entries(frozen.cells).flatMap(([column, cell]) => [
    ...CELL_VALUES.map(([value, spoiled]) => ({
      what: `${name} ${column} = ${value}`,
      column,
      row: withCell(frozen, column, spoiled),
    })),
    ...spoiledFields(frozen, column, cell, name),
  ]);
}

function spoiledFields(
  frozen: FrozenRow,
  column: string,
  cell: FrozenCell,
  name: string,
): readonly SpoiledRow[] {
  const json = jsonIn(cell);
  if (json === undefined) return [];
  return pathsIn(json).flatMap((path) =>
    FIELD_VALUES.map(([value, spoiled]) => ({
      what: `${name} ${[column, ...path].join('.')} = ${value}`,
      column,
      row: withCell(frozen, column, cellLike(cell, replaced(json, path, spoiled))),
    })),
  );
}

function withCell(
  { key, cells }: FrozenRow,
  column: string,
  value: FrozenCell | typeof ABSENT,
): FrozenRow {
  const { [column]: _old, ...others } = cells;
  return { key, cells: value === ABSENT ? others : { ...others, [column]: value } };
}

function jsonIn(cell: FrozenCell): Json | undefined {
  if (typeof cell === 'object') {
    return JSON.parse(gunzipSync(Buffer.from(cell.base64, 'base64')).toString());
  }
  return typeof cell === 'string' && /^[[{]/u.test(cell) ? JSON.parse(cell) : undefined;
}

function cellLike(cell: FrozenCell, json: Json | typeof ABSENT): FrozenCell {
  const text = json === ABSENT ? '' : JSON.stringify(json);
  return typeof cell === 'object' ? { base64: gzipSync(text).toString('base64') } : text;
}

/** The way to every field and, of a list, to its first item. */
function pathsIn(json: Json, path: Path = []): readonly Path[] {
  if (typeof json !== 'object' || json === null) return [];
  const entries: readonly (readonly [string | number, Json])[] = Array.isArray(json)
    ? path.at(-2) === 'instances' || path.at(-1) === 0
      ? [...json.entries()]
      : [...json.entries()].slice(0, 1)
    : Object.entries(json);
  return entries.flatMap(([key, value]) => [[...path, key], ...pathsIn(value, [...path, key])]);
}

function replaced(json: Json, [key, ...rest]: Path, value: Json | typeof ABSENT): Json {
  const copy = structuredClone(json) as Record<string | number, Json>;
  if (key === undefined) return copy;
  if (rest.length > 0) copy[key] = replaced(copy[key] ?? null, rest, value);
  else if (value !== ABSENT) copy[key] = value;
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return copy;
}

/** The row with one to three fields of one cell, at any depth, of another type, range or number. */
export function spoiledAtRandom(frozen: FrozenRow, random: Random): SpoiledRow {
  const [column, cell] = random.pick(Object.entries(frozen.cells));
  const json = jsonIn(cell);
  let spoiled: Json = json ?? hostileValue(random);
  for (let times = random.below(3); times >= 0; times -= 1) spoiled = spoilValue(spoiled, random);
  const text = JSON.stringify(spoiled);
  return {
    what: `${frozen.key.join('/')} ${column} = ${text.slice(0, MAX_WHAT_LENGTH)}`,
    column,
    row: withCell(frozen, column, json === undefined ? text : cellLike(cell, spoiled)),
  };
}

const MAX_WHAT_LENGTH = 2_000;
