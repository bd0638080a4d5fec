import { own } from '../core/own.ts';
import type { WatchList } from '../core/watch-list.ts';
import { InventoryError } from '../ports/inventory.ts';
import { reasonOf } from '../ports/reason.ts';
import { openBudget } from './budget.ts';
import { type Relisted, regionsAfter } from './core/regions.ts';
import { createPacer } from './pacer.ts';
import type { Ports } from './ports.ts';
import { scanDeadlineMs, type Tick } from './tick.ts';

/** The regions that are known after some accounts were asked for theirs. */
export interface Listings {
  readonly regions: WatchList['regions'];
  /** Account → why it gave no list. */
  readonly failures: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** The longest that a tick waits for a list; the scans need the rest of it. */
const LISTING_TIME_MS = 10_000;
/** Calls for one list, those that are tried again included. */
const LISTING_CALLS = 4;

/** Asks DescribeRegions for the regions of each account. A failure of one touches no other. */
export async function listRegions(
  { inventory, runtime }: Ports,
  tick: Pick<Tick, 'startMs' | 'deadlineMs'>,
  accounts: readonly string[],
  before: WatchList['regions'],
): Promise<Listings> {
  const deadlineMs = Math.min(scanDeadlineMs(tick), runtime.now() + LISTING_TIME_MS);
  const list = async (account: string): Promise<Relisted | string> => {
    const budget = openBudget(LISTING_CALLS, runtime.now(), undefined);
    const pacer = createPacer({ budget, deadlineMs }, runtime);
    try {
      const ids = await pacer.call((endMs) => inventory.regionIds(account, endMs));
      return regionsAfter(account, own(before, account), ids, runtime.now());
    } catch (error) {
      if (!(error instanceof InventoryError)) throw error;
      return reasonOf(error);
    }
  };
  const listed = await Promise.all(
    accounts.map(async (account) => [account, await list(account)] as const),
  );
  const failures = listed.filter((one): one is [string, string] => typeof one[1] === 'string');
  const lists = listed.filter((one): one is [string, Relisted] => typeof one[1] !== 'string');
  const known = lists.map(([account, relisted]) => [account, relisted.known] as const);
  return {
    regions: { ...before, ...Object.fromEntries(known) },
    failures: new Map(failures),
    notes: lists.flatMap(([, { notes }]) => notes),
  };
}
