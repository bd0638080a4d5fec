import { createCipheriv } from 'node:crypto';
import type { Snapshot } from '../../shared/core/model.ts';
import { decodePart, encodeSnapshot, joinParts } from '../../shared/tablestore/checkpoint.ts';
import { anInstance, NOW_MS } from '../helpers/examples.ts';

/** A BLOB column holds 2 MB. */
const MAX_CELL_BYTES = 2_097_152;

describe('the parts of a checkpoint', () => {
  it('are one of an empty fleet', () => {
    const empty = aSnapshot({ instances: 0, releases: 0, nameLength: 0 });

    const parts = [...encodeSnapshot(empty)];

    expect(parts).toHaveLength(1);
    expect(restored(parts)).toEqual(empty);
  });

  it('are one of a fleet of which only releases are left', () => {
    const gone = aSnapshot({ instances: 0, releases: 3, nameLength: 0 });

    const parts = [...encodeSnapshot(gone)];

    expect(parts).toHaveLength(1);
    expect(restored(parts)).toEqual(gone);
  });

  it('fit into a cell each, however little they can be packed, and hold everything once', () => {
    const large = aSnapshot({ instances: 250, releases: 1_000, nameLength: 32_000 });

    const parts = [...encodeSnapshot(large)];

    expect(parts.length).toBeGreaterThan(2);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(MAX_CELL_BYTES);
    expect(restored(parts)).toEqual(large);
  });

  it('say how many changes were counted and when the last commit was made, in each of them', () => {
    const large = aSnapshot({ instances: 250, releases: 0, nameLength: 32_000 });
    const counted = { ...large, changeCount: 4_711, lastAtMs: 1_795_341_900_000 };

    const parts = [...encodeSnapshot(counted)];

    expect(parts.length).toBeGreaterThan(2);
    expect(restored(parts)).toEqual(counted);
  });

  it('are refused where an instance makes one too large to be read back', () => {
    const huge = aSnapshot({ instances: 1, releases: 0, nameLength: 9_000_000 });

    expect(() => [...encodeSnapshot(huge)]).toThrow(/could not be read back/u);
  });
});

/** Names that pack badly, and one in Chinese. */
function aSnapshot({
  instances,
  releases,
  nameLength,
}: {
  readonly instances: number;
  readonly releases: number;
  readonly nameLength: number;
}): Snapshot {
  const nameOf = (index: number): string => (index === 7 ? '支付网关' : noise(index, nameLength));
  return {
    seq: 5,
    baselined: true,
    instances: new Map(
      Array.from({ length: instances }, (_, index) => [
        `i-${index}`,
        anInstance({ name: nameOf(index) }),
      ]),
    ),
    released: new Map(Array.from({ length: releases }, (_, index) => [`i-gone${index}`, NOW_MS])),
  };
}

function noise(index: number, length: number): string {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16, index));
  return cipher.update(Buffer.alloc(length)).toString('base64').slice(0, length);
}

function restored(parts: readonly Buffer[]): Snapshot {
  const ref = { seq: 5, parts: parts.length, writer: 'tick-1' };
  const decoded = parts.map((data, index) => {
    const part = decodePart(ref, index, data);
    if (!('value' in part)) throw new Error(part.unreadable);
    return part.value;
  });
  return joinParts(ref.seq, decoded);
}
