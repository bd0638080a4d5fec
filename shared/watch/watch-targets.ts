import type { Scope } from '../core/model.ts';
import { own } from '../core/own.ts';
import type { Target } from '../core/target.ts';
import {
  EMPTY_WATCH_LIST,
  isSameWatchList,
  type KnownRegions,
  type WatchList,
} from '../core/watch-list.ts';
import { reasonOf } from '../ports/reason.ts';
import { accountsToList, findScopes, isListingDue } from './core/regions.ts';
import { listRegions } from './list-regions.ts';
import type { Ports } from './ports.ts';
import type { WatchReport } from './report.ts';
import type { Tick } from './tick.ts';
import { watch } from './watch.ts';

/** A tick before its scopes are known. */
export interface TargetsTick extends Omit<Tick, 'scopes' | 'problems'> {
  readonly targets: readonly Target[];
}

/**
 * One tick over what the configuration names. Where that is all regions, the stored list of them is
 * used, and brought up to date beside the scan: only the first tick of all waits for DescribeRegions.
 */
export async function watchTargets(
  ports: Ports,
  { targets, ...tick }: TargetsTick,
): Promise<WatchReport> {
  const accounts = accountsToList(targets);
  const stored = await readWatchList(ports, tick);
  const isKnown = (account: string): boolean => own(stored.list.regions, account) !== undefined;
  const unknown = accounts.filter((account) => !isKnown(account));
  const first = await listRegions(ports, tick, unknown, stored.list.regions);
  const { scopes, problems, notes } = findScopes(
    targets,
    { ...stored.list, regions: first.regions },
    first.failures,
  );
  const [report, later] = await Promise.all([
    watch(ports, { ...tick, scopes, problems }),
    relist(ports, tick, accounts.filter(isKnown), first.regions),
  ]);
  const list = { scopes: scopes.map(withoutIds), regions: only(accounts, later.regions) };
  return {
    ...report,
    notes: [
      ...report.notes,
      ...stored.notes,
      ...newNotes(notes, tick),
      ...first.notes,
      ...later.notes,
      ...(await saveWatchList(ports, tick, stored.list, list)),
    ],
  };
}

interface StoredList {
  readonly list: WatchList;
  readonly notes: readonly string[];
}

/**
 * A warm function goes by the list that it has stored, and looks at the row once an hour: the view
 * and the doctor have no other way to learn that it was damaged or replaced.
 */
const REREAD_MS = 60 * 60 * 1000;
const ROW = 'the list of what is watched (scope watcher, item scopes)';

async function readWatchList(
  { journal }: Ports,
  { memory: { watchList: known }, startMs }: Pick<Tick, 'memory' | 'startMs'>,
): Promise<StoredList> {
  if (known !== undefined && Math.abs(startMs - known.atMs) < REREAD_MS) {
    return { list: known.list, notes: [] };
  }
  try {
    const stored = await journal.watchList();
    if (stored === undefined) return { list: EMPTY_WATCH_LIST, notes: [] };
    if ('value' in stored) return { list: stored.value, notes: [] };
    const note = `${ROW} cannot be read and is replaced: ${stored.unreadable}`;
    return { list: EMPTY_WATCH_LIST, notes: [note] };
  } catch (error) {
    const note = `${ROW} was not read: ${reasonOf(error)}`;
    return { list: known?.list ?? EMPTY_WATCH_LIST, notes: [note] };
  }
}

/** The lists that are old, read once more. A failure is a note: the old list is used on. */
async function relist(
  ports: Ports,
  tick: Omit<Tick, 'scopes'>,
  accounts: readonly string[],
  regions: WatchList['regions'],
) {
  const due = accounts.filter((account) => {
    const known = own(regions, account);
    return known !== undefined && isListingDue(known, tick.startMs);
  });
  const listed = await listRegions(ports, tick, due, regions);
  const failed = [...listed.failures].map(
    ([account, reason]) => `${account}: its regions could not be listed again: ${reason}`,
  );
  return { regions: listed.regions, notes: [...listed.notes, ...failed] };
}

/** The list is stored when it has changed; a steady tick writes nothing. */
async function saveWatchList(
  { journal }: Ports,
  { memory, startMs }: Pick<Tick, 'memory' | 'startMs'>,
  before: WatchList,
  list: WatchList,
): Promise<readonly string[]> {
  // A list that could not be made is no news: the last one is worth more.
  if (list.scopes.length === 0 && Object.keys(list.regions).length === 0) return [];
  try {
    const isStored = isSameWatchList(before, list);
    if (!isStored) await journal.saveWatchList(list);
    const known = memory.watchList;
    const isFresh = isStored && known !== undefined && Math.abs(startMs - known.atMs) < REREAD_MS;
    memory.watchList = { list, atMs: isFresh ? known.atMs : startMs };
    return [];
  } catch (error) {
    memory.watchList = undefined;
    return [`${ROW} was not stored: ${reasonOf(error)}`];
  }
}

function withoutIds({ instanceIds: _, ...scope }: Scope) {
  return scope;
}

/** Regions of accounts that are no longer watched, or whose regions are named now, are forgotten. */
function only(
  accounts: readonly string[],
  regions: WatchList['regions'],
): Readonly<Record<string, KnownRegions>> {
  return Object.fromEntries(
    Object.entries(regions).filter(([account]) => accounts.includes(account)),
  );
}

/** Notes on the configuration are reported once, not once a minute. */
function newNotes(
  notes: readonly string[],
  { memory: { reportedNotes } }: Pick<Tick, 'memory'>,
): readonly string[] {
  const fresh = notes.filter((note) => !reportedNotes.has(note));
  for (const note of fresh) reportedNotes.add(note);
  return fresh;
}
