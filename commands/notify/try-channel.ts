import { isEveryone } from '../../shared/channels/kind.ts';
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
    mentions: idsOf(mentioned),
  };
}

/** The people that a test has mentioned, and the others of the channel's routes. */
export interface Tried {
  readonly shown: readonly Mentioned[];
  readonly missing: readonly Mentioned[];
  /** One message mentions so many people at most, and these are beyond. */
  readonly beyond: readonly Mentioned[];
}

/** `outcome`: of the test; a receiver may have taken the message and not the mention of everyone. */
export function triedOf(mentioned: readonly Mentioned[], outcome: Outcome): Tried {
  const sent = idsOf(mentioned);
  const isEveryoneLost = outcome.kind === 'delivered' && outcome.unmentioned !== undefined;
  const known = mentioned.filter(
    ({ id }) => id !== undefined && !(isEveryoneLost && isEveryone(id)),
  );
  const isSent = ({ id }: Mentioned): boolean => id !== undefined && sent.includes(id);
  return {
    shown: known.filter(isSent),
    missing: mentioned.filter(({ id }) => id === undefined),
    beyond: known.filter((one) => !isSent(one)),
  };
}

function idsOf(mentioned: readonly Mentioned[]): readonly string[] {
  return [...new Set(mentioned.flatMap(({ id }) => id ?? []))].slice(0, MAX_MENTIONS);
}

/** How a channel mentions people. */
interface Manner {
  /** By which ids; undefined: its kind mentions no one. */
  readonly ids: string | undefined;
  /** The channels whose messages it is sent, and nothing else. */
  readonly standsInFor?: readonly string[];
}

/**
 * Who should have been mentioned, and what to ask them: a chat may show a mention without a push.
 * Source: ccfos/nightingale#1851. Empty: the routes of the channel mention no one.
 */
export function mentionsText(
  { shown, missing, beyond }: Tried,
  { ids, standsInFor = [] }: Manner,
): readonly string[] {
  const place = standsInFor.length === 0 ? '' : `in place of ${standsInFor.join(' or ')}, `;
  const unfit = missing.filter((one) => one.unfit !== undefined);
  const unknown = missing.filter((one) => one.unfit === undefined).map(({ name }) => name);
  if (ids === undefined) {
    const names = [...shown, ...missing, ...beyond].map(({ name }) => name);
    return names.length === 0
      ? []
      : [`${place}it cannot mention anyone, so not ${names.join(', ')}`];
  }
  return [
    ...(shown.length === 0
      ? []
      : [
          `${place}it mentions ${shown.map(nameAndId).join(', ')}. Ask each of them whether a phone has rung: ` +
            'a chat can show a mention and push nothing, above all for an id that is not in the group',
        ]),
    ...(unknown.length === 0
      ? []
      : [
          `${place}it does not mention ${unknown.join(', ')}: under people, no id is given for this kind (${ids})`,
        ]),
    ...unfit.map(
      (one) =>
        `${place}it does not mention ${nameAndId(one)}: that is not ${ids}, which it could mention`,
    ),
    ...(beyond.length === 0
      ? []
      : [
          `not tried: ${beyond.map(nameAndId).join(', ')}, since one message mentions ${MAX_MENTIONS} people at most`,
        ]),
  ];
}

function nameAndId({ name, id, unfit }: Mentioned): string {
  const known = id ?? unfit ?? name;
  return known === name ? name : `${name} (${known})`;
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
  { shown }: Tried,
  ask: ((question: string) => Promise<string | undefined>) | undefined,
): Promise<boolean | undefined> {
  const names = shown.map(({ name }) => name);
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
