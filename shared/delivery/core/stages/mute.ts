import type { AllMutedNews, Cursor, MutedNews } from '../../../core/channel-state.ts';
import type { MessageCommit } from '../../../core/message.ts';
import { own } from '../../../core/own.ts';
import { mayHaveArrived, mutedBefore } from '../claim.ts';
import { MAX_MUTED_SCOPES, wasMuted, withItems } from '../news/muted-news.ts';
import { keyOf } from '../news/settle-news.ts';
import type { Interval } from '../policy/mutes.ts';
import type { ChannelMute } from '../policy/policy.ts';
import { isWithin } from './repeat.ts';
import { type Circumstances, type Draft, leftOut, type Stage } from './stage.ts';

/**
 * Takes out what a mute holds back; when it is over, leaves only that, and what has happened to the same
 * instances since. An endpoint is never
 * muted: a program has no nights, and would have to put the pieces of a commit together.
 */
export const mute: Stage = (draft, circumstances) => {
  const { manner, state, nowMs } = circumstances;
  if (manner.style !== 'digest') return draft;
  const going = (manner.policy?.mutes ?? []).flatMap((each) => {
    const interval = each.intervalAt(nowMs);
    return interval === null ? [] : [holder(each, interval, circumstances)];
  });
  const { summary } = draft;
  const wasHeld = summary === undefined ? () => true : wasMuted(summary, state, manner);
  if (going.length === 0 && summary === undefined) return draft;
  /** Instances of which the summary says something. */
  const summarised = new Set<string>();
  const left = keep(draft, (commit) => {
    const able = going.filter((each) => each.hasRoomFor(commit));
    return withItems(commit, (item) => {
      const instance = item.instanceId && keyOf({ ...commit, instanceId: item.instanceId });
      const covering = able.filter((each) => each.mute.covers(item));
      if (!wasHeld(item)) {
        // What was sent since is the end of the story: the summary says how things stand now.
        return covering.length === 0 && instance !== undefined && summarised.has(instance);
      }
      if (instance !== undefined && covering.length === 0) summarised.add(instance);
      // Each of them has to remember it: the one that ends last sends it. A summary leaves to them
      // what they hold as well, though they began after it was held.
      for (const each of covering) each.hold(commit, summary !== undefined);
      return covering.length === 0;
    });
  });
  const holds = Object.fromEntries(going.flatMap((each) => each.entries()));
  return { ...left, ...(Object.keys(holds).length > 0 && { holds }) };
};

/** A mute that is going on, and what it holds. */
interface Holder {
  readonly mute: ChannelMute;
  hasRoomFor(commit: MessageCommit): boolean;
  /** `isLate`: of the same time, the channel was sent what no mute held then. */
  hold(commit: MessageCommit, isLate: boolean): void;
  /** What it holds now; none where this draft adds nothing. */
  entries(): readonly (readonly [name: string, muted: MutedNews])[];
}

function holder(mute: ChannelMute, interval: Interval, { manner, state }: Circumstances): Holder {
  const version = manner.policy?.version ?? '';
  const reach: Cursor = mayHaveArrived(state);
  const before: AllMutedNews = mutedBefore(state);
  const known = own(before, mute.name);
  const after = new Map(Object.entries(known?.after ?? {}));
  let isAdded = false;
  let isMaybeSent = known?.isMaybeSent === true;
  return {
    mute,
    hasRoomFor: ({ scope }) => after.has(scope) || after.size < MAX_MUTED_SCOPES,
    hold(commit, isLate) {
      const { scope, seq } = commit;
      const begin = Math.min(after.get(scope) ?? seq, seq - 1);
      const isEarlier = begin !== after.get(scope);
      // What it knew of already was not sent in the meantime.
      isMaybeSent ||= (isLate && isEarlier) || isWithin(commit, reach);
      isAdded ||= isEarlier;
      after.set(scope, begin);
    },
    entries() {
      const isNew = isAdded || known === undefined || isMaybeSent !== (known.isMaybeSent === true);
      if (after.size === 0 || (!isNew && interval.untilMs === known.untilMs)) return [];
      const muted: MutedNews = {
        // MutedNews under other rules: the summary takes everything of the time.
        policy: known === undefined || known.policy === version ? version : '',
        fromMs: Math.min(interval.fromMs, known?.fromMs ?? interval.fromMs),
        untilMs: Math.max(interval.untilMs, known?.untilMs ?? interval.untilMs),
        ...(isMaybeSent && { isMaybeSent: true as const }),
        after: Object.fromEntries(after),
      };
      return [[mute.name, muted]];
    },
  };
}

/** The draft with other commits; of those that are null, the cursor passes the whole. */
function keep(draft: Draft, keepOf: (commit: MessageCommit) => MessageCommit | null): Draft {
  const silent = new Set(draft.silent);
  const elsewhere = [...(draft.elsewhere ?? [])];
  const pending = draft.pending.map((commits) =>
    commits.map((commit) => {
      if (silent.has(commit)) return commit;
      const kept = keepOf(commit);
      if (kept === null) silent.add(commit);
      // A summary leaves out what was said before.
      if (draft.summary === undefined) elsewhere.push(...leftOut(commit, kept));
      return kept ?? commit;
    }),
  );
  return { ...draft, pending, silent, elsewhere };
}
