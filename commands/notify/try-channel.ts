import type { Message, Outcome } from '../../shared/core/message.ts';
import { isoTime } from '../../shared/core/time.ts';
import { WATCHER } from '../../shared/core/watcher-journal.ts';

/** The message that tries a channel. It is never stored, so the number in its id is its time. */
export function testMessage(nowMs: number): Message {
  const commit = {
    scope: WATCHER.key,
    seq: nowMs,
    atMs: nowMs,
    previousAtMs: null,
    tickId: 'notify',
    changes: [],
    notice: { kind: 'test' },
  } as const;
  return {
    commits: [commit],
    part: { index: 0, count: 1 },
    isRepeat: false,
    withoutUserText: false,
  };
}

/** What became of a message, in words; what its receiver said is behind the colon. */
export function verdictOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'delivered':
      return 'accepted';
    case 'throttled':
      return outcome.lost === true
        ? `NO ANSWER, it may have been shown: ${outcome.reason}`
        : `NOT ACCEPTED, and not before ${isoTime(outcome.untilMs)}: ${outcome.reason}`;
    case 'rejected':
      return `REFUSED, and would be until this is fixed: ${outcome.reason}`;
    case 'retry':
      if (outcome.unmarked === true)
        return `NOT CONFIRMED, it may have been shown: ${outcome.reason}`;
      return outcome.lost
        ? `NO ANSWER, it may have been shown: ${outcome.reason}`
        : `NOT ACCEPTED, and would be sent again: ${outcome.reason}`;
  }
}
