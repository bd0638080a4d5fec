import type { Fleet } from '../fleet.ts';
import type { Receiver } from '../receivers.ts';
import type { Store } from '../tablestore.ts';

/** What the promises are checked against. */
export interface Witnessed {
  readonly tables: { readonly journal: string; readonly state: string };
  readonly store: Store;
  readonly receivers: readonly Receiver[];
  /** Scope key → the fleet that it watches. */
  readonly fleets: ReadonlyMap<string, Fleet>;
  readonly moment: () => number;
  /** No run dies, and no row is lost: only receivers give a reason to repeat anything. */
  readonly isSteady: boolean;
}

/** What has happened, to know that there was something to check. */
export interface Tally {
  commits: number;
  changes: number;
  releases: number;
  holds: number;
  messages: number;
  repeats: number;
  checkpoints: number;
}

/** Where it is written down what happened, and what should not have. */
export interface Book {
  readonly tally: Tally;
  violated(what: string): void;
}
