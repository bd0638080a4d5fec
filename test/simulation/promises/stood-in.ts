import type { Message, Outcome } from '../../../shared/core/message.ts';
import type { Handling } from '../receivers.ts';
import type { LivingRun } from '../run.ts';
import { isWithoutJournal } from './informed.ts';
import type { Results, Truth } from './truth.ts';
import type { Written } from './written.ts';

/** How a channel's own receiver has answered since it last took a message. */
interface Answers {
  /** Its first failure; null: there is none. */
  readonly failingSinceMs: number | null;
  /** It has asked for a pause, last. */
  readonly isPaused: boolean;
}

export interface StoodInPromises {
  /** What became of an attempt, as its sender knows it. */
  onOutcome(channel: string, message: Message, outcome: Outcome): void;
  /** A message of another channel, at its fallback. */
  onMessage(run: LivingRun, channel: string, message: Message, handling: Handling): void;
  /** The line about such messages, at the channel itself. */
  onLine(run: LivingRun, channel: string, message: Message, handling: Handling): void;
  /** A channel's row was written. */
  onChannel(channel: string): void;
  openEnds(): readonly string[];
}

const WORKS: Answers = { failingSinceMs: null, isPaused: false };

/** A fallback takes over from what has failed for long enough, and the channel is sent one line about it. */
export function stoodInPromises(
  truth: Truth,
  { insteadOf }: Written,
  { tally, violated }: Results,
): StoodInPromises {
  const { isSteady, isClockRight, isAddressRight, isRowsRight, nowMs, receivers } = truth;
  const answers = new Map<string, Answers>();
  /** Channel → messages that its fallback took, of which its row says that no line has been sent. */
  const taken = new Map<string, number>();
  /** Channels whose line may have been shown. */
  const maybeSaid = new Set<string>();
  const takenOf = (channel: string): number => taken.get(channel) ?? 0;

  function checkTime(what: string, run: LivingRun, channel: string, owner: string): void {
    const { fallback } = run.rules;
    if (fallback?.channel !== owner || fallback.to !== channel) {
      violated(`${what}: it is no fallback of ${owner}`);
      return;
    }
    if (!isSteady || !isClockRight || !isAddressRight) return;
    const { failingSinceMs, isPaused } = answers.get(owner) ?? WORKS;
    if (failingSinceMs === null || nowMs() < failingSinceMs + fallback.afterMs)
      violated(`${what}: ${owner} has not failed for long enough`);
    if (isPaused) violated(`${what}: ${owner} has asked for a pause`);
  }

  return {
    onOutcome(channel, message, outcome) {
      // Of a message without the journal, no row says what came of it.
      if (message.inPlaceOf !== undefined || isWithoutJournal({ message })) return;
      const { failingSinceMs } = answers.get(channel) ?? WORKS;
      if (outcome.kind === 'delivered') answers.delete(channel);
      else if (outcome.kind === 'throttled')
        answers.set(channel, { failingSinceMs, isPaused: true });
      else answers.set(channel, { failingSinceMs: failingSinceMs ?? nowMs(), isPaused: false });
    },
    onMessage(run, channel, { inPlaceOf, mentions = [] }, { accepted, isAnswered }) {
      if (inPlaceOf === undefined) return;
      const what = `${channel} by ${run.tickId}`;
      checkTime(what, run, channel, inPlaceOf.channel);
      if (mentions.length > 0) violated(`${what}: it mentions people of another receiver`);
      if (!accepted || !isAnswered) return;
      tally.stoodIn += 1;
      taken.set(inPlaceOf.channel, takenOf(inPlaceOf.channel) + 1);
    },
    onLine(run, channel, { instead, isRepeat }, { accepted, isAnswered }) {
      const what = `${channel} by ${run.tickId}`;
      const messages = instead?.messages ?? 0;
      const isWrong = isSteady
        ? messages !== takenOf(channel)
        : messages === 0 || messages > takenOf(channel);
      if (isWrong && isRowsRight)
        violated(`${what}: it says ${messages} went elsewhere, not ${takenOf(channel)}`);
      if (maybeSaid.has(channel) && !isRepeat)
        violated(`${what}: the line may have been shown and has no label`);
      if (accepted || !isAnswered) maybeSaid.add(channel);
    },
    onChannel(channel) {
      if (insteadOf(channel) !== undefined || !maybeSaid.has(channel)) return;
      maybeSaid.delete(channel);
      taken.delete(channel);
    },
    openEnds: () =>
      isRowsRight
        ? receivers.flatMap(({ name }) =>
            insteadOf(name) !== undefined || (isSteady && takenOf(name) > 0)
              ? [`nothing says on ${name} what its fallback was sent`]
              : [],
          )
        : [],
  };
}
