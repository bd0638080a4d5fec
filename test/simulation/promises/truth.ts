import type { Fleet } from '../fleet.ts';
import type { Receiver } from '../receivers.ts';
import type { Store } from '../tablestore.ts';

/** The true state of everything, against which the promises are checked. */
export interface Truth {
  readonly tables: { readonly journal: string; readonly state: string };
  readonly store: Store;
  readonly receivers: readonly Receiver[];
  /** Scope key → its fleet. */
  readonly fleets: ReadonlyMap<string, Fleet>;
  readonly moment: () => number;
  /** No run dies, and no row is lost: only receivers cause repeats. */
  readonly isSteady: boolean;
  readonly isClockRight: boolean;
}

/** Counts of what happened: they prove that there was something to check. */
export interface Tally {
  commits: number;
  changes: number;
  releases: number;
  /** Releases of instances that ECS hid, and their corrections. */
  falseReleases: number;
  returns: number;
  holds: number;
  /** Names that were changed while the status was not. */
  renamed: number;
  messages: number;
  /** Messages without the journal. */
  lastResorts: number;
  repeats: number;
  checkpoints: number;
}

/** The counts and the broken promises of one history. */
export interface Results {
  readonly tally: Tally;
  violated(what: string): void;
}
