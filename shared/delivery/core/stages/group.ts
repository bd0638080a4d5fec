import { messageOpensAtMs, newsOf } from '../held-news.ts';
import { partsOf } from '../parts.ts';
import { sentAhead } from '../stuck.ts';
import type { Circumstances, Draft, Plan } from './stage.ts';

/**
 * Scopes that one digest covers at most. Its positions are stored twice in the channel's row while
 * its fate is unknown, beside the cursor: at 10,000 scopes with long names the row stays below a
 * megabyte, half of what a cell holds. A longer digest would not be read anyway.
 */
export const MAX_DIGEST_SCOPES = 500;

/** Makes one message: of everything for a chat, of the oldest commit for an endpoint. */
export function group(draft: Draft, circumstances: Circumstances): Plan {
  return circumstances.manner.style === 'digest'
    ? oneDigest(draft, circumstances)
    : nextCommit(draft, circumstances);
}

function oneDigest({ pending, silent, isRepeat }: Draft, circumstances: Circumstances): Plan {
  const { manner, state, nowMs } = circumstances;
  const covered = pending.slice(0, MAX_DIGEST_SCOPES).flat();
  const to = Object.fromEntries(covered.map(({ scope, seq }) => [scope, { seq, part: 0 }]));
  const news = covered.filter((commit) => !silent.has(commit));
  const { commits, standings, held, asOf } = newsOf(
    { commits: news, scopes: Object.keys(to) },
    circumstances,
    isRepeat,
  );
  if (commits.length === 0) return { kind: 'skip', to, held };
  // Where it held only good news, that has waited already, or there was too much of it.
  const untilMs = messageOpensAtMs(manner, state, nowMs, true);
  if (untilMs > nowMs) return { kind: 'wait', untilMs, reason: 'budget' };
  const part = { index: 0, count: 1, firstChange: 0 };
  const { withoutUserText } = state;
  const said = standings.length > 0 && { standings };
  const message = { commits, part, isRepeat, withoutUserText, ...said };
  return { kind: 'send', to, message, held, asOf };
}

/** The oldest pending commit, or the next part of it. */
function nextCommit(draft: Draft, { state }: Circumstances): Plan {
  const { pending, silent, isAhead = false } = draft;
  const commit = pending
    .flatMap((commits) => commits.slice(0, 1))
    .reduce((oldest, candidate) => (candidate.atMs < oldest.atMs ? candidate : oldest));
  const { scope, seq } = commit;
  const whole = { [scope]: { seq, part: 0 } };
  if (silent.has(commit)) return { kind: 'skip', to: whole };
  const parts = partsOf(commit);
  const index = Math.min(state.cursor[scope]?.part ?? 0, parts.length - 1);
  const changes = parts[index] ?? [];
  const firstChange = parts.slice(0, index).reduce((sum, earlier) => sum + earlier.length, 0);
  const isLast = index === parts.length - 1;
  const wasSentAhead = sentAhead(state, false).some(
    (one) => one.scope === scope && one.seq === seq,
  );
  return {
    kind: 'send',
    ...(isAhead && { isAhead }),
    to: isLast ? whole : { [scope]: { seq: seq - 1, part: index + 1 } },
    message: {
      commits: [{ ...commit, changes }],
      part: { index, count: parts.length, firstChange },
      isRepeat: draft.isRepeat || wasSentAhead,
      withoutUserText: state.withoutUserText,
    },
  };
}
