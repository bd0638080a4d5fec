import type { Message } from '../../../core/message.ts';
import { incidentsPast } from '../incidents/ledger.ts';
import { partsOf } from '../message/parts.ts';
import { sentAhead } from '../stuck.ts';
import { waitForBudget } from './budget.ts';
import { MAX_DIGEST_SCOPES } from './ripe.ts';
import type { Circumstances, Draft, Plan } from './stage.ts';

/** Makes one message: of everything for people, of the oldest commit for an endpoint. */
export function group(draft: Draft, circumstances: Circumstances): Plan {
  switch (circumstances.manner.style) {
    case 'digest':
      return oneDigest(draft, circumstances);
    case 'incidents':
      return restOfIncidents(draft, circumstances);
    case 'commits':
      return nextCommit(draft, circumstances);
  }
}

function oneDigest(draft: Draft, { state, manner, nowMs }: Circumstances): Plan {
  const { pending, isRepeat, summary, ripe } = draft;
  const reminders = draft.reminders?.commits ?? [];
  if (ripe === undefined) throw new RangeError('a digest says only what is ripe');
  const { move, standings } = ripe;
  const commits = pending.flat();
  if (commits.length + reminders.length === 0) return { kind: 'skip', ...move };
  const isOver = commits.length === 0 && Object.keys(move.to).length === 0;
  const send = { kind: 'send', ...move, ...(isOver && { isOver }) } as const;
  const { policy, inPlaceOf } = manner;
  const mentions = policy?.mentionsIn([...commits, ...reminders]) ?? [];
  const message: Message = {
    commits,
    part: { index: 0, count: 1 },
    isRepeat,
    withoutUserText: state.withoutUserText,
    ...(standings.length > 0 && { standings }),
    ...(reminders.length > 0 && { reminders }),
    ...(summary && { muted: summary.muted }),
    ...(inPlaceOf && { inPlaceOf }),
    ...(mentions.length > 0 && { mentions }),
  };
  const takes = manner.messagesFor?.(message) ?? 1;
  if (takes === 1) return { ...send, message };
  return waitForBudget(manner, state, nowMs, takes) ?? { ...send, takes, message };
}

/** Everything that has opened and closed no incident, as one digest. */
function restOfIncidents(draft: Draft, { state, nowMs }: Circumstances): Plan {
  const { pending, silent, isRepeat, words = [] } = draft;
  const covered = pending.slice(0, MAX_DIGEST_SCOPES).flat();
  const to = Object.fromEntries(covered.map(({ scope, seq }) => [scope, { seq, part: 0 }]));
  const settled = incidentsPast(state.incidents ?? {}, words, to, nowMs);
  const move = { to, incidents: { settled } };
  const commits = covered.filter((commit) => !silent.has(commit));
  if (commits.length === 0) return { kind: 'skip', ...move };
  const part = { index: 0, count: 1 };
  const { withoutUserText } = state;
  return { kind: 'send', ...move, message: { commits, part, isRepeat, withoutUserText } };
}

/** The oldest pending commit, or the next part of it. */
function nextCommit(draft: Draft, { state, manner }: Circumstances): Plan {
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
  const isLast = index === parts.length - 1;
  const to = isLast ? whole : { [scope]: { seq: seq - 1, part: index + 1 } };
  // The routes send all changes of this part elsewhere, and some of another one here.
  if (commit.all !== undefined && changes.length === 0) return { kind: 'skip', to };
  const mentions = manner.policy?.mentionsIn([{ ...commit, changes }]) ?? [];
  const wasSentAhead = sentAhead(state, false).some(
    (one) => one.scope === scope && one.seq === seq,
  );
  return {
    kind: 'send',
    ...(isAhead && { isAhead }),
    to,
    message: {
      commits: [{ ...commit, changes }],
      part: { index, count: parts.length },
      isRepeat: draft.isRepeat || wasSentAhead,
      withoutUserText: state.withoutUserText,
      ...(mentions.length > 0 && { mentions }),
    },
  };
}
