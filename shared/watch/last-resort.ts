import type { Message, Outcome } from '../core/message.ts';
import { WATCHER } from '../core/watcher-journal.ts';
import { isMessageDue, outageAfter, type StoreOutage } from './core/outage.ts';
import type { Ports } from './ports.ts';
import { isAtRest, lossOf, type ScopeResult } from './scope-result.ts';
import type { Tick } from './tick.ts';

/** The longest that a receiver is waited for. */
const SEND_TIMEOUT_MS = 10_000;
/** A store that answers nothing uses up the tick. This much is within the margin of the platform. */
const MIN_SEND_TIMEOUT_MS = 800;
/** The platform ends a tick this long after its deadline. */
const MARGIN_MS = 3_000;

/**
 * Without the journal, no channel is sent anything in the ordinary way. So the channels are sent one
 * message that was never committed: it claims nothing, moves no cursor, and has an id of its own.
 */
export async function informWithoutJournal(
  ports: Ports,
  tick: Tick,
  results: readonly ScopeResult[],
): Promise<readonly string[]> {
  const { memory, startMs, deadlineMs } = tick;
  const isFirstTick = memory.ticks === 0;
  memory.ticks += 1;
  const failures = results.map(lossOf).filter((loss) => loss !== undefined);
  const tried = results.filter((result) => !isAtRest(result));
  const [reason] = failures;
  if (reason === undefined || failures.length < tried.length) {
    memory.outage = null;
    return [];
  }
  // The process was frozen, or its clock was set: the store had no time to answer.
  if (ports.runtime.now() > deadlineMs + MARGIN_MS) return [];
  const outage = outageAfter(memory.outage, startMs);
  memory.outage = outage;
  if (!isMessageDue(outage, { isFirstTick, startMs })) return [];
  const outcomes = await sendToAll(ports, tick, messageOf(outage, reason, tick));
  if (outcomes.some(hasArrived)) memory.outage = { ...outage, informedAtMs: startMs };
  return ports.channels.map(({ name }, index) => {
    return `without the journal, ${name} was sent a message about that: ${outcomes[index]?.kind}`;
  });
}

function messageOf(
  { ticks, sinceMs }: StoreOutage,
  reason: string,
  { tickId, startMs }: Tick,
): Message {
  const notice = { kind: 'store-failing', failures: ticks, sinceMs, reason } as const;
  // No commit has such a number. Two runs have the same only if they began in the same millisecond.
  const place = { scope: WATCHER.key, seq: startMs, atMs: startMs, previousAtMs: null };
  return {
    commits: [{ ...place, tickId, changes: [], notice }],
    part: { index: 0, count: 1 },
    isRepeat: false,
    withoutUserText: false,
  };
}

function sendToAll(
  { channels, runtime }: Ports,
  { deadlineMs }: Tick,
  message: Message,
): Promise<readonly Outcome[]> {
  const leftMs = Math.min(SEND_TIMEOUT_MS, deadlineMs - runtime.now());
  const timeoutMs = Math.max(MIN_SEND_TIMEOUT_MS, leftMs);
  return Promise.all(channels.map((channel) => channel.send(message, timeoutMs)));
}

/** A message whose answer was lost is not sent again before its time. */
function hasArrived(outcome: Outcome): boolean {
  return outcome.kind === 'delivered' || (outcome.kind === 'retry' && outcome.lost);
}
