import type { Fleet } from '../fleet.ts';
import type { Receiver } from '../receivers.ts';
import type { Reminders } from '../reminders.ts';
import type { Rules } from '../rules.ts';
import type { Spoils } from '../spoils.ts';
import type { StoreOutages } from '../store-outages.ts';
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
  /** Every channel has one address all the time. */
  readonly isAddressRight: boolean;
  readonly callsPerMinute: number;
  /** One run at a time, and each saves what it has left of its calls. */
  readonly isPaced: boolean;
  readonly nowMs: () => number;
  /** No row was spoiled. */
  readonly isRowsRight: boolean;
  /** Every tick of the timer is a run that lives, and no request to the store fails by itself. */
  readonly isRegular: boolean;
  readonly outages: StoreOutages;
  readonly periodMs: number;
  /** Reports are configured, daily. */
  readonly areReportsDue: boolean;
  /** Null: nothing is said again. */
  readonly reminders: Reminders | null;
  readonly rules: Rules;
  readonly spoils: () => Pick<Spoils, 'all' | 'isThere'>;
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
  repeats: number;
  checkpoints: number;
  kept: number;
  /** Messages without the journal, about a store that is gone. */
  lastResorts: number;
  /** Changes and notices that routes kept from a channel, or a mute from a chat for a time. */
  routed: number;
  muted: number;
  /** Messages that a fallback took in place of a channel. */
  stoodIn: number;
  /** Periodic ones. */
  reports: number;
  reminders: number;
  /** Notes that were written, removed, or are over. */
  notes: number;
  /** Cells that were overwritten. */
  spoils: number;
  /** Commits that events have brought. */
  pushed: number;
}

/** The counts and the broken promises of one history. */
export interface Results {
  readonly tally: Tally;
  violated(what: string): void;
}
