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
 * Source: ccfos/nightingale#1851. Empty: the routes of the channel mention no one. `peopleIds`: by which
 * ids the receiver mentions people; undefined: by none.
 */
export function mentionsText(
  mentioned: readonly Mentioned[],
  peopleIds: string | undefined,
): readonly string[] {
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
    ...(missing.length === 0 ? [] : [missingText(missing.join(', '), peopleIds)]),
  ];
}

/** `peopleIds`: undefined where the kind of channel can mention no one. */
function missingText(names: string, peopleIds: string | undefined): string {
  return peopleIds === undefined
    ? `it cannot mention anyone, so not ${names}`
    : `it does not mention ${names}: under people, no id is given for this kind (${peopleIds})`;
}

/** What to look at if a mention has reached no phone. `peopleIds`: by which ids the receiver mentions people. */
export function mentionAdvice(channel: string, peopleIds: string | undefined): string {
  const ids = peopleIds === undefined ? '' : ` (${peopleIds})`;
  return (
    `${channel}: not confirmed. Check that each id is the one that the service gives the person${ids}, that the ` +
    'person is in the group, and that the phone lets the app notify and has not muted the group. Ids are under ' +
    'people, or in the routes, of the file at WATCH_CONFIG.'
  );
}

/**
 * Asks whether all who were mentioned have heard it. Undefined: no one was mentioned, or no one can be asked.
 * `ask`: absent where there is no terminal, or nothing is to be asked.
 */
export async function confirmMentions(
  channel: string,
  mentioned: readonly Mentioned[],
  ask: ((question: string) => Promise<string | undefined>) | undefined,
): Promise<boolean | undefined> {
  const names = mentioned.filter(({ id }) => id !== undefined).map(({ name }) => name);
  if (names.length === 0 || ask === undefined) return undefined;
  const answer = await ask(`${channel}: have the phones of ${names.join(', ')} rung? [y/n] `);
  return answer !== undefined && /^y(?:es)?$/iu.test(answer.trim());
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
