import { gunzipSync, gzipSync } from 'node:zlib';
import { detailsOf, type Instance, internDetails, type Snapshot } from '../core/model.ts';
import { intern } from '../lib/intern.ts';
import type { CheckpointRef } from '../ports/journal.ts';
import { corrupt } from './rows.ts';

/**
 * A checkpoint is a row per part, each a whole JSON text of its own, compressed: so one part at a
 * time is in memory as text, and a damaged one can be named. A part says which it is, so that one
 * which was swapped or left over is not taken for another.
 */
interface Part {
  readonly seq: number;
  readonly index: number;
  readonly baselined: boolean;
  readonly instances: readonly Stored[];
}

/** An instance in a checkpoint: id, status, since, and its details where there are any. */
type Stored = readonly [string, string, number, Omit<Instance, 'status' | 'sinceMs'>?];

/** The most that a part weighs as text, which is in memory at once. */
const MAX_TEXT_BYTES = 6_000_000;
/** And compressed: a BLOB column holds 2 MB ("Limits on the wide column model"). */
const MAX_PART_BYTES = 1_900_000;

/** The parts of a snapshot, one after the other: at least one, even of an empty fleet. */
export function encodeSnapshot({ seq, baselined, instances }: Snapshot): readonly Buffer[] {
  const parts: Buffer[] = [];
  const add = (texts: readonly string[]): void => {
    const head = `{"seq":${seq},"index":${parts.length},"baselined":${baselined},"instances":[`;
    const data = gzipSync(`${head}${texts.join(',')}]}`);
    if (data.length <= MAX_PART_BYTES || texts.length < 2) {
      parts.push(data);
      return;
    }
    const middle = texts.length >> 1;
    add(texts.slice(0, middle));
    add(texts.slice(middle));
  };
  let texts: string[] = [];
  let bytes = 0;
  for (const [id, instance] of instances) {
    const { status, sinceMs } = instance;
    const text = JSON.stringify([id, status, sinceMs, detailsOf(instance)] satisfies Stored);
    if (bytes > MAX_TEXT_BYTES) {
      add(texts);
      texts = [];
      bytes = 0;
    }
    texts.push(text);
    bytes += Buffer.byteLength(text);
  }
  if (texts.length > 0 || parts.length === 0) add(texts);
  return parts;
}

/** The snapshot of all parts of `ref`, in order. @throws {JournalError} `corrupt` */
export function decodeSnapshot(
  scope: string,
  ref: CheckpointRef,
  parts: readonly (Buffer | undefined)[],
): Snapshot {
  const instances = new Map<string, Instance>();
  const share = intern();
  let baselined = true;
  for (const [index, data] of parts.entries()) {
    const part = decodePart(scope, ref, index, data);
    baselined &&= part.baselined;
    for (const [id, instance] of part.instances) {
      const { status, sinceMs } = instance;
      instances.set(id, { ...internDetails(instance, share), status: share(status), sinceMs });
    }
  }
  return { seq: ref.seq, baselined, instances };
}

/** What one part of `ref` holds of its snapshot. @throws {JournalError} `corrupt` */
export function decodePart(
  scope: string,
  ref: CheckpointRef,
  index: number,
  data: Buffer | undefined,
): Snapshot {
  const what = `part ${index + 1} of ${ref.parts} of checkpoint ${scope}/${ref.seq}`;
  if (data === undefined) throw corrupt(what);
  let part: Part;
  let instances: ReadonlyMap<string, Instance>;
  try {
    part = JSON.parse(gunzipSync(data).toString()) as Part;
    instances = new Map(
      part.instances.map(([id, status, sinceMs, details]) => [id, { ...details, status, sinceMs }]),
    );
  } catch (cause) {
    throw corrupt(what, cause);
  }
  if (part.seq !== ref.seq || part.index !== index) throw corrupt(what);
  return { seq: ref.seq, baselined: part.baselined, instances };
}

/** Where the parts of a scope lie among the items of its state, and the first text behind them. */
export const PARTS = { start: 'part/', end: 'part0' } as const;
/** Digits of a seq in a part's name, so that names sort as numbers do. */
const SEQ_DIGITS = 16;

/** `part/SEQ/WRITER/INDEX` */
export function partName({ seq, writer }: CheckpointRef, index: number): string {
  return `${PARTS.start}${padded(seq)}/${writer}/${index}`;
}

/** Parts of an older checkpoint, and of another writer's, which came too late, at the same commit. */
export function isStale(name: string, current: CheckpointRef): boolean {
  const own = `${PARTS.start}${padded(current.seq)}/`;
  return name < own || (name.startsWith(own) && !name.startsWith(`${own}${current.writer}/`));
}

function padded(seq: number): string {
  return String(seq).padStart(SEQ_DIGITS, '0');
}
