import type { Starts } from '../../core/channel-state.ts';
import { type CallTotals, type Health, NEW_HEALTH } from '../../core/health.ts';
import { isCount } from '../../core/is-count.ts';

/**
 * The head row of a scope as one shard has left it, for the next one: any function instance may get the
 * scope then, and what that instance remembers may be older.
 */
export interface PassedHead {
  readonly checkpoint: {
    readonly seq: number;
    readonly parts: number;
    readonly writer: string;
  } | null;
  readonly health: Health;
  readonly starts: Starts;
  readonly uncounted?: CallTotals;
  readonly savedBy?: string;
}

/** A longer one, of a fleet that takes several ticks to scan, is read from its row instead. */
const MAX_BYTES = 4_096;

/** The head as it is passed on; undefined: it is too long. */
export function passedHead(passed: PassedHead): PassedHead | undefined {
  const { checkpoint, health, starts, uncounted, savedBy } = passed;
  const head = {
    checkpoint,
    health,
    starts,
    ...(uncounted && { uncounted }),
    ...(savedBy !== undefined && { savedBy }),
  };
  return Buffer.byteLength(JSON.stringify(head)) > MAX_BYTES ? undefined : head;
}

/** The heads in an order, or a report; what has another form is left out, and read from its row. */
export function headsIn(value: unknown): ReadonlyMap<string, PassedHead> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new Map(entries.filter((entry): entry is [string, PassedHead] => isHead(entry[1])));
}

function isHead(value: unknown): boolean {
  const { checkpoint, health, starts, uncounted, savedBy } = Object(value) as Record<
    string,
    unknown
  >;
  return (
    (checkpoint === null || isCheckpoint(checkpoint)) &&
    isHealth(health) &&
    typeof starts === 'object' &&
    starts !== null &&
    Object.values(starts).every(isCount) &&
    (uncounted === undefined || areTotals(uncounted)) &&
    (savedBy === undefined || typeof savedBy === 'string')
  );
}

function isCheckpoint(value: unknown): boolean {
  const { seq, parts, writer } = Object(value) as Record<string, unknown>;
  return [seq, parts].every(isCount) && typeof writer === 'string';
}

/** The row's reader fills in what an older version has not stored; one that lacks a field is left to it. */
function isHealth(value: unknown): boolean {
  const health = Object(value) as Record<string, unknown>;
  const { seq, lastAttemptAtMs, failures } = health;
  return (
    Object.keys(NEW_HEALTH).every((field) => field in health) &&
    [seq, failures].every(isCount) &&
    typeof lastAttemptAtMs === 'number'
  );
}

function areTotals(value: unknown): boolean {
  const { calls, throttles } = Object(value) as Record<string, unknown>;
  return [calls, throttles].every(isCount);
}
