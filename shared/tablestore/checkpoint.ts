import { gunzipSync, gzipSync } from 'node:zlib';
import { type Instance, internDetails, type Snapshot } from '../core/model.ts';
import type { Stored, Unreadable } from '../core/stored.ts';
import { intern } from '../lib/intern.ts';
import { sha256 } from '../lib/sha256.ts';
import type { CheckpointRef, KeptCheckpoint } from '../ports/journal.ts';
import { messageOf } from '../ports/reason.ts';
import { FieldError } from './parser.ts';
import { checkpointPartIn } from './schema/checkpoint.ts';
import { stored } from './schema/fields.ts';

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

/**
 * The parts of a snapshot, one after the other: at least one, even of an empty fleet. Each is made
 * when it is asked for, so that one part at a time is in memory.
 */
export function* encodeSnapshot({
  seq,
  baselined,
  changeCount,
  lastAtMs,
  ...lists
}: Snapshot): Generator<Buffer, void> {
  const text = partText();
  let index = 0;

  function* partsOf(items: Iterable<Item>, maxTextBytes: number): Generator<Buffer, void> {
    let group: Item[] = [];
    const begin = (): void => {
      group = [];
      const head = JSON.stringify({ seq, index, baselined, changeCount, lastAtMs });
      text.begin(head.slice(1, -1));
    };
    function* end(): Generator<Buffer, void> {
      const data = gzipSync(text.end());
      if (data.length > MAX_PART_BYTES && group.length > 1) {
        yield* partsOf(group, maxTextBytes / 2);
      } else {
        index += 1;
        yield data;
      }
    }
    begin();
    for (const item of items) {
      if (group.length > 0 && text.bytes > maxTextBytes) {
        yield* end();
        begin();
      }
      group.push(item);
      text.add(item);
    }
    yield* end();
  }

  yield* partsOf(itemsOf(lists), MAX_PART_TEXT_BYTES);
}

/** What a checkpoint lists. */
interface Item {
  readonly list: 'instances' | 'released';
  readonly value: readonly unknown[];
}

function* itemsOf({ instances, released }: Pick<Snapshot, Item['list']>): Generator<Item, void> {
  for (const instance of instances) yield { list: 'instances', value: encodeInstance(instance) };
  for (const release of released) yield { list: 'released', value: release };
}

/** An instance as a part lists it; `schema.ts` reads it. */
export function encodeInstance([id, instance]: readonly [string, Instance]): readonly unknown[] {
  const { status, sinceMs, ...details } = instance;
  return [id, status, sinceMs, details];
}

/**
 * The text of one part after the other, in one buffer for all of them. It is UTF-8, since a text with
 * one Chinese name has two bytes a character in memory. A buffer for each of 100,000 instances would
 * leave the process with megabytes of holes that no garbage collection gives back.
 */
function partText() {
  // What is not written takes no memory.
  const buffer = Buffer.allocUnsafeSlow(MAX_UNPACKED_BYTES);
  let bytes = 0;
  let list: Item['list'] = 'instances';
  let isEmpty = true;

  function write(text: string): void {
    if (Buffer.byteLength(text) > buffer.length - bytes) {
      throw new RangeError(
        `a part of more than ${MAX_UNPACKED_BYTES} bytes could not be read back`,
      );
    }
    bytes += buffer.write(text, bytes);
  }

  return {
    /** Of the part so far. */
    get bytes() {
      return bytes;
    },
    begin(head: string): void {
      bytes = 0;
      list = 'instances';
      isEmpty = true;
      write(`{${head},"instances":[`);
    },
    /** Instances come before releases. */
    add(item: Item): void {
      if (item.list !== list) {
        list = item.list;
        isEmpty = true;
        write(`],"${list}":[`);
      }
      write(`${isEmpty ? '' : ','}${JSON.stringify(item.value)}`);
      isEmpty = false;
    },
    /** Holds until the next part begins. */
    end(): Buffer {
      write(']}');
      return buffer.subarray(0, bytes);
    },
  };
}

/** The snapshot of all parts of a checkpoint, in order. Equal details are one value in memory. */
export function joinParts(seq: number, parts: Iterable<Snapshot>): Snapshot {
  const share = intern();
  const instances = new Map<string, Instance>();
  const released = new Map<string, number>();
  let baselined = true;
  let facts: PartFacts = {};
  for (const part of parts) {
    baselined &&= part.baselined;
    facts = factsIn(part);
    for (const [id, atMs] of part.released) released.set(id, atMs);
    for (const [id, instance] of part.instances) {
      const { status, sinceMs } = instance;
      instances.set(id, { ...internDetails(instance, share), status: share(status), sinceMs });
    }
  }
  return { seq, baselined, ...facts, instances, released };
}

/** What each part says of the whole snapshot, if its writer knew it. */
type PartFacts = Pick<Snapshot, 'changeCount' | 'lastAtMs'>;

function factsIn({ changeCount, lastAtMs }: PartFacts): PartFacts {
  return {
    ...(changeCount !== undefined && { changeCount }),
    ...(lastAtMs !== undefined && { lastAtMs }),
  };
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
    const lists = { instances: new Map(instances), released: new Map(released) };
    return { seq, baselined, ...factsIn(part), ...lists };
  });
}

/** What is wrong with the parts of a kept checkpoint as they are stored; undefined: nothing. */
export function damageOfKept(
  { digest }: KeptCheckpoint,
  data: readonly (Buffer | undefined)[],
): Unreadable | undefined {
  const isSame = digestOf(data.map((part) => sha256(part ?? ''))) === digest;
  return isSame ? undefined : { unreadable: 'it is not what was stored' };
}

/** One digest for all parts of a checkpoint, of the digests of each, in order. */
export function digestOf(parts: readonly Buffer[]): string {
  return sha256(Buffer.concat(parts)).toString('base64url');
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
export function partName(
  { seq, writer }: Pick<CheckpointRef, 'seq' | 'writer'>,
  index: number,
): string {
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
