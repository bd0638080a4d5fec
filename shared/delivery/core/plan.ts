import type { ChannelState } from '../../core/channel-state.ts';
import { withCredibleTimes } from '../../core/credible-times.ts';
import type { Commit } from '../../core/model.ts';
import { isAwaited } from './held-news.ts';
import { budget } from './stages/budget.ts';
import { detour } from './stages/detour.ts';
import { group } from './stages/group.ts';
import { news } from './stages/news.ts';
import { repeat } from './stages/repeat.ts';
import type { Draft, Manner, Plan, Stage } from './stages/stage.ts';
import { turn } from './stages/turn.ts';

/** In this order, before `group` makes the message. A new stage is a file and a place here. */
const STAGES: readonly Stage[] = [detour, turn, budget, repeat, news];

/** Decides the next message of a channel. `pending`: scope → the commits past its cursor. */
export function plan(
  manner: Manner,
  stored: ChannelState,
  pending: ReadonlyMap<string, readonly Commit[]>,
  { tickId, nowMs }: { readonly tickId: string; readonly nowMs: number },
): Plan {
  const { state } = withCredibleTimes(stored, nowMs);
  const circumstances = { manner, state, tickId, nowMs };
  const waiting = [...pending.values()].filter((commits) => commits.length > 0);
  if (waiting.length === 0 && !isAwaited(manner, state, nowMs)) return { kind: 'idle' };
  let draft: Draft = { kind: 'draft', pending: waiting, silent: new Set(), isRepeat: false };
  for (const stage of STAGES) {
    const result = stage(draft, circumstances);
    if (result.kind !== 'draft') return result;
    draft = result;
  }
  return group(draft, circumstances);
}
