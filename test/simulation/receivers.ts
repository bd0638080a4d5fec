import type { Message, Outcome } from '../../shared/core/message.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import { exchange, type LivingRun } from './run.ts';
import type { Weather } from './weather.ts';

export interface Receiver {
  readonly name: string;
  readonly style: Channel['style'];
  readonly messagesPerMinute: number;
}

/** Three receivers of both styles; one of them counts messages. */
export const RECEIVERS: readonly Receiver[] = [
  { name: 'dingtalk', style: 'digest', messagesPerMinute: 18 },
  { name: 'slack', style: 'digest', messagesPerMinute: 50 },
  { name: 'webhook', style: 'commits', messagesPerMinute: Number.POSITIVE_INFINITY },
];

/** What became of a message: whether it was taken, and whether its sender hears of that. */
export interface Fate {
  readonly accepted: boolean;
  readonly isHeard: boolean;
}

/** Told of each message that is sent. */
export type OnMessage = (run: LivingRun, channel: string, message: Message, fate: Fate) => void;

/** The longest that the adapters over real receivers wait. */
const PATIENCE_MS = 10_000;
const MAX_MUTE_MS = 600_000;

/** A receiver as one run reaches it. */
export function simulatedChannel(
  run: LivingRun,
  receiver: Receiver,
  { channels: weather }: Weather,
  isDown: boolean,
  onMessage: OnMessage,
): Channel {
  const { random, runtime } = run;
  const refused = { kind: 'retry', reason: 'HTTP 503', lost: false } as const;
  const lost = { kind: 'retry', reason: 'TIMEOUT', lost: true } as const;

  return {
    ...receiver,
    async send(message, timeoutMs = PATIENCE_MS): Promise<Outcome> {
      const quickMs = Math.min(timeoutMs, 20 + random.below(300));
      const travel = { thereMs: quickMs / 2, backMs: quickMs / 2 };
      const patient = { thereMs: quickMs / 2, backMs: timeoutMs - quickMs / 2 };
      const arrive = (accepted: boolean, isHeard: boolean): void =>
        onMessage(run, receiver.name, message, { accepted, isHeard });
      const answer = async (outcome: Outcome): Promise<Outcome> => {
        await exchange(run, travel, () => arrive(outcome.kind === 'delivered', true));
        return outcome;
      };

      if (isDown || random.chance(weather.refuses)) return answer(refused);
      if (random.chance(weather.rejected)) return answer(rejection());
      if (random.chance(weather.throttled)) {
        const untilMs = runtime.now() + random.below(MAX_MUTE_MS);
        return answer({ kind: 'throttled', reason: 'too many', untilMs });
      }
      if (random.chance(weather.lostRequest)) {
        await exchange(run, patient, () => arrive(false, false));
        return lost;
      }
      if (random.chance(weather.lostAnswer)) {
        await exchange(run, patient, () => arrive(true, false));
        return lost;
      }
      return answer({ kind: 'delivered' });
    },
  };

  function rejection(): Outcome {
    const cause = random.pick(['payload', 'config', 'dead'] as const);
    return { kind: 'rejected', reason: 'HTTP 400', cause };
  }
}
