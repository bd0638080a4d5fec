import type { Instance, Scope, Snapshot } from '../core/model.ts';
import { readCurrent } from '../journal/read-checkpoint.ts';
import type { CheckpointRef } from '../ports/journal.ts';
import type { HeadRow, RawJournal } from '../ports/raw-journal.ts';
import { type CheckpointRecord, readable } from './core/records.ts';

interface ExaminedCheckpoint {
  readonly checkpoint: CheckpointRecord | null;
  /** Null where there is no checkpoint, or it is damaged. */
  readonly snapshot: Snapshot | null;
}

export async function readCheckpointRecord(
  rows: RawJournal,
  scope: Scope,
  head: HeadRow | undefined,
): Promise<ExaminedCheckpoint> {
  const stored = head?.checkpoint ?? null;
  if (stored === null) return { checkpoint: null, snapshot: null };
  if (!('value' in stored)) {
    const damage = [`the column checkpoint of the head row is damaged (${stored.unreadable})`];
    return { checkpoint: { ref: null, damage, instances: null }, snapshot: null };
  }
  return readCurrent(
    stored.value,
    (ref) => readParts(rows, scope, ref),
    async () => readable((await rows.head(scope))?.checkpoint ?? null),
  );
}

/** Reads every part, so that all damaged ones are named. */
async function readParts(
  rows: RawJournal,
  scope: Scope,
  ref: CheckpointRef,
): Promise<ExaminedCheckpoint> {
  const instances = new Map<string, Instance>();
  const released = new Map<string, number>();
  const damage: string[] = [];
  let baselined = true;
  for (let index = 0; index < ref.parts; index += 1) {
    const part = await rows.part(scope, ref, index);
    if ('value' in part) {
      baselined &&= part.value.baselined;
      for (const [id, instance] of part.value.instances) instances.set(id, instance);
      for (const [id, atMs] of part.value.released) released.set(id, atMs);
    } else {
      damage.push(`part ${index + 1} of ${ref.parts}: ${part.unreadable}`);
    }
  }
  if (damage.length > 0) return { checkpoint: { ref, damage, instances: null }, snapshot: null };
  const checkpoint = { ref, damage, instances: instances.size };
  return { checkpoint, snapshot: { seq: ref.seq, baselined, instances, released } };
}
