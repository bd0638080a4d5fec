import { NEW_CHANNEL } from '../core/channel-state.ts';
import type { DueReminder } from '../delivery/core/news/due-reminder.ts';
import { isReminderDue } from '../delivery/core/news/reminders.ts';
import { allOf } from '../lib/all-of.ts';
import { JournalError } from '../ports/journal.ts';
import { dueReminderMs, type SeenScope, stopsIn } from './core/periodic/reminders.ts';
import { PATIENCE_MS } from './core/periodic/schedule.ts';
import { load } from './load.ts';
import type { Ports } from './ports.ts';
import type { ScopeResult } from './scope-result.ts';
import type { Tick } from './tick.ts';

/**
 * What stays stopped, where it is time to say so again; undefined: it is not, as in nearly every tick, which
 * looks at no instance for it. It is made from what this tick has seen, and says nothing of a scope that it
 * could not look at.
 */
export async function dueReminder(
  ports: Pick<Ports, 'journal' | 'channels'>,
  tick: Tick,
  results: readonly ScopeResult[],
): Promise<DueReminder | undefined> {
  const { remind: schedule, startMs, memory } = tick;
  if (schedule === undefined) return undefined;
  const dueMs = dueReminderMs(schedule, startMs);
  if (dueMs === null) return undefined;
  const isDue = ports.channels.some((channel) => {
    // A row that this function instance does not know may be of a channel that was not reminded yet.
    const known = memory.channels.get(channel.name) ?? NEW_CHANNEL;
    return isReminderDue(channel, known, { dueMs }, startMs);
  });
  if (!isDue) return undefined;
  const seen = await allOf(results.map((result) => seenNow(ports, tick, result)));
  if (seen.includes(null) && startMs < dueMs + PATIENCE_MS) return undefined;
  const stops = seen.flatMap((scope) => (scope && stopsIn(scope, schedule, dueMs)) ?? []);
  return { dueMs, stops };
}

/** Null: how its instances are is not known now. */
async function seenNow(
  { journal }: Pick<Ports, 'journal'>,
  tick: Tick,
  result: ScopeResult,
): Promise<SeenScope | null> {
  const { scope } = result;
  switch (result.kind) {
    case 'recorded': {
      const { after, failure, isOvertaken, nextHealth } = result;
      // Of a fleet that has vanished, what it was like before proves nothing.
      const isSure = failure === null && !isOvertaken && nextHealth.health.hold === null;
      return isSure ? { scope: scope.key, seq: after.seq, instances: after.instances } : null;
    }
    case 'resting':
      return { scope: scope.key, seq: result.head.health.seq, instances: new Map() };
    case 'reported':
      // A run in shards sees no instances itself.
      return result.report.ok ? storedNow(journal, tick, result) : null;
    default:
      return null;
  }
}

async function storedNow(
  journal: Ports['journal'],
  tick: Tick,
  { scope }: ScopeResult,
): Promise<SeenScope | null> {
  try {
    const { head, loadSnapshot } = await load(journal, scope, tick);
    if (head.health.hold !== null) return null;
    const { snapshot, damage } = await loadSnapshot();
    if (damage !== null) return null;
    return { scope: scope.key, seq: snapshot.seq, instances: snapshot.instances };
  } catch (error) {
    if (error instanceof JournalError) return null;
    throw error;
  }
}
