/** The journal cannot be used, as far as one function instance knows. */
export interface StoreOutage {
  /** Ticks in a row that could read or record no scope. */
  readonly ticks: number;
  /** The start of the first of them. */
  readonly sinceMs: number;
  /** When the channels were last informed; null: not yet. */
  readonly informedAtMs: number | null;
}

export function outageAfter(before: StoreOutage | null, startMs: number): StoreOutage {
  const { ticks, sinceMs, informedAtMs } = before ?? {
    ticks: 0,
    sinceMs: startMs,
    informedAtMs: null,
  };
  return { ticks: ticks + 1, sinceMs, informedAtMs };
}

/** As for scans: one or two ticks may pass unnoticed. */
const TICKS_BEFORE_MESSAGE = 3;
const MESSAGE_EVERY_MS = 30 * 60_000;
/** The minutes of an hour in which a function that was just started speaks. */
const COLD_MINUTES: readonly number[] = [0, 30];

/**
 * Are the channels to be informed now? A warm function speaks with the third failed tick, then every
 * half hour. One that was just started remembers nothing. If all of them are new, they would never
 * speak, or every minute: so a first tick speaks if it starts in minute 0 or 30.
 */
export function isMessageDue(
  { ticks, informedAtMs }: StoreOutage,
  { isFirstTick, startMs }: { readonly isFirstTick: boolean; readonly startMs: number },
): boolean {
  if (informedAtMs !== null) return startMs - informedAtMs >= MESSAGE_EVERY_MS;
  if (ticks >= TICKS_BEFORE_MESSAGE) return true;
  return isFirstTick && COLD_MINUTES.includes(new Date(startMs).getUTCMinutes());
}
