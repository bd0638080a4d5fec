import type { Message, Outcome } from '../../shared/core/message.ts';
import { isoTime } from '../../shared/core/time.ts';
import { WATCHER } from '../../shared/core/watcher-journal.ts';
import { MAX_MENTIONS, type Mentioned } from '../../shared/delivery/core/policy/policy.ts';

/** The message that tries a channel. It is never stored, so the number in its id is its time. */
export function testMessage(nowMs: number, mentioned: readonly Mentioned[] = []): Message {
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
    mentions: mentioned.flatMap(({ id }) => id ?? []).slice(0, MAX_MENTIONS),
  };
}

/**
 * Who should have been mentioned, and what to ask them: a chat may show a mention without a push.
 * Source: ccfos/nightingale#1851. Empty: the routes of the channel mention no one.
 */
export function mentionsText(mentioned: readonly Mentioned[]): readonly string[] {
  const shown = mentioned.filter(({ id }) => id !== undefined);
  const missing = mentioned.filter(({ id }) => id === undefined).map(({ name }) => name);
  const named = shown.map(({ name, id }) => (id === name ? name : `${name} (${id})`));
  return [
    ...(shown.length === 0
      ? []
      : [
          `it mentions ${named.join(', ')}. Ask each of them whether a phone has rung: a chat can show a ` +
            'mention and push nothing, above all for an id that is not in the group',
        ]),
    ...(missing.length === 0 ? [] : [`people has no id here of ${missing.join(', ')}`]),
  ];
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
