import type { ServedChannel } from '../delivery/run.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Accounts } from '../ports/accounts.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Invoker } from '../ports/invoker.ts';
import type { Journal } from '../ports/journal.ts';

/** The doors to the outside. The tick knows these, and nothing behind them. */
export interface Ports {
  readonly inventory: Inventory;
  /** Absent: no account is entered by a role. */
  readonly accounts?: Accounts;
  readonly journal: Journal;
  readonly channels: readonly ServedChannel[];
  /** Pinged after each good tick; throws when the receiver does not answer in time. */
  readonly heartbeat?: (timeoutMs: number) => Promise<void>;
  readonly runtime: Runtime;
  /** Absent: this run scans all scopes itself. */
  readonly shards?: Shards;
}

/** The function that is handed scopes, where they are many. */
export interface Shards {
  readonly invoker: Invoker;
  readonly functionName: string;
  /** The name of the environment, which its orders carry. */
  readonly environment: string;
  /** Up to so many scopes are scanned by the run itself. */
  readonly aboveScopes: number;
}
