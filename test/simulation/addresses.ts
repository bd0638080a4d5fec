import type { Random } from '../../local/random.ts';

/** Where a channel is sent to, as the operator has configured it. */
export interface Address {
  /** Differs for every address. */
  readonly destination: string;
  /** Why every message is refused there; null: it is the right address. */
  readonly refusal: 'config' | 'dead' | null;
  /** It replaces a wrong one. */
  readonly isCorrection: boolean;
  /** A run has sent a message there. */
  isTried: boolean;
}

/** The addresses of all channels. */
export interface Addresses {
  of(channel: string): Address;
  /** What the operator does before a tick: mistakes, and some ticks later their corrections. */
  change(nowMs: number): void;
  correctAll(): void;
}

/** Ticks until a person notices: soon, or after a back-off has begun. */
const WRONG_TICKS = [1, 3, 8, 20] as const;
const MISTAKE = 0.05;

export function simulatedAddresses(
  channels: readonly string[],
  { random, periodMs }: { readonly random: Random; readonly periodMs: number },
): Addresses {
  let changes = 0;
  const wrongUntilMs = new Map<string, number>();
  const addresses = new Map(channels.map((channel) => [channel, rightAddress(channel)]));

  function correct(channel: string): void {
    wrongUntilMs.delete(channel);
    changes += 1;
    // The one that it had before, or a new one.
    const destination = random.chance(0.5) ? channel : `${channel}#${changes}`;
    // If no run has seen the wrong one, the one that it had before is not a correction.
    const isCorrection = addresses.get(channel)?.isTried === true || destination !== channel;
    addresses.set(channel, { ...rightAddress(destination), isCorrection });
  }

  return {
    of: (channel) => addresses.get(channel) ?? rightAddress(channel),
    change(nowMs) {
      for (const channel of channels) {
        const untilMs = wrongUntilMs.get(channel);
        if (untilMs !== undefined && untilMs <= nowMs) correct(channel);
        if (untilMs !== undefined || !random.chance(MISTAKE)) continue;
        wrongUntilMs.set(channel, nowMs + random.pick(WRONG_TICKS) * periodMs);
        changes += 1;
        const refusal = random.pick(['config', 'dead'] as const);
        addresses.set(channel, { ...rightAddress(`${channel}#${changes}`), refusal });
      }
    },
    correctAll() {
      for (const channel of [...wrongUntilMs.keys()]) correct(channel);
    },
  };
}

/** An address at which nothing is refused on principle. */
export function rightAddress(destination: string): Address {
  return { destination, refusal: null, isCorrection: false, isTried: false };
}
