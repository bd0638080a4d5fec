import { gunzipSync, gzipSync } from 'node:zlib';
import { type Instance, internDetails, type Snapshot } from '../core/model.ts';
import type { Stored } from '../core/stored.ts';
import { intern } from '../lib/intern.ts';
import type { CheckpointRef } from '../ports/journal.ts';
import { messageOf } from '../ports/reason.ts';
import { FieldError } from './parser.ts';
import { checkpointPartIn, stored } from './schema.ts';

/**
 * A checkpoint is a row per part, each a whole JSON text of its own, compressed: so one part at a
 * time is in memory as text, and a damaged one can be named. A part says which it is, so that one
 * which was swapped or left over is not taken for another. Its shape is in `schema.ts`.
 */

/** The most that a part weighs as text, which is in memory at once. */
const MAX_PART_TEXT_BYTES = 6_000_000;
/** And compressed: a BLOB column holds 2 MB ("Limits on the wide column model"). */
const MAX_PART_BYTES = 1_900_000;
/**
 * The most that a part may unpack to: its text, its commas, and a last instance of 2 MB. One
 * that claims more is damage, and must not fill the memory of a function.
 */
const MAX_UNPACKED_BYTES = 8_500_000;

/** The parts of a snapshot, one after the other: at least one, even of an empty fleet. */
export function encodeSnapshot({ seq, baselined, ...lists }: Snapshot): readonly Buffer[] {
  const parts: Buffer[] = [];
  const add = (items: readonly Item[]): void => {
    const head = `"seq":${seq},"index":${parts.length},"baselined":${baselined}`;
    const released = jsonOf(items, 'released');
    const data = gzipSync(
      Buffer.concat([
        Buffer.from(`{${head},"instances":[`),
        ...jsonOf(items, 'instances'),
        ...(released.length === 0 ? [] : [Buffer.from('],"released":['), ...released]),
        Buffer.from(']}'),
      ]),
    );
    if (data.length <= MAX_PART_BYTES || items.length < 2) {
      parts.push(data);
      return;
    }
    const middle = items.length >> 1;
    add(items.slice(0, middle));
    add(items.slice(middle));
  };
  let items: Item[] = [];
  let bytes = 0;
  for (const item of itemsOf(lists)) {
    if (bytes > MAX_PART_TEXT_BYTES) {
      add(items);
      items = [];
      bytes = 0;
    }
    items.push(item);
    bytes += item.json.length;
  }
  if (items.length > 0 || parts.length === 0) add(items);
  return parts;
}

/** What a checkpoint lists, in UTF-8. A text with one Chinese name has two bytes a character in memory. */
interface Item {
  readonly list: 'instances' | 'released';
  readonly json: Buffer;
}

const COMMA = Buffer.from(',');

/** The items of a list, with commas between them. */
function jsonOf(items: readonly Item[], list: Item['list']): readonly Buffer[] {
  return items
    .filter((item) => item.list === list)
    .flatMap(({ json }, index) => (index === 0 ? [json] : [COMMA, json]));
}

function* itemsOf({ instances, released }: Pick<Snapshot, Item['list']>): Generator<Item, void> {
  for (const [id, instance] of instances) {
    const { status, sinceMs, ...details } = instance;
    yield itemOf('instances', [id, status, sinceMs, details]);
  }
  for (const release of released) yield itemOf('released', release);
}

function itemOf(list: Item['list'], value: readonly unknown[]): Item {
  return { list, json: Buffer.from(JSON.stringify(value)) };
}

/** The snapshot of all parts of a checkpoint, in order. Equal details are one value in memory. */
export function joinParts(seq: number, parts: Iterable<Snapshot>): Snapshot {
  const share = intern();
  const instances = new Map<string, Instance>();
  const released = new Map<string, number>();
  let baselined = true;
  for (const part of parts) {
    baselined &&= part.baselined;
    for (const [id, atMs] of part.released) released.set(id, atMs);
    for (const [id, instance] of part.instances) {
      const { status, sinceMs } = instance;
      instances.set(id, { ...internDetails(instance, share), status: share(status), sinceMs });
    }
  }
  return { seq, baselined, instances, released };
}

/** What part `index` of a checkpoint holds of its snapshot; undefined: the part is not there. */
export function decodePart(
  { seq }: CheckpointRef,
  index: number,
  data: Buffer | undefined,
): Stored<Snapshot> {
  return stored(() => {
    if (data === undefined) throw new FieldError('data', 'is missing');
    const part = checkpointPartIn(unzipped(data));
    if (part.seq !== seq || part.index !== index) {
      throw new FieldError('data', `is part ${part.index + 1} of a checkpoint at ${part.seq}`);
    }
    const { baselined, instances, released } = part;
    return { seq, baselined, instances: new Map(instances), released: new Map(released) };
  });
}

function unzipped(data: Buffer): string {
  try {
    return gunzipSync(data, { maxOutputLength: MAX_UNPACKED_BYTES }).toString();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new FieldError('data', `unpacks to more than ${MAX_UNPACKED_BYTES} bytes`);
    }
    throw new FieldError('data', `cannot be unpacked: ${messageOf(cause)}`);
  }
}

/** Where a scope's parts are among the items of its state, and the first text behind them. */
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
