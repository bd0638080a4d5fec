import { messageOpensAtMs, newsOf, summaryNewsOf } from '../news/held-news.ts';
import type { Move, Stage } from './stage.ts';

/**
 * Scopes that one digest covers at most. Its positions are stored twice in the channel's row while
 * its fate is unknown, beside the cursor: at 10,000 scopes with long names the row stays below a
 * megabyte, half of what a cell holds. A longer digest would not be read anyway.
 */
export const MAX_DIGEST_SCOPES = 500;

/** Parts what a chat is sent now from what is held back until it is ripe, and asks for the quota. */
export const ripe: Stage = (draft, circumstances) => {
  const { manner, state, nowMs } = circumstances;
  if (manner.style !== 'digest') return draft;
  const { pending, silent, elsewhere = [], isRepeat, summary, holds, reminders } = draft;
  const isReminded = reminders !== undefined && reminders.commits.length > 0;
  // The positions of a summary are few: a mute holds back in so many scopes only.
  const covered = pending.slice(0, summary === undefined ? MAX_DIGEST_SCOPES : undefined).flat();
  const to =
    summary?.to ?? Object.fromEntries(covered.map(({ scope, seq }) => [scope, { seq, part: 0 }]));
  const news = covered.filter((commit) => !silent.has(commit));
  // What comes behind the message has not ended anything yet.
  const ended = elsewhere.filter(({ scope, seq }) => seq <= (to[scope]?.seq ?? 0));
  const { commits, standings, held, asOf, isInDoubt } =
    summary === undefined
      ? newsOf(
          { commits: news, elsewhere: ended, scopes: Object.keys(to) },
          circumstances,
          isRepeat,
          // A reminder is a message in any case, and takes along what every message does.
          isReminded ? 'ripe' : null,
        )
      : summaryNewsOf(news, circumstances);
  if (commits.length > 0) {
    // Where it held only good news, that has waited already, or there was too much of it.
    const untilMs = messageOpensAtMs(manner, state, nowMs, true);
    if (untilMs > nowMs) return { kind: 'wait', untilMs, reason: 'quota' };
  }
  const move: Move = {
    to,
    held,
    ...(asOf && { asOf }),
    ...(holds && { holds }),
    ...(summary && { mutes: summary.mutes }),
    ...(reminders && { reminds: reminders.dueMs }),
  };
  return {
    ...draft,
    pending: [commits],
    isRepeat: isRepeat || isInDoubt,
    ripe: { move, standings },
  };
};
