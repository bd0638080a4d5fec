import type * as TableStore from 'tablestore';
import type { Details, Instance, Noted } from '../../core/model.ts';
import type { Stored } from '../../core/stored.ts';
import type { CheckpointRef, KeptCheckpoint } from '../../ports/journal.ts';
import {
  boolean,
  FieldError,
  inField,
  jsonOf,
  listOf,
  objectOf,
  optional,
  orAbsent,
  orElse,
  type Parser,
  string,
  timestamp,
  whole,
  wrong,
} from '../parser.ts';
import { cellsOf, lastKeyOf } from '../rows.ts';
import { clockTime, detailFields, instanceId, notedFields, seq, stored, total } from './fields.ts';

/** A part weighs megabytes, so that no function holds a fleet of more of them. */
const MAX_PARTS = 64;

/** It becomes part of the keys of rows; ours have half of it. */
const MAX_WRITER_LENGTH = 256;
const writer: Parser<string> = (value) => {
  const text = string(value);
  if (text.length > MAX_WRITER_LENGTH) throw wrong(value, 'the name of a run');
  return text;
};

export const checkpointRefSchema = objectOf<CheckpointRef>({
  seq,
  parts: whole(1, MAX_PARTS),
  writer,
});

const keptSchema = objectOf<KeptCheckpoint>({
  seq,
  parts: whole(1, MAX_PARTS),
  writer,
  atMs: clockTime,
  digest: string,
});

export function keptIn(row: TableStore.Row): Stored<KeptCheckpoint> {
  return stored(() => {
    const kept = inField('checkpoint', jsonOf(keptSchema), cellsOf(row).get('checkpoint'));
    if (kept.seq !== Number(lastKeyOf(row)))
      throw new FieldError('checkpoint.seq', 'is not its row');
    return kept;
  });
}

/** One part of a checkpoint: which one it is, and the instances in it. */
export interface CheckpointPart {
  readonly seq: number;
  readonly index: number;
  readonly baselined: boolean;
  readonly changeCount?: number;
  readonly lastAtMs?: number;
  readonly instances: readonly (readonly [instanceId: string, Instance])[];
  readonly released: readonly (readonly [instanceId: string, releasedAtMs: number])[];
}

const knownSchema = objectOf<Details & Noted & Pick<Instance, 'sinceKnown'>>({
  ...detailFields,
  ...notedFields,
  sinceKnown: optional(boolean),
});

/** Stored as a list: id, status, since, and what else is known where there is any. */
const instanceSchema: Parser<readonly [string, Instance]> = (value) => {
  if (!Array.isArray(value)) throw wrong(value, 'a list');
  const [id, status, sinceMs, known] = value as readonly unknown[];
  return [
    inField(0, instanceId, id),
    {
      ...inField(3, optional(knownSchema), known),
      status: inField(1, string, status),
      sinceMs: inField(2, orElse(timestamp, 0), sinceMs),
    },
  ];
};

/** Stored as a list: id, and when the release was recorded. */
const releaseSchema: Parser<readonly [string, number]> = (value) => {
  if (!Array.isArray(value)) throw wrong(value, 'a list');
  const [id, atMs] = value as readonly unknown[];
  return [inField(0, instanceId, id), inField(1, clockTime, atMs)];
};

const checkpointPartSchema = objectOf<CheckpointPart>({
  seq,
  index: whole(0, MAX_PARTS - 1),
  baselined: boolean,
  changeCount: orAbsent(total),
  lastAtMs: orAbsent(timestamp),
  instances: listOf(instanceSchema),
  released: orElse(listOf(releaseSchema), []),
});

/** @throws {FieldError} */
export function checkpointPartIn(json: string): CheckpointPart {
  return inField('data', jsonOf(checkpointPartSchema), json);
}
