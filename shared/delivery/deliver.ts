import { type ChannelState, recentlySetAside } from '../core/channel-state.ts';
import { withCredibleTimes } from '../core/credible-times.ts';
import { isoTime } from '../core/time.ts';
import { backoffMs } from '../lib/backoff.ts';
import { reasonOf } from '../ports/reason.ts';
import { type ChannelRow, channelRow } from './channel-row.ts';
import { skipTo } from './core/claim.ts';
import { isLineDue, stateInPlaceOf } from './core/fallback.ts';
import { isAwaited } from './core/news/held-news.ts';
import { dueSummary } from './core/news/muted-news.ts';
import { isReminderDue } from './core/news/reminders.ts';
import { plan } from './core/plan.ts';
import { otherOf } from './other.ts';
import { mutedIn, type Pending, pendingPast } from './pending.ts';
import { addMessage, type ChannelOutcome, type ChannelReport, type Tally } from './report.ts';
import type { DeliveryPorts, DeliveryRun, JournalEnd, ServedChannel } from './run.ts';
import { MIN_SEND_TIMEOUT_MS, sendMessage, timeLeftMs } from './send-message.ts';

/**
 * Pause before another run's claim is looked at again, and the longest one: of two runs, the second
 * goes on as soon as the first is done; of hundreds, each reads the row a few times only.
 */
const FIRST_POLL_MS = 400;
const MAX_POLL_MS = 4_000;

/** Serves one channel. What goes wrong there is reported, and touches no other channel. */
export async function deliver(
  ports: DeliveryPorts,
  run: DeliveryRun,
  channel: ServedChannel,
  ends: readonly JournalEnd[],
): Promise<ChannelReport> {
  const { name } = channel;
  const row = channelRow(ports, run, channel, ends);
  const tally: Tally = { messages: 0, changes: 0, notes: [] };
  const reportOf = (outcome: ChannelOutcome, error: string | null): ChannelReport => ({
    channel: name,
    messages: tally.messages,
    changes: tally.changes,
    outcome,
    backlog: row.backlog,
    ...(error !== null && { error }),
    ...notesOf([...tally.notes, ...setAsideNotes(row.state, ports.runtime.now())]),
  });
  try {
    const outcome = await serve(ports, run, channel, ends, row, tally);
    return reportOf(outcome, row.state.problem);
  } catch (error) {
    run.memory.channels.delete(name);
    return reportOf('error', reasonOf(error));
  }
}

function notesOf(notes: readonly string[]): Pick<ChannelReport, 'notes'> {
  return notes.length === 0 ? {} : { notes };
}

function setAsideNotes(state: ChannelState, nowMs: number): readonly string[] {
  return recentlySetAside(state, nowMs).map(
    ({ scope, seq, atMs, reason }) =>
      `set aside ${scope}/${seq} at ${isoTime(atMs)}, which its receiver never took: ${reason}`,
  );
}

/**
 * Sends a channel what it has not been sent, message by message, until nothing is left, it refuses,
 * or the run's time is over. A channel that is down delays no other: the journal keeps the rest.
 */
async function serve(
  ports: DeliveryPorts,
  run: DeliveryRun,
  channel: ServedChannel,
  ends: readonly JournalEnd[],
  row: ChannelRow,
  tally: Tally,
): Promise<ChannelOutcome> {
  const { journal, runtime } = ports;
  // A cursor only moves forward, so one that was at the end is still there. A row that could not be
  // read is not remembered, and is reported even while there is nothing to deliver.
  const scopes = new Set(ends.map(({ scope }) => scope.key));
  const summaryNow = () => dueSummary(row.state, channel, runtime.now(), scopes);
  const isRemembered = run.memory.channels.has(channel.name);
  const isAwaitedNow =
    summaryNow() !== null ||
    isAwaited(channel, row.state, runtime.now()) ||
    isLineDue(channel, row.state, runtime.now()) ||
    isReminderDue(channel, row.state, run.reminder, runtime.now());
  if (isRemembered && row.backlog === 0 && !isAwaitedNow) return 'idle';
  await row.read();
  const { ignored } = withCredibleTimes(row.state, runtime.now());
  tally.notes.push(...ignored.map((time) => `ignored ${time}: no working clock has written it`));
  let pending: Pending = new Map();
  let polls = 0;
  let refusal: ChannelOutcome | undefined;
  const findOther = otherOf(ports, run, channel, ends, tally.notes);
  const otherNow = () => findOther(row.state, refusal !== undefined);
  while (timeLeftMs(runtime, run) >= MIN_SEND_TIMEOUT_MS) {
    const due = summaryNow();
    const { cursor } = row.state;
    pending =
      due === null
        ? await pendingPast(cursor, pending, journal, ends)
        : await mutedIn(due.after, cursor, journal, ends);
    const other = await otherNow();
    const { tickId, reminder } = run;
    const moment = { tickId, nowMs: runtime.now(), ...(reminder && { reminder }) };
    const next =
      other === null
        ? plan(channel, row.state, pending, moment)
        : plan(other.manner, stateInPlaceOf(row.state, other.row.state), pending, moment);
    if (next.kind === 'idle') return refusal ?? (tally.messages > 0 ? 'delivered' : 'idle');
    if (next.kind === 'skip') {
      await row.move(skipTo(row.state, next, run.tickId));
    } else if (next.kind === 'send') {
      // What was refused in this run has to wait; only others may pass it.
      if (refusal !== undefined && other === null && next.isAhead !== true) return refusal;
      const result = await sendMessage(ports, run, { channel, row, other }, tally, next);
      if (row.state.stuck === null && other === null) refusal = undefined;
      if (result === 'delivered') addMessage(tally, next.message);
      else if (result !== 'overtaken') {
        refusal = other === null ? result : (refusal ?? result);
        const isOver = other !== null || (await otherNow()) === null;
        if (isOver && row.state.stuck?.isPassing !== true) return refusal;
      }
    } else if (next.reason === 'claim') {
      // The other run is sending, or died while it was: a matter of seconds.
      polls += 1;
      const pauseMs = Math.min(MAX_POLL_MS, backoffMs(FIRST_POLL_MS, polls, runtime.random));
      const leftMs = Math.min(next.untilMs - runtime.now(), timeLeftMs(runtime, run));
      await runtime.sleep(Math.min(pauseMs, leftMs));
      await row.read();
    } else {
      if (next.reason === 'quota')
        tally.notes.push(`its quota leaves no message before ${isoTime(next.untilMs)}`);
      await row.saveStarts();
      return refusal ?? (row.state.failures > 0 ? 'retry' : 'waiting');
    }
  }
  await row.saveStarts();
  return 'waiting';
}
