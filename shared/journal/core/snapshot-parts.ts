import type { Instance, Snapshot } from '../../core/model.ts';
import type { SnapshotFacts, SnapshotItem } from './item.ts';

/** A line of about 100 kB: every editor and every log shipper takes it. */
const INSTANCES_PER_PART = 500;

/** A snapshot in parts; at least one, even of an empty fleet. */
export function* partsOf(scope: string, snapshot: Snapshot): Generator<SnapshotItem, void> {
  const { seq, baselined } = snapshot;
  const instances = [...snapshot.instances];
  const released = [...snapshot.released];
  const count = Math.max(
    1,
    Math.ceil(Math.max(instances.length, released.length) / INSTANCES_PER_PART),
  );
  for (let index = 0; index < count; index += 1) {
    const [from, to] = [index * INSTANCES_PER_PART, (index + 1) * INSTANCES_PER_PART];
    yield {
      kind: 'snapshot',
      scope,
      seq,
      index,
      baselined,
      ...factsOf(snapshot),
      instances: instances.slice(from, to),
      released: released.slice(from, to),
    };
  }
}

/** Puts the parts of one snapshot together, in their order. */
export function snapshotOf(parts: readonly SnapshotItem[]): Snapshot | null {
  const [first] = parts;
  if (first === undefined) return null;
  const { seq, baselined } = first;
  const instances = new Map<string, Instance>(parts.flatMap((part) => part.instances));
  const released = new Map<string, number>(parts.flatMap((part) => part.released));
  return {
    seq,
    baselined,
    instances,
    released,
    ...factsOf(first),
  };
}

/** What an older version has not stored. */
function factsOf({ changeCount, lastAtMs }: SnapshotFacts): SnapshotFacts {
  return {
    ...(changeCount !== undefined && { changeCount }),
    ...(lastAtMs !== undefined && { lastAtMs }),
  };
}
