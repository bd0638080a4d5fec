import { type Change, detailsOf, type Instance, type Snapshot } from '../../core/model.ts';

/** What was known before a scan. */
export type Known = Pick<Snapshot, 'instances' | 'released'>;

/** What a scan shows against what was known. */
export interface Diff {
  /** Facts: seen with another status, or never seen before. */
  readonly changes: readonly Change[];
  /** Known but not seen. Offset paging skips rows, so this alone proves nothing. */
  readonly suspects: readonly string[];
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Compares the statuses that were seen (id → status) with what was known. `earlier` are instances
 * that an earlier tick has seen in the same scan.
 */
export function diff(
  { instances, released }: Known,
  seen: ReadonlyMap<string, string>,
  earlier: ReadonlySet<string> = NONE,
): Diff {
  const changes: Change[] = [];
  let known = 0;
  for (const [instanceId, status] of seen) {
    const before = instances.get(instanceId);
    if (before !== undefined) known += 1;
    if (before?.status === status) continue;
    const releasedAtMs = released.get(instanceId);
    changes.push(
      before === undefined && releasedAtMs !== undefined
        ? { instanceId, from: null, to: status, returned: true, fromSinceMs: releasedAtMs }
        : moved(instanceId, before, status),
    );
  }
  const suspects: string[] = [];
  if (known === instances.size) return { changes, suspects };
  for (const instanceId of instances.keys()) {
    if (!seen.has(instanceId) && !earlier.has(instanceId)) suspects.push(instanceId);
  }
  return { changes, suspects };
}

/** Suspects by their answers: those that were found have a status, the others are gone. */
export function judgeSuspects(
  known: ReadonlyMap<string, Instance>,
  suspects: readonly string[],
  found: ReadonlyMap<string, string>,
): { readonly changes: readonly Change[]; readonly gone: readonly Change[] } {
  const changes: Change[] = [];
  const gone: Change[] = [];
  for (const instanceId of suspects) {
    const before = known.get(instanceId);
    if (before === undefined) continue;
    const status = found.get(instanceId) ?? null;
    if (status === before.status) continue;
    (status === null ? gone : changes).push(moved(instanceId, before, status));
  }
  return { changes, gone };
}

function moved(instanceId: string, before: Instance | undefined, to: string | null): Change {
  const from = before?.status ?? null;
  if (before === undefined) return { instanceId, from, to };
  const { sinceMs: fromSinceMs, sinceKnown: fromSinceKnown = false } = before;
  const { note } = before;
  const known = { ...detailsOf(before), ...(note !== undefined && { note }) };
  return { instanceId, from, to, fromSinceMs, fromSinceKnown, ...known };
}
