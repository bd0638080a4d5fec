import type { Word } from '../../../core/incident.ts';
import type { Message, MessageCommit } from '../../../core/message.ts';
import {
  type DueEvent,
  mayHaveBegun,
  nextEvent,
  saidBy,
  withIncident,
} from '../incidents/ledger.ts';
import { troubleIn, wordsIn } from '../incidents/words.ts';
import { withItems } from '../news/muted-news.ts';
import type { Circumstances, Draft, Plan, Stage } from './stage.ts';

/**
 * For a receiver of incidents: opens and closes one incident at a time, until the receiver knows of all that is
 * pending, and leaves the rest of it. What is open is part of the channel's row, so that it moves with the
 * cursor: to know of a storm whether all is up again, no journal has to be read from its beginning.
 */
export const incidents: Stage = (draft, circumstances) => {
  const { manner, state, nowMs } = circumstances;
  if (manner.style !== 'incidents') return draft;
  const known = state.incidents ?? {};
  const isRouted = (commit: MessageCommit): boolean => !draft.silent.has(commit);
  const words = draft.pending
    .flat()
    .flatMap((commit) => wordsIn(commit, isRouted(commit), manner.name));
  const due = nextEvent(known, words, nowMs);
  return due === null ? restOf(draft, words, circumstances) : eventOf(draft, due, circumstances);
};

function eventOf(draft: Draft, due: DueEvent, { state }: Circumstances): Plan {
  const { event, claimed, settled, isRepeat } = due;
  const before = state.incidents ?? {};
  const message: Message = {
    commits: draft.pending
      .flat()
      .flatMap((commit) => shareOf(commit, due, !draft.silent.has(commit)) ?? []),
    part: { index: 0, count: 1 },
    isRepeat,
    withoutUserText: state.withoutUserText,
    incident: event,
  };
  return {
    kind: 'send',
    // The cursor stays: the same event may be sent twice without harm, and the rest is still to be sent.
    to: {},
    incidents: {
      claimed: withIncident(before, event, claimed),
      settled: withIncident(before, event, settled),
      before,
    },
    message,
  };
}

/** What a commit says of the subject of an event: that it is over, whatever the routes leave of it. */
function shareOf(
  commit: MessageCommit,
  { event: { action, scope, subject }, instances = new Set([subject]) }: DueEvent,
  isRouted: boolean,
): MessageCommit | null {
  const { changes, all = changes, notice } = commit;
  if (commit.scope !== scope || (action === 'trigger' && !isRouted)) return null;
  if (notice !== undefined) return troubleIn(notice)?.subject === subject ? commit : null;
  const said = action === 'trigger' ? changes : all;
  const kept = said.filter(({ instanceId }) => instances.has(instanceId));
  return kept.length === 0 ? null : { ...commit, changes: kept };
}

/** What no event has said. */
function restOf(draft: Draft, words: readonly Word[], { manner, state }: Circumstances): Draft {
  const last = new Map(words.map((word) => [`${word.scope} ${word.subject}`, word]));
  const known = state.incidents ?? {};
  const isSaid = saidBy(known);
  // What follows the last word, such as that an instance is on its way again, is not part of it.
  const isKnown = ({ scope, seq }: MessageCommit, subject: string): boolean => {
    const word = last.get(`${scope} ${subject}`);
    return word !== undefined && seq <= word.seq && isSaid(word);
  };
  const silent = new Set(draft.silent);
  const pending = draft.pending.map((commits) =>
    commits.map((commit) => {
      if (silent.has(commit)) return commit;
      const rest = withItems(commit, ({ instanceId: subject = subjectsIn(commit)[0] }) => {
        return subject === undefined || !isKnown(commit, subject);
      });
      const left = rest ?? commit;
      if (rest === null || manner.incidentsOnly === true) silent.add(left);
      return left;
    }),
  );
  const isRepeat = pending
    .flat()
    .filter((commit) => !silent.has(commit))
    .some((commit) =>
      subjectsIn(commit).some((subject) => mayHaveBegun(known, commit.scope, subject)),
    );
  return { ...draft, pending, silent, words, isRepeat: draft.isRepeat || isRepeat };
}

function subjectsIn({ notice, changes }: MessageCommit): readonly string[] {
  if (notice === undefined) return changes.map(({ instanceId }) => instanceId);
  const trouble = troubleIn(notice);
  return trouble === null ? [] : [trouble.subject];
}
