import type { EventTime } from '../helpers/event-time.ts';
import type { Mishaps } from './mishaps.ts';
import { newRun } from './run.ts';
import { SPOIL_KINDS, type SpoilKind } from './spoil-kinds.ts';
import { type Key, type Row, rowsOf, type Store, type Value } from './tablestore.ts';

/** A cell that was overwritten behind the watcher's back. */
export interface Spoil {
  readonly kind: SpoilKind;
  readonly table: string;
  readonly key: Key;
  readonly spoiled: Value | undefined;
  readonly original: Value;
  readonly fromMs: number;
  /** When a person has repaired it. */
  untilMs: number;
}

export interface Spoils {
  /** All of them so far. */
  readonly all: readonly Spoil[];
  /** Does the cell still hold what it was spoiled with? */
  isThere(spoil: Spoil): boolean;
  /** Spoils a row now and then, within a tick's time, and repairs some. */
  change(): void;
  repairAll(): void;
}

interface World {
  readonly tables: { readonly journal: string; readonly state: string };
  readonly store: Store;
  /** Scope keys, that of the watcher's journal included. */
  readonly scopes: readonly string[];
  readonly channels: readonly string[];
  readonly time: EventTime;
  readonly periodMs: number;
}

const SPOILED = 0.5;
const NEWER_VERSION = 0.1;
/** Ticks until a person repairs what only a person can. */
const REPAIRED_TICKS = [1, 3, 8] as const;
/** Kinds of notices that no version knows yet, and a word that means something in JavaScript. */
const NEWER_NOTICES = ['quota-forecast', 'region-appeared', 'constructor', '__proto__'] as const;

export function spoiledRows({ random }: Mishaps, world: World): Spoils {
  const { tables, store, time, periodMs } = world;
  const all: Spoil[] = [];
  let notices = 0;

  function isThere(spoil: Spoil): boolean {
    const { table, key, kind, spoiled, untilMs } = spoil;
    const [scope, item] = key;
    const row = rowsOf(store, table, scope).get(item);
    if (untilMs <= time.now() || row === undefined || row.get(kind.column) !== spoiled)
      return false;
    // A run may have overwritten this one before another spoiled the cell in the same way.
    return spoil === all.findLast((other) => isSameCell(other, spoil));
  }

  function put(table: string, [scope, item]: Key, column: string, value: Value | undefined): void {
    const rows = store.tables.get(table)?.get(scope);
    const cells = new Map(rows?.get(item));
    if (value === undefined) cells.delete(column);
    else cells.set(column, value);
    rows?.set(item, cells);
  }

  function spoilOne(): void {
    const kind = random.pick(SPOIL_KINDS);
    const rows = rowsFor(kind).filter((found) => found !== undefined);
    if (rows.length === 0) return;
    const { table, key, row } = random.pick(rows);
    const original = row.get(kind.column);
    if (original === undefined || all.some((spoil) => isThere(spoil) && isBeside(spoil, key)))
      return;
    const fromMs = time.now();
    const spoiled = kind.spoiled(original, { nowMs: fromMs, random });
    const untilMs =
      kind.effect === 'stops'
        ? fromMs + random.pick(REPAIRED_TICKS) * periodMs
        : Number.POSITIVE_INFINITY;
    const spoil: Spoil = { kind, table, key, spoiled, original, fromMs, untilMs };
    put(table, key, kind.column, spoiled);
    all.push(spoil);
    if (untilMs < Number.POSITIVE_INFINITY)
      time.setTimer(untilMs - fromMs - 1, () => repair(spoil));
  }

  function repair(spoil: Spoil): void {
    if (!isThere(spoil) || spoil.kind.effect !== 'stops') return;
    put(spoil.table, spoil.key, spoil.kind.column, spoil.original);
    spoil.untilMs = time.now();
  }

  /** The row of this sort of each scope, or channel; undefined where there is none yet. */
  function rowsFor({ row: sort, column }: SpoilKind): readonly (FoundRow | undefined)[] {
    if (sort === 'channel') {
      return world.channels.map((name) => rowAt(tables.state, ['channels', name]));
    }
    return world.scopes.map((scope) => {
      // The watcher's journal has no lease.
      if (column === 'leaseUntil' && scope === 'watcher') return undefined;
      if (sort === 'head') return rowAt(tables.state, [scope, 'head']);
      if (sort === 'commit') return lastRow(scope);
      if (sort === 'kept') return lastRow(`kept:${scope}`);
      return firstPart(scope);
    });
  }

  /** Of those in the journal. */
  function lastRow(scope: string): FoundRow | undefined {
    const seqs = [...rowsOf(store, tables.journal, scope).keys()].map(Number);
    return rowAt(tables.journal, [scope, Math.max(0, ...seqs)]);
  }

  /** Of the current checkpoint: nothing reads another one. */
  function firstPart(scope: string): FoundRow | undefined {
    const stored = rowsOf(store, tables.state, scope).get('head')?.get('checkpoint');
    if (stored === undefined || isSpoiled(all, scope, 'checkpoint', stored)) return undefined;
    const { seq, writer } = JSON.parse(String(stored));
    return rowAt(tables.state, [scope, `part/${String(seq).padStart(16, '0')}/${writer}/0`]);
  }

  function rowAt(table: string, key: Key): FoundRow | undefined {
    const row = rowsOf(store, table, key[0]).get(key[1]);
    return row && { table, key, row };
  }

  /** A newer version of the watcher commits a notice that this one does not know. */
  function commitNewerNotice(): void {
    const scope = random.pick(world.scopes);
    const rows = store.tables.get(tables.journal)?.get(scope);
    if (rows === undefined || rows.size === 0) return;
    const seq = Math.max(...[...rows.keys()].map(Number)) + 1;
    notices += 1;
    const tickId = `newer-${notices}`;
    const kind = random.pick(NEWER_NOTICES);
    const row: Row = new Map<string, Value>([
      ['at', time.now()],
      ['tickId', tickId],
      ['changes', '[]'],
      ['notice', `{"kind":"${kind}","sinceMs":"noon","failing":7}`],
    ]);
    rows.set(seq, row);
    const run = newRun({ tickId, time, random, skew: { ms: 0, jumps: 0 } });
    store.onWrite(run, tables.journal, [scope, seq], row);
  }

  return {
    all,
    isThere,
    change() {
      if (random.chance(SPOILED)) time.setTimer(random.below(periodMs), spoilOne);
      if (random.chance(NEWER_VERSION)) time.setTimer(random.below(periodMs), commitNewerNotice);
    },
    repairAll() {
      for (const spoil of all) repair(spoil);
    },
  };
}

function isSameCell(one: Spoil, other: Spoil): boolean {
  const [scope, item] = other.key;
  const isSameRow = one.table === other.table && one.key[0] === scope && one.key[1] === item;
  return isSameRow && one.kind.column === other.kind.column;
}

/** Two spoils of one scope, or of one channel, would hide one another. */
function isBeside({ key: [scope, item] }: Spoil, other: Key): boolean {
  return scope === other[0] && (scope !== 'channels' || item === other[1]);
}

interface FoundRow {
  readonly table: string;
  readonly key: Key;
  readonly row: Row;
}

/** Is this what the cell of a scope's head was spoiled with? */
export function isSpoiled(
  spoils: readonly Spoil[],
  scope: string,
  column: string,
  stored: unknown,
): boolean {
  return spoils.some(
    ({ kind, key, spoiled }) =>
      key[0] === scope && kind.row === 'head' && kind.column === column && spoiled === stored,
  );
}
