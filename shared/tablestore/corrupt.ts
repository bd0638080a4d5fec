import { NEW_HEALTH } from '../core/health.ts';
import type { Scope } from '../core/model.ts';
import type { Stored, Unreadable } from '../core/stored.ts';
import {
  type CheckpointRef,
  type Head,
  JournalError,
  type KeptCheckpoint,
  type UnreadableCell,
} from '../ports/journal.ts';
import type { HeadRow } from '../ports/raw-journal.ts';
import { partName } from './checkpoint.ts';
import { CHANNELS_KEY, HEAD, keptPartsOf } from './rows.ts';
import type { Tables } from './tables.ts';

/** A row in words: what it is, and where an operator finds it. */
export interface RowName {
  readonly title: string;
  readonly place: string;
}

export function commitName({ journal }: Tables, { key }: Scope, seq: number): RowName {
  return { title: `commit ${key}/${seq}`, place: `table ${journal}, scope ${key}, seq ${seq}` };
}

export function headName(tables: Tables, { key }: Scope): RowName {
  return stateName(tables, `head of ${key}`, key, HEAD);
}

export function checkpointPartName(
  tables: Tables,
  { key }: Scope,
  ref: CheckpointRef,
  index: number,
): RowName {
  const title = `part ${index + 1} of ${ref.parts} of checkpoint ${key}/${ref.seq}`;
  return stateName(tables, title, key, partName(ref, index));
}

export function keptName({ journal }: Tables, { key }: Scope, kept: KeptCheckpoint): RowName {
  const title = `kept checkpoint ${key}/${kept.seq}`;
  return { title, place: `table ${journal}, scope ${keptPartsOf(key, kept)}` };
}

export function channelName(tables: Tables, name: string): RowName {
  return stateName(tables, `state of channel ${name}`, CHANNELS_KEY, name);
}

function stateName({ state }: Tables, title: string, scope: string, item: string): RowName {
  return { title, place: `table ${state}, scope ${scope}, item ${item}` };
}

/** @throws {JournalError} `corrupt`, naming the row and what to do */
export function orThrow<T>(stored: Stored<T>, row: RowName): T {
  if ('value' in stored) return stored.value;
  throw corrupt(stored, row);
}

/** What a tick makes of a head. A cell that cannot be read hides no other one. */
export function headOf(
  { checkpoint, health, starts, totals, uncounted, savedBy }: HeadRow,
  row: RowName,
): Head {
  const unreadable = {
    ...damageIn('checkpoint', checkpoint, row),
    ...damageIn('health', health, row),
    ...damageIn('starts', starts, row),
  };
  return {
    checkpoint: checkpoint !== null && 'value' in checkpoint ? checkpoint.value : null,
    health: health !== null && 'value' in health ? health.value : NEW_HEALTH,
    starts: starts !== null && 'value' in starts ? starts.value : {},
    ...(totals !== undefined && { totals }),
    ...(uncounted !== undefined && { uncounted }),
    ...(savedBy !== undefined && { savedBy }),
    ...(Object.keys(unreadable).length > 0 && { unreadable }),
  };
}

function damageIn<C extends string>(
  column: C,
  cell: Stored<unknown> | null,
  row: RowName,
): { readonly [K in C]?: UnreadableCell } {
  if (cell === null || 'value' in cell) return {};
  const { stored } = cell;
  const damage = { error: corrupt(cell, row), ...(stored !== undefined && { text: stored }) };
  return { [column]: damage } as { readonly [K in C]?: UnreadableCell };
}

export function corrupt({ unreadable }: Unreadable, { title, place }: RowName): JournalError {
  const message = `the ${title} cannot be read: ${unreadable} (${place}; npm run doctor says what to do)`;
  return new JournalError('corrupt', 'CorruptRow', message);
}
