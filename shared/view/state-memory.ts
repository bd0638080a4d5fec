import type { Snapshot } from '../core/model.ts';
import { recentValues } from '../lib/recent.ts';

/** A scope as of one of its commits, and until when it was seen to be so. */
export interface PastState {
  readonly snapshot: Snapshot;
  readonly seenAtMs: number | null;
}

/**
 * What a warm function has read of the past. A state that a later commit has ended never changes, so the
 * pages of one moment read the way to it once.
 */
export interface StateMemory {
  get(scopeKey: string, seq: number): PastState | undefined;
  set(scopeKey: string, state: PastState): void;
}

const MAX_STATES = 200;
/** Up to about 50 MB of a function of 512 MB, where each was read from a kept checkpoint of its own. */
const MAX_INSTANCES = 100_000;

export function stateMemory(): StateMemory {
  const states = recentValues<PastState>({
    entries: MAX_STATES,
    weight: MAX_INSTANCES,
    weightOf: ({ snapshot }) => snapshot.instances.size + snapshot.released.size,
  });
  const keyOf = (scopeKey: string, seq: number): string => `${scopeKey} ${seq}`;
  return {
    get: (scopeKey, seq) => states.get(keyOf(scopeKey, seq)),
    set: (scopeKey, state) => states.set(keyOf(scopeKey, state.snapshot.seq), state),
  };
}
