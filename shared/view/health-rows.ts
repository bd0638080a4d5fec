import type { ChannelState } from '../core/channel-state.ts';
import type { Stored } from '../core/stored.ts';
import type { Head } from '../ports/journal.ts';
import type { FeedPositions } from './core/feed.ts';
import { readEnds } from './feed.ts';
import type { ViewPorts } from './ports.ts';
import type { Readings } from './reading.ts';

/** What the health of the watcher is computed from. */
export interface HealthRows {
  readonly heads: readonly (Head | undefined)[];
  readonly ends: FeedPositions;
  readonly channels: ReadonlyMap<string, Stored<ChannelState>>;
}

/** Any caller may ask for the health, as often as it likes, and every read is paid for. */
const REMEMBER_MS = 5_000;

/** The memory of a warm function → the rows that it has read last. */
const remembered = new WeakMap<
  Readings,
  { readonly atMs: number; readonly scopes: string; readonly rows: Promise<HealthRows> }
>();

/** The rows of a few seconds ago, or those that are stored now. */
export async function readHealthRows(ports: ViewPorts): Promise<HealthRows> {
  const nowMs = ports.now();
  const known = remembered.get(ports.readings);
  const ageMs = known === undefined ? REMEMBER_MS : nowMs - known.atMs;
  const scopes = ports.scopes.map(({ key }) => key).join();
  const isSame = known?.scopes === scopes;
  if (known !== undefined && isSame && ageMs >= 0 && ageMs < REMEMBER_MS) return known.rows;
  const rows = readRows(ports);
  remembered.set(ports.readings, { atMs: nowMs, scopes, rows });
  // A failure is not remembered: the next caller may have more luck.
  rows.catch(() => remembered.delete(ports.readings));
  return rows;
}

async function readRows({ journal, scopes }: ViewPorts): Promise<HealthRows> {
  const [heads, ends, channels] = await Promise.all([
    Promise.all(scopes.map((scope) => journal.head(scope))),
    readEnds(journal, scopes),
    journal.channels(),
  ]);
  return { heads, ends, channels };
}
