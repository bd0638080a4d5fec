import type { ChannelState } from '../../../core/channel-state.ts';
import { counted } from '../../../core/text.ts';
import { lostCommits, positionIn } from '../backlog.ts';
import { type Finding, isAre, note, problem } from '../finding.ts';
import type { ScopeRecord } from '../records.ts';

/** A channel's position against the journal of one scope. */
export function* examinePosition(state: ChannelState, record: ScopeRecord): Generator<Finding> {
  const { scope, extent } = record;
  const { endSeq } = extent;
  const position = positionIn(state, record);
  if (position === undefined) {
    if (endSeq > 0) {
      yield note(
        'no-place',
        `It is not registered in the journal of ${scope} yet.`,
        'The next tick registers it there; it receives what is recorded from then on.',
        { scope },
      );
    }
  } else if (position.seq > endSeq) {
    yield problem(
      'cursor-past-end',
      `Its cursor is at commit ${position.seq} of ${scope}, but that journal ends at commit ${endSeq}.`,
      'Nothing to do for the channel: the next instance of the function that starts sets it back to that end. Find out what removed rows of the journal table.',
      { scope, seq: position.seq, endSeq },
    );
  } else {
    yield* examineRest(position.seq, state, record);
  }
}

/** What a channel cannot be sent of the commits past `seq`, or may have been sent already. */
function* examineRest(
  seq: number,
  { maybeDelivered }: ChannelState,
  record: ScopeRecord,
): Generator<Finding> {
  const { scope, inconsistencies } = record;
  const commits = lostCommits(record, seq);
  if (commits > 0) {
    yield problem(
      'never-told',
      `${counted(commits, 'commit')} of ${scope} past its cursor ${isAre(commits)} no longer kept, and can never be delivered.`,
      'The channel continues with what is left. If it was down for longer than the journal is kept, compare the page with what the team knows.',
      { scope, commits },
    );
  }
  const unreadable = inconsistencies.find(
    (item) => item.kind === 'unreadable-commit' && item.seq > seq,
  );
  if (unreadable !== undefined) {
    yield problem(
      'blocked',
      `Commit ${unreadable.seq} of ${scope} is past its cursor and cannot be read: nothing is delivered until it can.`,
      'Fix that commit, as described above for its scope.',
      { scope, seq: unreadable.seq },
    );
  }
  const repeated = maybeDelivered[scope];
  if (repeated !== undefined) {
    yield note(
      'in-doubt',
      `What was recorded in ${scope} up to commit ${repeated.seq} may have arrived: the answer was lost.`,
      'It is sent again, labelled as a possible repeat.',
      { scope, seq: repeated.seq },
    );
  }
}
