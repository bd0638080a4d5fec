import type { Outcome } from '../core/message.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Channel } from '../ports/channel.ts';
import type { ChannelRow } from './channel-row.ts';
import { claimMessage, releaseClaim } from './core/claim.ts';
import { settle } from './core/settle.ts';
import type { Plan } from './core/stages/stage.ts';
import type { DeliveryPorts, DeliveryRun } from './run.ts';

/** Kept at the end of a tick to write down what became of the last message. */
const SETTLING_MS = 1_500;
/** The longest that one message is waited for. */
const SEND_TIMEOUT_MS = 10_000;
/** A receiver gets at least this long: a message that is given up may have arrived. */
export const MIN_SEND_TIMEOUT_MS = 500;

/** How long a receiver can still be waited for in this run. */
export function timeLeftMs(runtime: Runtime, { deadlineMs }: DeliveryRun): number {
  return deadlineMs - SETTLING_MS - runtime.now();
}

/** Claim, send, settle. `overtaken`: look at the row again, nothing came of this message. */
export async function sendMessage(
  { runtime }: DeliveryPorts,
  run: DeliveryRun,
  channel: Channel,
  row: ChannelRow,
  { message, ...move }: Extract<Plan, { kind: 'send' }>,
): Promise<Outcome['kind'] | 'overtaken'> {
  const { tickId } = run;
  const claimed = claimMessage(row.state, move, { tickId, nowMs: runtime.now() });
  if (!(await row.move(claimed))) return 'overtaken';
  const timeoutMs = Math.min(SEND_TIMEOUT_MS, timeLeftMs(runtime, run));
  // Writing the claim took until the end. Left behind, it would label a repeat of nothing.
  if (timeoutMs < MIN_SEND_TIMEOUT_MS) {
    await row.move(releaseClaim(row.state, tickId));
    return 'overtaken';
  }
  const outcome = await channel.send(message, timeoutMs);
  const isSettled = await settleClaim(row, channel, outcome, {
    tickId,
    nowMs: runtime.now(),
    jitter: runtime.random(),
  });
  return outcome.kind === 'delivered' && !isSettled ? 'overtaken' : outcome.kind;
}

/** Other runs may store their starts meanwhile; only a claim that was taken over is lost. */
async function settleClaim(
  row: ChannelRow,
  channel: Channel,
  outcome: Outcome,
  moment: Parameters<typeof settle>[3],
): Promise<boolean> {
  const untilMs = row.state.claim?.untilMs;
  for (;;) {
    if (await row.move(settle(row.state, outcome, channel, moment))) return true;
    const { claim } = row.state;
    if (claim?.tickId !== moment.tickId || claim.untilMs !== untilMs) return false;
  }
}
