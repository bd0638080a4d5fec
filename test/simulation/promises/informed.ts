import type { WatchReport } from '../../../shared/watch/report.ts';
import type { Attempt, LivingRun } from '../run.ts';
import { isSpoiled } from '../spoils.ts';
import type { StoreOutage } from '../store-outages.ts';
import type { Store } from '../tablestore.ts';
import type { StoredNotice } from './stored.ts';
import type { Results, Truth } from './truth.ts';
import type { Written } from './written.ts';

/** What one function instance has been through, as it shows from outside. */
export interface FunctionPast {
  runs: number;
  /** Runs in a row during which the store was gone from their beginning to their end. */
  goneInARow: number;
  /** The start of the last run that has informed a channel without the journal. */
  informedAtMs: number | null;
}

export function newPast(): FunctionPast {
  return { runs: 0, goneInARow: 0, informedAtMs: null };
}

export function isWithoutJournal({ message }: Pick<Attempt, 'message'>): boolean {
  return message.commits.some(({ notice }) => notice?.kind === 'store-failing');
}

/** Of the store that is gone, and is back: people are informed, in time, once, and truly. */
export interface StorePromises {
  readonly onWrite: Store['onWrite'];
  /** A message that was sent without the journal has arrived. */
  onLastResort(run: LivingRun, channel: string): void;
  onReport(
    run: LivingRun,
    report: WatchReport,
    instance: { readonly past: FunctionPast; readonly isStoreGone: boolean },
  ): void;
  openEnds(): readonly string[];
}

const MINUTE_MS = 60_000;
const GONE_BEFORE_MESSAGE = 3;
const MESSAGE_EVERY_MS = 30 * MINUTE_MS;
const COLD_MINUTES: readonly number[] = [0, 30];
/** Ticks of an outage that is certainly announced as over: late ones make three look like five. */
const TICKS_OF_AN_OUTAGE = 6;
/** Two ticks tell how far apart ticks are. */
const SAVES_BEFORE = 2;

/** A health that was saved: when, and of which attempt. */
interface Save {
  readonly savedAtMs: number;
  readonly attemptAtMs: number;
}

export function storePromises(
  {
    tables,
    receivers,
    fleets,
    outages,
    periodMs,
    isClockRight,
    isRegular,
    isRowsRight,
    spoils,
  }: Truth,
  { journalOf }: Written,
  { violated }: Results,
): StorePromises {
  /** Scope key → the saves of its health. */
  const saves = new Map<string, Save[]>([...fleets.keys()].map((scope) => [scope, []]));
  const health = new Map<string, unknown>();

  const onWrite: Store['onWrite'] = (run, table, [scope, item], row) => {
    if (table === tables.state && item === 'head') onHead(run, scope, row.get('health'));
    if (table !== tables.journal || scope !== 'watcher') return;
    const notice = journalOf(scope).commits.at(-1)?.notice;
    if (notice?.kind === 'ticks-resumed') checkResumed(run, notice);
  };

  function onHead(run: LivingRun, scope: string, stored: unknown): void {
    if (stored === undefined || stored === health.get(scope)) return;
    if (isSpoiled(spoils().all, scope, 'health', stored)) return;
    health.set(scope, stored);
    const { lastAttemptAtMs } = JSON.parse(String(stored));
    saves.get(scope)?.push({ savedAtMs: run.time.now(), attemptAtMs: lastAttemptAtMs });
  }

  /** When it says that ticks are recorded again, none was in between: scopes of one end apart. */
  function checkResumed(run: LivingRun, { sinceMs = 0, untilMs = 0 }: StoredNotice): void {
    if (!isClockRight || !isRowsRight) return;
    if (untilMs > run.startMs) violated(`${run.tickId} says that ticks were missed until later`);
    const between = [...saves.values()]
      .flat()
      .find(
        ({ savedAtMs, attemptAtMs }) =>
          savedAtMs < run.startMs && attemptAtMs > sinceMs + MINUTE_MS && attemptAtMs < untilMs,
      );
    if (between !== undefined)
      violated(
        `${run.tickId} says that no tick was recorded from ${iso(sinceMs)} to ${iso(untilMs)}, but one was at ${iso(between.attemptAtMs)}`,
      );
  }

  function onLastResort(run: LivingRun, channel: string): void {
    if (run.storeFailures === 0 && isRowsRight)
      violated(`${channel} by ${run.tickId}: it says that the store is gone, but it is not`);
  }

  function onReport(
    run: LivingRun,
    { scopes }: WatchReport,
    { past, isStoreGone }: { readonly past: FunctionPast; readonly isStoreGone: boolean },
  ): void {
    const sent = run.attempts.filter(isWithoutJournal);
    past.runs += 1;
    past.goneInARow = isStoreGone ? past.goneInARow + 1 : past.goneInARow;
    const { runs, goneInARow, informedAtMs } = past;
    const minute = new Date(run.startMs).getUTCMinutes();
    const isColdMinute = runs === 1 && COLD_MINUTES.includes(minute);
    const isTime = informedAtMs === null || run.startMs - informedAtMs >= MESSAGE_EVERY_MS;
    const isDue =
      isTime && (informedAtMs !== null || goneInARow >= GONE_BEFORE_MESSAGE || isColdMinute);
    if (isStoreGone && isDue) {
      const silent = receivers.filter(({ name }) => !sent.some(({ channel }) => channel === name));
      for (const { name } of silent)
        violated(`${run.tickId} did not inform ${name} that the store is gone`);
    }
    const isEarly = informedAtMs === null && runs < GONE_BEFORE_MESSAGE && !isColdMinute;
    if (sent.length > 0 && (!isTime || isEarly))
      violated(`${run.tickId} says too early, or too often, that the store is gone`);
    if (sent.some(hasInformed)) past.informedAtMs = run.startMs;
    // What a scope has recorded, or another run is about to, ends the outage for this instance.
    if (scopes.some(({ ok, healthy }) => ok || healthy !== null)) {
      past.goneInARow = 0;
      past.informedAtMs = null;
    }
  }

  function openEnds(): readonly string[] {
    const [first] = outages.all;
    if (first === undefined || !isRegular || !isCertain(first)) return [];
    const { commits } = journalOf('watcher');
    const isSaid = commits.some(
      ({ notice, atMs }) => notice?.kind === 'ticks-resumed' && atMs >= first.untilMs,
    );
    return isSaid ? [] : [`nothing says that the store, gone since ${iso(first.fromMs)}, is back`];
  }

  function isCertain({ fromMs, untilMs }: StoreOutage): boolean {
    const isLong = untilMs - fromMs >= TICKS_OF_AN_OUTAGE * Math.max(periodMs, MINUTE_MS);
    const wereTicks = [...saves.values()].every(
      (all) => all.filter(({ savedAtMs }) => savedAtMs < fromMs).length >= SAVES_BEFORE,
    );
    return isLong && wereTicks;
  }

  return { onWrite, onLastResort, onReport, openEnds };
}

function hasInformed({ outcome }: Attempt): boolean {
  return outcome?.kind === 'delivered' || (outcome?.kind === 'retry' && outcome.lost);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
