import { type ChannelState, failingSince, recentlySetAside } from '../../../core/channel-state.ts';
import { withCredibleTimes } from '../../../core/credible-times.ts';
import { withoutPastFailure } from '../../../core/past-failure.ts';
import { counted } from '../../../core/text.ts';
import { isoTime, MAX_CLOCK_DIFFERENCE_MS } from '../../../core/time.ts';
import { deliverableCommits, registeredState } from '../backlog.ts';
import { clean, type Finding, isAre, NOTHING_TO_DO, note, problem } from '../finding.ts';
import type { ChannelRecord, ScopeRecord } from '../records.ts';
import { examinePosition } from './position.ts';

/** A channel against the journals that it reads. */
export function* examineChannel(
  record: ChannelRecord,
  scopes: readonly ScopeRecord[],
  nowMs: number,
): Generator<Finding> {
  const state = registeredState(record, scopes);
  if (state === null) {
    yield note(
      'not-joined',
      'It is configured, but not registered yet.',
      'The next tick registers it; it receives what is recorded from then on.',
    );
  } else if (!record.isConfigured) {
    // A channel that was switched off on purpose owes nothing.
    yield note(
      'not-configured',
      'It was served before, but no variable configures it here: it is sent nothing.',
      `Set its variables or WATCH_CONFIG again. If it was removed on purpose, delete the row with scope "channels" and item "${clean(record.channel)}" in the state table.`,
    );
  } else if ('unreadable' in state) {
    yield problem(
      'channel-unreadable',
      `Its row cannot be read: ${clean(state.unreadable)}. Nothing is delivered to it.`,
      'Correct the row in the Tablestore console, or restore it from a backup. If neither is possible, delete it: the next tick registers the channel, which receives what is recorded from then on.',
    );
  } else {
    for (const scope of scopes) yield* examinePosition(state.value, scope);
    yield* examineDelivery(state.value, deliverableCommits(state.value, scopes), nowMs);
  }
}

function* examineDelivery(
  stored: ChannelState,
  commits: number,
  nowMs: number,
): Generator<Finding> {
  const { state: credible, ignored } = withCredibleTimes(stored, nowMs);
  const state = commits === 0 ? withoutPastFailure(credible, nowMs) : credible;
  const { claim, failures, problem: reason, notBeforeMs, attemptedAtMs } = state;
  if (commits > 0) {
    yield note(
      'backlog',
      `${counted(commits, 'commit')} ${isAre(commits)} still to be delivered.`,
      'The next ticks deliver them, in order.',
      { commits },
    );
  }
  if (claim !== null && claim.untilMs > nowMs) {
    const { tickId, untilMs } = claim;
    yield note(
      'sending',
      `Tick ${clean(tickId)} is sending a message right now, or died while it was (until ${isoTime(untilMs)}).`,
      NOTHING_TO_DO,
      { tickId, untilMs },
    );
  } else if (claim !== null) {
    const { tickId } = claim;
    yield note(
      'claim-left',
      `The answer to the message of tick ${clean(tickId)} was lost, or the tick died: the message may have arrived.`,
      'The next tick sends the news in it again, labelled as a possible repeat. A reminder is not sent again.',
      { tickId },
    );
  }
  if (failures > 0) {
    const sinceMs = failingSince(state);
    const since = sinceMs === null ? '' : `, since ${isoTime(sinceMs)}`;
    yield problem(
      'not-delivered',
      `The last ${failures === 1 ? 'attempt' : `${failures} attempts`} failed${since}: ${reason === null ? 'no reason is stored' : clean(reason)}.`,
      `Fix the cause. The next attempt is made ${notBeforeMs === 0 ? 'with the next tick' : `after ${isoTime(notBeforeMs)}`}.`,
      { failures, sinceMs, problem: reason, notBeforeMs },
    );
  }
  for (const { scope, seq, atMs, reason: last } of recentlySetAside(state, nowMs)) {
    yield problem(
      'set-aside',
      `Commit ${seq} of ${clean(scope)} was set aside at ${isoTime(atMs)}: its receiver refused it and took later ones (${clean(last)}).`,
      'It is not sent again. Look it up in /changes of the view, and find out why the receiver refuses it.',
      { scope, seq, atMs },
    );
  }
  if (attemptedAtMs > nowMs + MAX_CLOCK_DIFFERENCE_MS) {
    yield problem(
      'attempt-ahead',
      `Its last attempt is dated ${isoTime(attemptedAtMs)}, which is in the future: the clock of the watcher or of this machine is wrong.`,
      'Set the clock. The next tick waits for none of these times.',
      { attemptedAtMs },
    );
  } else if (ignored.length > 0) {
    yield problem(
      'time-ahead',
      `Its row holds times that no working clock has written: ${ignored.join(', ')}.`,
      'Nothing to do for the channel: ticks wait for none of these times, and its next message replaces them. If a clock was wrong, set it.',
      { ignored },
    );
  }
}
