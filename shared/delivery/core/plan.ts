import type { ChannelState } from '../../core/channel-state.ts';
import { withCredibleTimes } from '../../core/credible-times.ts';
import type { Commit } from '../../core/model.ts';
import { isLineDue } from './fallback.ts';
import { isAwaited } from './news/held-news.ts';
import { dueSummary, summaryDraft } from './news/muted-news.ts';
import { isReminderDue } from './news/reminders.ts';
import { budget } from './stages/budget.ts';
import { detour } from './stages/detour.ts';
import { group } from './stages/group.ts';
import { incidents } from './stages/incidents.ts';
import { insteadLine } from './stages/instead-line.ts';
import { mute } from './stages/mute.ts';
import { news } from './stages/news.ts';
import { remind } from './stages/remind.ts';
import { repeat } from './stages/repeat.ts';
import { ripe } from './stages/ripe.ts';
import { route } from './stages/route.ts';
import type { Circumstances, Draft, Manner, Plan, Stage } from './stages/stage.ts';
import { turn } from './stages/turn.ts';

/** In this order, before `group` makes the message. A new stage is a file and a place here. */
const STAGES: readonly Stage[] = [
  route,
  mute,
  detour,
  turn,
  budget,
  insteadLine,
  incidents,
  repeat,
  news,
  remind,
  ripe,
];

/**
 * Decides the next message of a channel. `pending`: scope → the commits past its cursor, or, while
 * something that was held back is due (`dueSummary`), those that hold it.
 */
export function plan(
  manner: Manner,
  stored: ChannelState,
  pending: ReadonlyMap<string, readonly Commit[]>,
  { tickId, nowMs, reminder }: Omit<Circumstances, 'manner' | 'state'>,
): Plan {
  const { state } = withCredibleTimes(stored, nowMs);
  const circumstances = { manner, state, tickId, nowMs, ...(reminder && { reminder }) };
  const waiting = [...pending.values()].filter((commits) => commits.length > 0);
  const due = dueSummary(state, manner, nowMs, new Set(pending.keys()));
  const isDue =
    due !== null ||
    isAwaited(manner, state, nowMs) ||
    isLineDue(manner, state, nowMs) ||
    isReminderDue(manner, state, reminder, nowMs);
  if (waiting.length === 0 && !isDue) return { kind: 'idle' };
  let draft: Draft =
    due === null
      ? { kind: 'draft', pending: waiting, silent: new Set(), isRepeat: false }
      : summaryDraft(due, state, pending, manner);
  for (const stage of STAGES) {
    const result = stage(draft, circumstances);
    if (result.kind !== 'draft') return result;
    draft = result;
  }
  return group(draft, circumstances);
}
