import { type ChannelState, lastReminderMs } from '../../../core/channel-state.ts';
import type { MessageCommit } from '../../../core/message.ts';
import { isCurrent } from '../../../core/note.ts';
import { isFallback } from '../policy/policy.ts';
import type { Circumstances, Manner } from '../stages/stage.ts';
import type { DueReminder } from './due-reminder.ts';
import { messageOpensAtMs } from './held-news.ts';
import { isGoing, withItems } from './muted-news.ts';
import { keyOf } from './settle-news.ts';
import { severityOf } from './severity.ts';

/** Is a channel to be reminded now? Of a quota, reminders take what good news may take. */
export function isReminderDue(
  manner: Manner,
  state: ChannelState,
  reminder: Pick<DueReminder, 'dueMs'> | undefined,
  nowMs: number,
): reminder is DueReminder {
  if (reminder === undefined || manner.style !== 'digest') return false;
  // A fallback stands in for others, and has nothing of its own to say.
  if (isFallback(manner.policy)) return false;
  const isSaid = lastReminderMs(state, nowMs) >= reminder.dueMs;
  return !isSaid && messageOpensAtMs(manner, state, nowMs, false) <= nowMs;
}

/**
 * What a channel is reminded of: what its routes send it as bad, and no mute or note covers. An instance of
 * which more is pending or held back is left out: that says how it is.
 */
export function remindersOf(
  { stops }: DueReminder,
  pending: readonly MessageCommit[],
  { manner: { policy }, state, nowMs }: Circumstances,
): readonly MessageCommit[] {
  const going = (policy?.mutes ?? []).filter(isGoing(nowMs));
  const held = state.held.filter(({ changes }) => changes.length > 0).map(keyOf);
  const coming = pending.flatMap(({ scope, changes, all = changes }) =>
    all.map(({ instanceId }) => keyOf({ scope, instanceId })),
  );
  const said = new Set([...held, ...coming]);
  return stops.flatMap((stop) => {
    // Another run has seen more of this scope, and what it saw was sent.
    if ((state.cursor[stop.scope]?.seq ?? 0) > stop.seq) return [];
    const share = policy === undefined ? stop : policy.share(stop);
    const changes = (share?.changes ?? []).filter(
      (change) =>
        severityOf(change, change.severities) === 'bad' &&
        !(change.note !== undefined && isCurrent(change.note, nowMs)) &&
        !said.has(keyOf({ scope: stop.scope, instanceId: change.instanceId })),
    );
    const kept = withItems(
      { ...stop, changes },
      (item) => !going.some((mute) => mute.covers(item)),
    );
    return kept === null || kept.changes.length === 0 ? [] : [kept];
  });
}
