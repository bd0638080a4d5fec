import { seededRandom } from '../../local/random.ts';
import type { Message, Outcome } from '../../shared/core/message.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import type { Address } from './addresses.ts';
import type { ReceiverOutage } from './channel-outages.ts';
import type { FaultRates } from './fault-rates.ts';
import { type Attempt, exchange, type LivingRun } from './run.ts';

export type Receiver = Pick<Channel, 'name' | 'style' | 'messagesPerMinute' | 'quota' | 'settling'>;

/** Receivers of all styles; three of them limit the messages per minute. */
export const RECEIVERS: readonly Receiver[] = [
  { name: 'dingtalk', style: 'digest', messagesPerMinute: 18 },
  { name: 'slack', style: 'digest', messagesPerMinute: 50 },
  { name: 'webhook', style: 'commits', messagesPerMinute: Number.POSITIVE_INFINITY },
  { name: 'pagerduty', style: 'incidents', messagesPerMinute: 60 },
];

const MINUTE_MS = 60_000;
/** Keeps this stream of random numbers apart from the one that decides everything else. */
const STREAM = 0x5eed_0012;

/** The same receivers, with other settings of the chats in each history. */
export function drawReceivers(seed: number): readonly Receiver[] {
  const random = seededRandom(seed ^ STREAM);
  return RECEIVERS.map((receiver) => {
    if (receiver.style !== 'digest') return receiver;
    const quota = random.pick([
      null,
      null,
      { per: 'day', messages: 2 + random.below(12) } as const,
      { per: 'month', messages: 4 + random.below(30) } as const,
    ]);
    const settling = {
      badMs: random.pick([0, 0, 0, 2, 10]) * MINUTE_MS,
      goodMs: random.pick([0, 5, 10, 10, 45]) * MINUTE_MS,
      flaps: {
        count: random.pick([3, 3, 5]),
        withinMs: random.pick([10, 30, 90]) * MINUTE_MS,
      },
      maxInstances: random.pick([200, 200, 20, 3]),
    };
    return { ...receiver, settling, ...(quota && { quota }) };
  });
}

/** Whether the receiver accepted a message, and whether its sender gets the answer. */
export interface Handling {
  readonly accepted: boolean;
  readonly isAnswered: boolean;
}

/** Called with each message that arrives, or is lost on its way. */
export type OnMessage = (
  run: LivingRun,
  channel: string,
  message: Message,
  handling: Handling,
) => void;

/** The longest wait of the adapters over real receivers. */
const PATIENCE_MS = 10_000;
const MAX_MUTE_MS = 600_000;

export interface ReceiverOptions {
  readonly rates: FaultRates;
  /** Of all messages of the run. */
  readonly outage: ReceiverOutage | null;
  /** Where the run was configured to send to. */
  readonly address: Address;
  readonly onMessage: OnMessage;
  /** Is the answer to a message lost, whatever the rates? Absent: no. */
  readonly isAnswerLost?: (message: Message) => boolean;
  /** Called with what a run that lives learns of its message. Absent: it does not matter. */
  readonly onOutcome?: (channel: string, message: Message, outcome: Outcome) => void;
}

/** A receiver as one run sees it. */
export function simulatedChannel(
  run: LivingRun,
  receiver: Receiver,
  {
    rates: { channels: rates },
    outage,
    address,
    onMessage,
    isAnswerLost,
    onOutcome,
  }: ReceiverOptions,
): Channel {
  const { random, runtime } = run;
  const refused = { kind: 'retry', reason: 'HTTP 503', lost: false } as const;
  const unreached = { kind: 'retry', reason: 'ECONNREFUSED', lost: false } as const;
  const unmarked = { kind: 'retry', reason: 'HTTP 200', lost: true, unmarked: true } as const;
  const lost = { kind: 'retry', reason: 'TIMEOUT', lost: true } as const;

  return {
    ...receiver,
    destination: address.destination,
    async send(message, timeoutMs = PATIENCE_MS): Promise<Outcome> {
      const attempt: Attempt = { channel: receiver.name, message, outcome: null };
      run.attempts.push(attempt);
      address.isTried = true;
      const outcome = await deliver(message, timeoutMs);
      attempt.outcome = outcome;
      onOutcome?.(receiver.name, message, outcome);
      return outcome;
    },
  };

  async function deliver(message: Message, timeoutMs: number): Promise<Outcome> {
    const quickMs = Math.min(timeoutMs, 20 + random.below(300));
    const travel = { thereMs: quickMs / 2, backMs: quickMs / 2 };
    const late = { thereMs: quickMs / 2, backMs: timeoutMs - quickMs / 2 };
    const arrive = (accepted: boolean, isAnswered: boolean): void =>
      onMessage(run, receiver.name, message, { accepted, isAnswered });
    const answer = async (outcome: Outcome): Promise<Outcome> => {
      await exchange(run, travel, () => arrive(outcome.kind === 'delivered', true));
      return outcome;
    };

    if (address.refusal !== null) {
      await exchange(run, travel, () => undefined);
      return { kind: 'rejected', reason: 'HTTP 404', cause: address.refusal };
    }
    if (outage === 'down' || random.chance(rates.refuses)) return answer(refused);
    if (outage === 'pausing') {
      const untilMs = runtime.now() + MAX_MUTE_MS;
      return answer({ kind: 'throttled', reason: 'muted', untilMs });
    }
    if (random.chance(rates.rejected)) return answer(rejection());
    if (random.chance(rates.throttled)) {
      const untilMs = runtime.now() + random.below(MAX_MUTE_MS);
      return answer({ kind: 'throttled', reason: 'too many', untilMs });
    }
    if (random.chance(rates.unreached)) {
      await exchange(run, travel, () => undefined);
      return unreached;
    }
    if (random.chance(rates.unmarked)) {
      const isShown = random.chance(0.5);
      await exchange(run, travel, () => arrive(isShown, false));
      return unmarked;
    }
    if (random.chance(rates.lostRequest)) {
      await exchange(run, late, () => arrive(false, false));
      return lost;
    }
    if (random.chance(rates.lostAnswer) || isAnswerLost?.(message) === true) {
      await exchange(run, late, () => arrive(true, false));
      return lost;
    }
    return answer({ kind: 'delivered' });
  }

  function rejection(): Outcome {
    const cause = random.pick(['payload', 'config', 'dead'] as const);
    return { kind: 'rejected', reason: 'HTTP 400', cause };
  }
}
