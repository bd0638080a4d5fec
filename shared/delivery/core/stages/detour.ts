import { type Stuck, seqOf } from '../../../core/channel-state.ts';
import type { MessageCommit } from '../../../core/message.ts';
import { partsOf } from '../message/parts.ts';
import { sentAhead } from '../stuck.ts';
import type { Stage } from './stage.ts';

/** Lets an event of other instances pass a stuck one, and sends none twice that has passed. */
export const detour: Stage = (draft, { manner, state }) => {
  const sent = sentAhead(state, false).filter(({ isSure }) => isSure);
  const passed = draft.pending
    .flat()
    .filter((commit) =>
      sent.some(({ scope, seq }) => scope === commit.scope && seq === commit.seq),
    );
  const left = { ...draft, silent: new Set([...draft.silent, ...passed]) };
  const { stuck } = state;
  if (stuck === null || !stuck.isPassing || manner.style !== 'commits') return left;
  const others = draft.pending.flatMap((commits) => firstOther(commits, stuck, left.silent) ?? []);
  const [first] = others.sort((one, other) => one.atMs - other.atMs);
  if (first === undefined) return left;
  return { ...left, pending: [[first]], isAhead: true };
};

/** The first commit with none of the instances that wait before it: each one's order is kept. */
function firstOther(
  commits: readonly MessageCommit[],
  stuck: Stuck,
  passed: ReadonlySet<MessageCommit>,
): MessageCommit | undefined {
  const waiting = new Set<string>();
  for (const commit of commits) {
    if (passed.has(commit)) continue;
    const { scope, seq, notice, changes } = commit;
    const isStuck = scope === stuck.scope && seq === seqOf(stuck.to);
    const isFree = !changes.some(({ instanceId }) => waiting.has(instanceId));
    const isWhole = notice === undefined && changes.length > 0 && partsOf(commit).length === 1;
    if (!isStuck && isFree && isWhole) return commit;
    for (const { instanceId } of changes) waiting.add(instanceId);
  }
  return undefined;
}
