import { gunzipSync, gzipSync } from 'node:zlib';
import type { Stored } from '../../shared/core/stored.ts';
import type { CheckpointRef } from '../../shared/ports/journal.ts';
import { decodePart } from '../../shared/tablestore/checkpoint.ts';
import { channelIn } from '../../shared/tablestore/schema/channel.ts';
import { keptIn } from '../../shared/tablestore/schema/checkpoint.ts';
import { commitIn } from '../../shared/tablestore/schema/commit.ts';
import { deliveryIn } from '../../shared/tablestore/schema/delivery.ts';
import { headIn, leaseIn } from '../../shared/tablestore/schema/head.ts';
import { FROZEN, type FrozenCell, type FrozenRow, sdkRow } from '../helpers/frozen-rows.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { TODAY } from '../helpers/rows-of-today.ts';
import { spoiledFrom } from '../helpers/spoiled-rows.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A kind of row: its frozen examples, its JSON, and how the schema reads it. */
interface RowKind {
  readonly name: string;
  readonly rows: readonly FrozenRow[];
  /** Columns that hold JSON; a part of a checkpoint is compressed. */
  readonly json: readonly string[];
  readonly read: (row: FrozenRow) => Stored<unknown>;
}

/** `npm run soak`: every field with every value; otherwise each field with others of them. */
const STEP = roundsOf('SPOILED_ROUNDS', 0) > 0 ? 1 : 5;

const HEADS = headsOf(FROZEN.state);
const PARTS = partsOf(FROZEN.state);
const CHANNELS = channelsOf(FROZEN.state);
const KINDS = kindsOf(FROZEN);

function headsOf(state: readonly FrozenRow[]): readonly FrozenRow[] {
  return state.filter(({ key }) => key[1] === 'head');
}

function partsOf(state: readonly FrozenRow[]): readonly FrozenRow[] {
  return state.filter(({ key }) => String(key[1]).startsWith('part/'));
}

function channelsOf(state: readonly FrozenRow[]): readonly FrozenRow[] {
  return state.filter(({ key }) => key[0] === 'channels');
}

function isDelivery({ key: [scope] }: FrozenRow): boolean {
  return scope.startsWith('channel/');
}

function kindsOf({ journal, state }: typeof FROZEN): readonly RowKind[] {
  const heads = headsOf(state);
  return [
    {
      name: 'commit',
      rows: journal.filter(({ key }) => !/^(?:channel|kept)/u.test(key[0])),
      json: ['changes', 'notice'],
      read: (row) => commitIn(row.key[0], sdkRow(row)),
    },
    {
      name: 'delivery',
      rows: journal.filter(isDelivery),
      json: ['record'],
      read: (row) => deliveryIn(row.key[0], sdkRow(row)),
    },
    {
      name: 'kept',
      rows: journal.filter(({ key }) => key[0].startsWith('kept:')),
      json: ['checkpoint'],
      read: (row) => keptIn(sdkRow(row)),
    },
    {
      name: 'checkpoint',
      rows: heads.map((row) => only(row, ['checkpoint'])),
      json: ['checkpoint'],
      read: (row) => headIn(sdkRow(row)).checkpoint ?? { value: null },
    },
    {
      name: 'health',
      rows: heads.map((row) => only(row, ['health'])),
      json: ['health'],
      read: (row) => headIn(sdkRow(row)).health ?? { value: null },
    },
    {
      name: 'starts',
      rows: heads.map((row) => only(row, ['starts'])),
      json: ['starts'],
      read: (row) => headIn(sdkRow(row)).starts ?? { value: null },
    },
    {
      name: 'lease',
      rows: heads.map((row) => only(row, ['leaseOwner', 'leaseUntil'])),
      json: [],
      read: (row) => leaseIn(sdkRow(row)),
    },
    { name: 'part', rows: partsOf(state), json: ['data'], read: readPart },
    {
      name: 'channel',
      rows: channelsOf(state),
      json: ['state'],
      read: (row) => channelIn(sdkRow(row)),
    },
  ];
}

const MAX = 1e12;
const MAX_INTEGER = Number.MAX_SAFE_INTEGER;
const CORRUPT = 'the row cannot be read';
const ABSENT = 'nothing is there';

function orElse(otherwise: Json): { readonly otherwise: Json } {
  return { otherwise };
}

/** Kind, column and field → what the schema makes of a row without it. `*`: any key of a map. */
const RULES: Readonly<Record<string, typeof CORRUPT | typeof ABSENT | { otherwise: Json }>> = {
  'commit.at': CORRUPT,
  'commit.previousAt': ABSENT,
  'commit.tickId': CORRUPT,
  'commit.changes': CORRUPT,
  'commit.changes[].instanceId': CORRUPT,
  'commit.changes[].from': CORRUPT,
  'commit.changes[].to': CORRUPT,
  'commit.changes[].name': ABSENT,
  'commit.changes[].zoneId': ABSENT,
  'commit.changes[].instanceType': ABSENT,
  'commit.changes[].privateIps': ABSENT,
  'commit.changes[].publicIps': ABSENT,
  'commit.changes[].tags': ABSENT,
  'commit.changes[].tags.*': ABSENT,
  'commit.notice': ABSENT,
  'commit.notice.kind': CORRUPT,
  'commit.notice.instances': orElse(0),
  'commit.notice.last': CORRUPT,
  'commit.notice.missing': orElse(0),
  'commit.notice.known': orElse(0),
  'checkpoint.checkpoint': ABSENT,
  'checkpoint.checkpoint.seq': CORRUPT,
  'checkpoint.checkpoint.parts': CORRUPT,
  'checkpoint.checkpoint.writer': CORRUPT,
  'health.health': ABSENT,
  'health.health.seq': orElse(0),
  'health.health.lastAttemptAtMs': orElse(0),
  'health.health.lastGoodAtMs': orElse(null),
  'health.health.lastGoodStartMs': orElse(null),
  'health.health.instances': orElse(0),
  'health.health.pages': orElse(0),
  'health.health.scanMs': orElse(0),
  'health.health.failures': orElse(0),
  'health.health.failingSinceMs': orElse(null),
  'health.health.reason': orElse(null),
  'health.health.hold': orElse(null),
  'health.health.hold.missing': orElse(0),
  'health.health.hold.scans': orElse(0),
  'health.health.hold.sinceMs': CORRUPT,
  'lease.leaseOwner': orElse(''),
  'lease.leaseUntil': orElse(0),
  'part.data': CORRUPT,
  'part.data.seq': CORRUPT,
  'part.data.index': CORRUPT,
  'part.data.baselined': CORRUPT,
  'part.data.instances': CORRUPT,
  'part.data.instances[][3].name': ABSENT,
  'part.data.instances[][3].zoneId': ABSENT,
  'part.data.instances[][3].instanceType': ABSENT,
  'part.data.instances[][3].privateIps': ABSENT,
  'part.data.instances[][3].publicIps': ABSENT,
  'part.data.instances[][3].tags': ABSENT,
  'part.data.instances[][3].tags.*': ABSENT,
  'channel.version': CORRUPT,
  'channel.state': CORRUPT,
  'channel.state.version': orElse(0),
  'channel.state.tickId': orElse(''),
  'channel.state.cursor': CORRUPT,
  'channel.state.cursor.*': ABSENT,
  'channel.state.cursor.*.seq': CORRUPT,
  'channel.state.cursor.*.part': orElse(0),
  'channel.state.claim': orElse(null),
  'channel.state.claim.to': CORRUPT,
  'channel.state.claim.to.*': ABSENT,
  'channel.state.claim.to.*.seq': CORRUPT,
  'channel.state.claim.to.*.part': orElse(0),
  'channel.state.claim.tickId': orElse(''),
  'channel.state.claim.untilMs': orElse(0),
  'channel.state.doubt': orElse({}),
  'channel.state.doubt.*': ABSENT,
  'channel.state.doubt.*.seq': CORRUPT,
  'channel.state.doubt.*.part': orElse(0),
  'channel.state.attemptedAtMs': orElse(0),
  'channel.state.sentAtMs': orElse([]),
  'channel.state.failures': orElse(0),
  'channel.state.notBeforeMs': orElse(0),
  'channel.state.problem': orElse(null),
  'channel.state.brief': orElse(false),
  'channel.state.deliveredAtMs': orElse(null),
};

/** Names of maps: their keys are data. */
const MAPS: readonly string[] = ['tags', 'cursor', 'doubt', 'to'];

/** What later versions store of a channel, as it reads where it is missing. */
const LATER_FIELDS = {
  destination: null,
  failingSinceMs: null,
  unmarked: 0,
  stuck: null,
  ahead: [],
  setAside: [],
  maybeDeliveredAsOf: null,
  held: [],
  used: { period: '', messages: 0 },
};

describe('the schema of stored rows', () => {
  describe('reads the rows of version 0.1 exactly:', () => {
    it.each(FROZEN.journal.map((row) => [row.key.join('/'), row] as const))(
      'commit %s',
      (_key, row) => {
        const { at, previousAt, tickId, changes, notice } = row.cells;

        expect(commitIn(row.key[0], sdkRow(row))).toEqual({
          value: {
            scope: row.key[0],
            seq: row.key[1],
            atMs: at,
            previousAtMs: previousAt ?? null,
            tickId,
            changes: JSON.parse(String(changes)),
            ...(notice !== undefined && { notice: JSON.parse(String(notice)) }),
          },
        });
      },
    );

    it.each(HEADS.map((row) => [row.key[0], row] as const))('head of %s', (_scope, row) => {
      const { checkpoint, health, leaseOwner, leaseUntil } = row.cells;

      expect(headIn(sdkRow(row))).toEqual({
        checkpoint: { value: JSON.parse(String(checkpoint)) },
        health: { value: JSON.parse(String(health)) },
        starts: null,
        savedBy: leaseOwner,
      });
      expect(leaseIn(sdkRow(row))).toEqual({ value: { owner: leaseOwner, untilMs: leaseUntil } });
    });

    it.each(PARTS.map((row) => [row.key.join('/'), row] as const))('part %s', (_key, row) => {
      const { seq, baselined, instances } = jsonIn(row.cells.data) as {
        readonly seq: number;
        readonly baselined: boolean;
        readonly instances: [string, string, number, object][];
      };

      expect(readPart(row)).toEqual({
        value: {
          seq,
          baselined,
          instances: new Map(
            instances.map(([id, status, sinceMs, details]) => [
              id,
              { ...details, status, sinceMs },
            ]),
          ),
          released: new Map(),
        },
      });
      expect(instances).toHaveLength(12);
    });

    it.each(CHANNELS.map((row) => [row.key[1], row] as const))('channel %s', (_name, row) => {
      const { doubt, brief, ...state } = JSON.parse(String(row.cells.state));

      expect(channelIn(sdkRow(row))).toEqual({
        value: { ...LATER_FIELDS, ...state, maybeDelivered: doubt, withoutUserText: brief },
      });
    });
  });

  describe('without a field', () => {
    const missing = KINDS.flatMap((kind) => kind.rows.flatMap((row) => withoutEach(kind, row)));

    it('has a rule for each field of version 0.1, and for no other', () => {
      expect([...new Set(missing.map(({ rule }) => rule))].sort()).toEqual(
        Object.keys(RULES).sort(),
      );
    });

    it.each(missing.map((each) => [`${each.rule} (${each.where})`, each] as const))(
      '%s follows its rule',
      (_name, { rule, kind, row, whole, set }) => {
        const read = kind.read(row);
        const expected = RULES[rule];

        if (expected === CORRUPT) {
          expect(read).toEqual({
            unreadable: expect.stringMatching(/^\w+.* is missing$/u),
            ...('stored' in read && { stored: expect.any(String) }),
          });
        } else if (expected === ABSENT) {
          expect(read).toHaveProperty('value');
          expect(read).not.toEqual(whole);
        } else {
          expect(read).toHaveProperty('value');
          expect(read).toEqual(kind.read(set(expected?.otherwise ?? null)));
        }
      },
    );
  });

  describe('refuses', () => {
    it.each<[string, string, string, FrozenCell]>([
      ['a time that no Date can hold', 'commit', 'at', 8.64e15 + 2],
      ['a time that is a text', 'commit', 'at', '1795341900400'],
      ['a list of changes that is none', 'commit', 'changes', '{"0":{}}'],
      ['a status that is a number', 'commit', 'changes', change({ from: 1 })],
      ['a name that is none', 'commit', 'changes', change({ name: null })],
      ['a tag that is a list', 'commit', 'changes', change({ tags: { env: [] } })],
      ['a notice without a kind', 'commit', 'notice', '{"instances":1}'],
      ['a part number of 0', 'checkpoint', 'checkpoint', '{"seq":1,"parts":0,"writer":"w"}'],
      ['parts without end', 'checkpoint', 'checkpoint', '{"seq":1,"parts":1e9,"writer":"w"}'],
      ['a seq below 0', 'checkpoint', 'checkpoint', '{"seq":-1,"parts":1,"writer":"w"}'],
      ['a seq that is no safe integer', 'health', 'health', '{"seq":9007199254740992}'],
      ['failures below 0', 'health', 'health', '{"failures":-1}'],
      ['half a failure', 'health', 'health', '{"failures":0.5}'],
      ['a hold without its beginning', 'health', 'health', '{"hold":{"missing":1,"scans":1}}'],
      ['an empty text', 'health', 'health', ''],
      ['a lease without a number', 'lease', 'leaseUntil', 'soon'],
      ['a position without a seq', 'channel', 'state', '{"cursor":{"a":{"part":0}}}'],
      ['a version that is a text', 'channel', 'version', '9'],
      ['data that is a text', 'part', 'data', 'no data'],
      ['data that unpacks to more than a part holds', 'part', 'data', bomb(9_000_000)],
      [
        'parts that no function holds',
        'checkpoint',
        'checkpoint',
        '{"seq":1,"parts":65,"writer":"w"}',
      ],
      ['more instances than a listing has', 'health', 'health', '{"instances":1000001}'],
      ['a seq that no journal reaches', 'health', 'health', '{"seq":9000000000000000}'],
      ['a time that no clock has written', 'health', 'health', '{"lastGoodAtMs":8e15}'],
      ['a cursor that no journal reaches', 'channel', 'state', '{"cursor":{"a":{"seq":9e15}}}'],
      ['a version that could not be counted on', 'channel', 'version', MAX_INTEGER],
      ['data that is not compressed', 'part', 'data', { base64: 'e30=' }],
    ])('%s, and names the column %s.%s', (_what, name, column, cell) => {
      const kind = kindNamed(name);
      const [row] = kind.rows;
      if (row === undefined) throw new RangeError(`no frozen ${name}`);

      const read = kind.read({ ...row, cells: { ...row.cells, [column]: cell } });

      expect(read).toMatchObject({
        unreadable: expect.stringMatching(new RegExp(`^${column}\\b`, 'u')),
      });
    });

    it.each([0, -1])('the seq %d', (seq) => {
      const [row] = FROZEN.journal;
      const read = row && commitIn(row.key[0], sdkRow({ ...row, key: [row.key[0], seq] }));

      expect(read).toEqual({ unreadable: `seq is ${seq}, not a whole number from 1 to ${MAX}` });
    });

    it('a part that another checkpoint has left, or that is not the one asked for', () => {
      const [row] = PARTS;
      const ref = { seq: 1, parts: 2, writer: 'w' };
      const data = row && Buffer.from((row.cells.data as { base64: string }).base64, 'base64');

      const others = [decodePart(ref, 0, data), decodePart({ ...ref, seq: 2 }, 1, data)];

      expect(others).toEqual([
        { unreadable: 'data is part 1 of a checkpoint at 2' },
        { unreadable: 'data is part 1 of a checkpoint at 2' },
      ]);
    });
  });

  it('names the column of any field that is spoiled, or reads it to what a clock and a journal can hold', () => {
    for (const kind of kindsOf(TODAY)) {
      for (const row of kind.rows) {
        for (const { what, column, row: spoiled } of spoiledFrom(row).filter(isPlayed)) {
          const read = kind.read(spoiled);

          const largest = 'value' in read ? largestIn(read.value) : 0;
          const name = 'value' in read ? column : read.unreadable.split(/\W/u)[0];
          // Jest compares them in ten times as long, and is asked only for the words of a difference.
          if (name === column && largest <= MAX_INTEGER) continue;
          expect({ what, name, isLarge: largest > MAX_INTEGER }).toEqual({
            what,
            name: column,
            isLarge: false,
          });
        }
      }
    }
  });

  it('reads rows of a newer version, with more in each object of them', () => {
    for (const kind of KINDS) {
      for (const row of kind.rows) {
        const cells = Object.fromEntries(
          kind.json
            .filter((column) => column in row.cells)
            .map((column) => [
              column,
              cellOf(row.cells[column], withMore(jsonIn(row.cells[column]))),
            ]),
        );

        const read = kind.read({ ...row, cells: { ...row.cells, ...cells, later: 'a column' } });

        const whole = kind.read(row);
        if (!('value' in whole)) throw new RangeError(`${kind.name} cannot be read`);
        expect(plain(read)).toMatchObject(plain(whole));
      }
    }
  });

  it('takes a notice of a newer version for what it is', () => {
    const [row] = FROZEN.journal;
    const notice = '{"kind":"__proto__","scope":"main/cn-beijing","level":3}';

    const read = row && kindNamed('commit').read({ ...row, cells: { ...row.cells, notice } });

    expect(read).toMatchObject({
      value: {
        notice: {
          kind: 'unknown',
          name: '__proto__',
          fields: { scope: 'main/cn-beijing', level: 3 },
        },
      },
    });
  });
});

/** So many bytes, compressed to a few. */
function bomb(bytes: number): FrozenCell {
  return { base64: gzipSync(Buffer.alloc(bytes)).toString('base64') };
}

function isPlayed(_: unknown, index: number): boolean {
  return index % STEP === 0;
}

function largestIn(value: unknown): number {
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value !== 'object' || value === null) return 0;
  const parts = value instanceof Map ? [...value.values()] : Object.values(value);
  return parts.reduce<number>((largest, part) => Math.max(largest, largestIn(part)), 0);
}

interface MissingField {
  readonly kind: RowKind;
  readonly rule: string;
  readonly where: string;
  /** The row without the field, and what the whole row is read to. */
  readonly row: FrozenRow;
  readonly whole: Stored<unknown>;
  /** The row with this value in the field. */
  readonly set: (value: Json) => FrozenRow;
}

/** A frozen row without each of its columns and fields in turn. */
function withoutEach(kind: RowKind, row: FrozenRow): readonly MissingField[] {
  const whole = kind.read(row);
  return Object.keys(row.cells).flatMap((column) => {
    const { [column]: cell, ...others } = row.cells;
    const setCell = (value: FrozenCell): FrozenRow => ({
      ...row,
      cells: { ...row.cells, [column]: value },
    });
    const common = { kind, whole };
    const where = row.key.join('/');
    const columnItself: MissingField = {
      ...common,
      rule: `${kind.name}.${column}`,
      where,
      row: { ...row, cells: others },
      set: (value) => setCell(value as FrozenCell),
    };
    if (!kind.json.includes(column)) return [columnItself];
    const fields = pathsIn(jsonIn(cell)).map(
      (path): MissingField => ({
        ...common,
        rule: `${kind.name}.${column}${ruleOf(path)}`,
        where: `${where} ${path.join('.')}`,
        row: setCell(cellOf(cell, changed(jsonIn(cell), path, undefined))),
        set: (value) => setCell(cellOf(cell, changed(jsonIn(cell), path, value))),
      }),
    );
    return [columnItself, ...fields];
  });
}

type Path = readonly (string | number)[];

/** The way to every field of every object; of a list, the first item and the last show them all. */
function pathsIn(json: Json, path: Path = []): readonly Path[] {
  if (Array.isArray(json)) {
    const isTuple = path.at(-2) === 'instances';
    const shown = isTuple ? [3] : [...new Set([0, json.length - 1])];
    return shown.flatMap((index) =>
      json[index] === undefined ? [] : pathsIn(json[index], [...path, index]),
    );
  }
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => [
    [...path, key],
    ...pathsIn(value, [...path, key]),
  ]);
}

function ruleOf(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return index === 2 ? `[${key}]` : '[]';
      return MAPS.includes(String(path[index - 1])) ? '.*' : `.${key}`;
    })
    .join('');
}

/** A copy with a value in the place of a field, or without the field. */
function changed(json: Json, [key, ...rest]: Path, value: Json | undefined): Json {
  const copy = structuredClone(json) as { [key: string]: Json };
  if (key === undefined) return copy;
  if (rest.length > 0) copy[key] = changed(copy[key] ?? null, rest, value);
  else if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy;
}

/** More fields in every object that is no map. */
function withMore(json: Json, name = ''): Json {
  if (Array.isArray(json)) return json.map((item) => withMore(item));
  if (typeof json !== 'object' || json === null) return json;
  const fields = Object.entries(json).map(([key, value]) => [key, withMore(value, key)]);
  const more = MAPS.includes(name)
    ? []
    : [
        ['later', { is: [true] }],
        ['__proto__', { x: 1 }],
      ];
  return Object.fromEntries([...fields, ...more]);
}

function jsonIn(cell: FrozenCell | undefined): Json {
  if (typeof cell === 'string') return JSON.parse(cell);
  if (typeof cell !== 'object') throw new RangeError('no JSON');
  return JSON.parse(gunzipSync(Buffer.from(cell.base64, 'base64')).toString());
}

/** JSON as a cell like this one holds it. */
function cellOf(like: FrozenCell | undefined, json: Json): FrozenCell {
  const text = JSON.stringify(json);
  return typeof like === 'string' ? text : { base64: gzipSync(text).toString('base64') };
}

function readPart(row: FrozenRow): Stored<unknown> {
  const [, seq, writer = '', index] = String(row.key[1]).split('/');
  const ref: CheckpointRef = { seq: Number(seq), parts: 1, writer };
  const data = sdkRow(row).attributes?.[0]?.columnValue;
  return decodePart(ref, Number(index), Buffer.isBuffer(data) ? data : undefined);
}

/** With lists in place of maps, which match only as a whole. */
function plain(read: Stored<unknown>): object {
  return JSON.parse(
    JSON.stringify(read, (_key, value) => (value instanceof Map ? [...value] : value)),
  );
}

function kindNamed(name: string): RowKind {
  const kind = KINDS.find((each) => each.name === name);
  if (kind === undefined) throw new RangeError(`there is no row of the kind ${name}`);
  return kind;
}

function only({ key, cells }: FrozenRow, columns: readonly string[]): FrozenRow {
  const kept = Object.entries(cells).filter(([column]) => columns.includes(column));
  return { key, cells: Object.fromEntries(kept) };
}

function change(fields: object): string {
  return JSON.stringify([{ instanceId: 'i-1', from: null, to: 'Running', ...fields }]);
}
