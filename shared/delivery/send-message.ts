import type { ChannelState } from '../core/channel-state.ts';
import type { DeliveryRecord } from '../core/delivery-record.ts';
import type { Outcome } from '../core/message.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Channel } from '../ports/channel.ts';
import type { DeliveryLog } from '../ports/deliveries.ts';
import { reasonOf } from '../ports/reason.ts';
import type { ChannelRow } from './channel-row.ts';
import { claimMessage, releaseClaim } from './core/claim.ts';
import { recordOf } from './core/record.ts';
import { countSend, type Moment, settle, settleInPlace, settleOther } from './core/settle.ts';
import type { Plan } from './core/stages/stage.ts';
import type { Other } from './other.ts';
import type { Tally } from './report.ts';
import type { DeliveryPorts, DeliveryRun } from './run.ts';

/** The longest that the record of an attempt is waited for. Ordinary writes take milliseconds. */
const RECORD_MS = 1_000;
/** Kept at the end of a tick to write down what became of the last message: its record, its cursor. */
const SETTLING_MS = RECORD_MS + 1_500;
/** The longest that one message is waited for. */
const SEND_TIMEOUT_MS = 10_000;
/** A receiver gets at least this long: a message that is given up may have arrived. */
export const MIN_SEND_TIMEOUT_MS = 500;

/** How long a receiver can still be waited for in this run. */
export function timeLeftMs(runtime: Runtime, { deadlineMs }: DeliveryRun): number {
  return deadlineMs - SETTLING_MS - runtime.now();
}

/** Whose message it is, and, while that channel fails, its fallback. */
export interface Sender {
  readonly channel: Channel;
  readonly row: ChannelRow;
  readonly other: Other | null;
}

/** Claim, send, settle. `overtaken`: look at the row again, nothing came of this message. */
export async function sendMessage(
  { journal, runtime }: DeliveryPorts,
  run: DeliveryRun,
  sender: Sender,
  tally: Tally,
  { message, ...move }: Extract<Plan, { kind: 'send' }>,
): Promise<Outcome['kind'] | 'overtaken'> {
  const { row, other } = sender;
  const { tickId } = run;
  const by = other ?? sender;
  const claimedAtMs = runtime.now();
  const momentNow = (): Moment => ({ tickId, nowMs: runtime.now(), jitter: runtime.random() });
  if (other !== null && !(await countAtOther(other, sender, momentNow(), move.takes)))
    return 'overtaken';
  const claimed = claimMessage(row.state, move, { tickId, nowMs: claimedAtMs });
  if (!(await row.move(claimed))) return 'overtaken';
  const timeoutMs = Math.min(SEND_TIMEOUT_MS, timeLeftMs(runtime, run));
  // Writing the claim took until the end. Left behind, it would label a repeat of nothing.
  if (timeoutMs < MIN_SEND_TIMEOUT_MS) {
    await row.move(releaseClaim(row.state, tickId, move));
    return 'overtaken';
  }
  const outcome = await by.channel.send(message, timeoutMs);
  const record = recordOf(
    message,
    outcome,
    { ...by.row.state, tickId },
    { name: by.channel.name, claimedAtMs },
  );
  // It is written before the cursor moves: what was delivered has its record.
  await recordDelivery({ journal, runtime }, record, tally);
  const settledAt = momentNow();
  const settled = (state: ChannelState): ChannelState =>
    other === null
      ? settle(state, outcome, sender.channel, settledAt, move)
      : settleInPlace(state, outcome, other.channel.name, settledAt, move);
  const isSettled = await settleClaim(row, tickId, settled);
  if (other !== null) await settleAtOther(other, sender, outcome, settledAt, move.takes);
  if (outcome.kind === 'delivered' && outcome.unmentioned !== undefined)
    tally.notes.push(`everyone could not be mentioned: ${outcome.unmentioned}`);
  return outcome.kind === 'delivered' && !isSettled ? 'overtaken' : outcome.kind;
}

/** Before the message: whatever else is sent there meanwhile keeps to the receiver's limit. */
async function countAtOther(
  { channel, row, giveUp }: Other,
  sender: Sender,
  moment: Moment,
  takes?: number,
): Promise<boolean> {
  try {
    return await row.move(countSend(row.state, channel, inPlace(moment, sender), takes));
  } catch (error) {
    giveUp(error);
    return false;
  }
}

/** The fallback's own messages move the row as well. */
async function settleAtOther(
  { channel, row, giveUp }: Other,
  sender: Sender,
  outcome: Outcome,
  moment: Moment,
  takes?: number,
): Promise<void> {
  const settled = (): ChannelState =>
    settleOther(row.state, outcome, channel, inPlace(moment, sender), takes);
  try {
    while (!(await row.move(settled())));
  } catch (error) {
    giveUp(error);
  }
}

/** The run serves the fallback as well, at the same time. Each of both must recognise its own moves of the row. */
function inPlace(moment: Moment, { channel }: Sender): Moment {
  return { ...moment, tickId: `${moment.tickId} ${channel.name}` };
}

/**
 * A record that cannot be written, or not soon, is reported. It must not make a message arrive twice: the
 * claim ends, and so does the tick.
 */
async function recordDelivery(
  { journal, runtime }: { readonly journal: DeliveryLog; readonly runtime: Runtime },
  record: DeliveryRecord,
  { notes }: Tally,
): Promise<void> {
  try {
    await journal.recordDelivery(record, runtime.now() + RECORD_MS);
  } catch (error) {
    notes.push(`the record of a message could not be written: ${reasonOf(error)}`);
  }
}

/** Other runs may store their starts meanwhile; only a claim that was taken over is lost. */
async function settleClaim(
  row: ChannelRow,
  tickId: string,
  settled: (state: ChannelState) => ChannelState,
): Promise<boolean> {
  const untilMs = row.state.claim?.untilMs;
  for (;;) {
    if (await row.move(settled(row.state))) return true;
    const { claim } = row.state;
    if (claim?.tickId !== tickId || claim.untilMs !== untilMs) return false;
  }
}
