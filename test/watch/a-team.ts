import type { Message, Outcome } from '../../shared/core/message.ts';
import { WATCHER } from '../../shared/core/watcher-journal.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import type { Inventory } from '../../shared/ports/inventory.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import type { ReportSchedule } from '../../shared/watch/core/periodic/schedule.ts';
import { type Memory, newMemory } from '../../shared/watch/memory.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watch } from '../../shared/watch/watch.ts';
import { EMPTY_INVENTORY, pagesWithOne } from '../helpers/empty-inventory.ts';
import { AT_ONCE, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

export const DELIVERED: Outcome = { kind: 'delivered' };

/** A chat and an endpoint over one journal; the only instance changes with every tick, or never. */
export function aTeam({
  isCalm = false,
  report,
}: {
  readonly isCalm?: boolean;
  readonly report?: ReportSchedule;
} = {}) {
  const journal = memoryJournal();
  const runtime = virtualRuntime(NOW_MS);
  const receiver = (name: string, style: Channel['style']) => {
    const sent: Message[] = [];
    const made = {
      sent,
      outcome: DELIVERED,
      /** What it was shown of the watcher's own journal. */
      notices: () =>
        sent.flatMap(({ commits }) =>
          commits.flatMap(({ scope, notice }) => (scope === 'watcher' ? [notice?.kind] : [])),
        ),
      channel: {
        name,
        destination: name,
        style,
        messagesPerMinute: 18,
        settling: AT_ONCE,
        send: async (message: Message): Promise<Outcome> => {
          if (made.outcome.kind === 'delivered') sent.push(message);
          return made.outcome;
        },
      },
    };
    return made;
  };
  const chat = receiver('chat', 'digest');
  const endpoint = receiver('endpoint', 'commits');
  const memory = newMemory();
  let ticks = 0;

  const tick = async (
    own: Memory = memory,
    over: Journal = journal,
    seen?: string,
  ): Promise<WatchReport> => {
    ticks += 1;
    const status = seen ?? (isCalm || ticks % 2 === 0 ? 'Running' : 'Stopped');
    const inventory: Inventory = {
      ...EMPTY_INVENTORY,
      page: pagesWithOne(status),
    };
    const channels = [chat.channel, endpoint.channel];
    const startMs = runtime.now();
    const done = await watch(
      { inventory, journal: over, channels, runtime },
      {
        tickId: `tick-${ticks}`,
        scopes: [SCOPE],
        callsPerMinute: 1_000,
        guard: GUARD_LIMITS,
        startMs,
        deadlineMs: startMs + 47_000,
        memory: own,
        ...(report && { report }),
      },
    );
    runtime.clock.advance(startMs + MINUTE_MS - runtime.now());
    return done;
  };
  const told = async () =>
    (await journal.after(WATCHER, 0, 100)).map(({ notice }) => notice?.kind ?? null);
  return { journal, runtime, chat, endpoint, tick, told };
}
