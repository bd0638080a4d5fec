import type { Message } from '../../../shared/core/message.ts';
import type { WatchReport } from '../../../shared/watch/report.ts';
import type { Handling } from '../receivers.ts';
import type { LivingRun } from '../run.ts';
import type { Results, Truth } from './truth.ts';

/** What a function instance has been through. */
interface Past {
  readonly runs: number;
  /** Runs in a row that could not use the store. */
  readonly failed: number;
  /** The start of the last of them whose message arrived, or may have. */
  readonly informedAtMs: number | null;
}

const NEW_INSTANCE: Past = { runs: 0, failed: 0, informedAtMs: null };

const MINUTE_MS = 60_000;
const HALF_HOUR_MS = 30 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The messages that say, without the journal, that the journal cannot be used. */
export interface LastResortPromises {
  onMessage(run: LivingRun, channel: string, message: Message, handling: Handling): void;
  onReport(run: LivingRun, report: WatchReport): void;
}

export function isLastResort({ commits }: Message): boolean {
  return commits.some(({ notice }) => notice?.kind === 'store-failing');
}

/**
 * No commit stands behind such a message: it has no place in an order. It comes only from a run that
 * could not use the store, once for each channel: from the third such run in a row on an instance,
 * then every half hour, and from the first run of an instance in minute 0 and 30. Then it does come.
 */
export function lastResortPromises(
  { receivers, isClockRight }: Truth,
  { tally, violated }: Results,
): LastResortPromises {
  const pasts = new WeakMap<object, Past>();
  const informed = new WeakMap<LivingRun, Map<string, Handling>>();

  function onMessage(
    run: LivingRun,
    channel: string,
    { commits, isRepeat }: Message,
    handling: Handling,
  ): void {
    const what = `${channel} by ${run.tickId}`;
    const channels = informed.get(run) ?? new Map<string, Handling>();
    if (commits.length > 1 || isRepeat)
      violated(`${what}: the message of the last resort is mixed with others, or labelled`);
    if (channels.has(channel)) violated(`${what}: the message of the last resort came twice`);
    if (run.storeFaults === 0)
      violated(`${what}: the store is said to be unusable, but it has answered everything`);
    if (isClockRight && !isDue(run))
      violated(`${what}: the message of the last resort came before its time`);
    informed.set(run, channels.set(channel, handling));
    if (handling.accepted) tally.lastResorts += 1;
  }

  function onReport(run: LivingRun, { scopes, notes }: WatchReport): void {
    // A scope that was read and recorded is healthy, or is not; a skipped one is well.
    const isFailed = scopes.every(({ ok, healthy }) => !ok && healthy === null);
    const channels = informed.get(run) ?? new Map<string, Handling>();
    if (channels.size > 0 && !isFailed)
      violated(`${run.tickId}: the store is said to be unusable, but a scope was recorded`);
    const attempts = notes.filter((note) => note.startsWith('without the journal, ')).length;
    if (isClockRight && isFailed && isDue(run) && attempts < receivers.length)
      violated(`${run.tickId}: not every channel was informed that the store cannot be used`);
    const { runs, failed, informedAtMs } = pasts.get(run.memory) ?? NEW_INSTANCE;
    const mayHaveArrived = [...channels.values()].some(
      ({ accepted, isAnswered }) => accepted || !isAnswered,
    );
    const past = isFailed
      ? { failed: failed + 1, informedAtMs: mayHaveArrived ? run.startMs : informedAtMs }
      : { failed: 0, informedAtMs: null };
    pasts.set(run.memory, { runs: runs + 1, ...past });
  }

  function isDue({ memory, startMs }: LivingRun): boolean {
    const { runs, failed, informedAtMs } = pasts.get(memory) ?? NEW_INSTANCE;
    if (informedAtMs !== null) return startMs - informedAtMs >= HALF_HOUR_MS;
    const minute = Math.floor((startMs % HOUR_MS) / MINUTE_MS);
    return failed >= 2 || (runs === 0 && (minute === 0 || minute === 30));
  }

  return { onMessage, onReport };
}
