import type { AsOf, ChannelState, HeldChange, HeldNews } from '../../../core/channel-state.ts';
import type { MessageCommit } from '../../../core/message.ts';
import { opensAtMs } from '../../../core/quota.ts';
import { nameOfSettling, SETTLING } from '../../../core/settling.ts';
import { MAX_CLOCK_DIFFERENCE_MS } from '../../../core/time.ts';
import { mayHaveArrived, mayHaveArrivedAsOf, mutedBefore } from '../claim.ts';
import { nextQuietMs } from '../incidents/ledger.ts';
import type { Circumstances, Manner } from '../stages/stage.ts';
import { isGoing } from './muted-news.ts';
import {
  type FreshNews,
  keyOf,
  type NewsTime,
  NOTHING_FRESH,
  nextDueMs,
  type SettledNews,
  settleNews,
} from './settle-news.ts';

/** Is there something to do for a channel, although no commit waits for it? It costs no read. */
export function isAwaited(manner: Manner, state: ChannelState, nowMs: number): boolean {
  if (manner.style === 'incidents') return nextQuietMs(state.incidents) <= nowMs;
  if (manner.style !== 'digest') return false;
  const { settling = SETTLING } = manner;
  const time = newsTime(manner, state, nowMs);
  const { certain } = byDoubt(state);
  return mayHaveArrivedOfHeld(manner, state, nowMs) || nextDueMs(certain, settling, time) <= nowMs;
}

/** May a message have arrived that held what is held back? */
export function mayHaveArrivedOfHeld(manner: Manner, state: ChannelState, nowMs: number): boolean {
  const asOf = mayHaveArrivedAsOf(state);
  if (manner.style !== 'digest' || asOf === null) return false;
  const covered = { ...NOTHING_FRESH, scopes: [] };
  return plannedAgain(manner, state, covered, asOfNow(asOf, manner, nowMs)).commits.length > 0;
}

/**
 * Under other rules than those that it was planned with, it would not be the same message: all that may
 * have arrived is sent again, and everything that waits goes along.
 */
function asOfNow(asOf: AsOf, manner: Manner, nowMs: number): AsOf {
  const rules = rulesAt(manner, nowMs);
  if (asOf.rules === rules) return asOf;
  const { ms, isRest } = asOf;
  return { ms, isAll: true, ...(isRest && { isRest }), ...(rules !== undefined && { rules }) };
}

/** What a plan depends on besides commits and time; undefined: nothing is configured. */
function rulesAt(manner: Manner, nowMs: number): string | undefined {
  const { settling = SETTLING, policy, inPlaceOf } = manner;
  const going = (policy?.mutes ?? []).filter(isGoing(nowMs));
  const names = going.map(({ name }) => name);
  // A fallback has a quota of its own, by which good news is held back.
  const by = inPlaceOf === undefined ? [] : ['in-place'];
  const rules = [nameOfSettling(settling) ?? '', policy?.version ?? '', ...names, ...by].join(' ');
  return rules.trim() === '' ? undefined : rules;
}

/** What a message may hold besides what is held back, and the scopes whose positions it moves. */
interface Covered extends FreshNews {
  readonly scopes: readonly string[];
}

/** What a message holds, and how that was decided. */
interface RipeNews extends SettledNews {
  /** Absent: it does not depend on the time. */
  readonly asOf?: AsOf;
  /** Some of it may have arrived. */
  readonly isInDoubt: boolean;
}

/**
 * What is sent of these commits, and of what is held back. A message that may have arrived is planned
 * again as it was: it holds the same, and all of it is labelled.
 */
export function newsOf(
  covered: Covered,
  { manner, state, nowMs }: Circumstances,
  isRepeat: boolean,
  must: 'ripe' | null,
): RipeNews {
  if (isRepeat) {
    // Older versions do not say how they plan: they held nothing back.
    const asOf = asOfNow(mayHaveArrivedAsOf(state) ?? { ms: nowMs, isAll: true }, manner, nowMs);
    return { ...plannedAgain(manner, state, covered, asOf), asOf, isInDoubt: true };
  }
  const { settling = SETTLING } = manner;
  const { certain, inDoubt } = byDoubt(state);
  const news = settleNews(certain, covered, settling, newsTime(manner, state, nowMs), must);
  const rules = rulesAt(manner, nowMs);
  const asOf = { ms: nowMs, isAll: news.isAll, ...(rules !== undefined && { rules }) };
  const isInDoubt = holdsSummed(news.commits, state);
  return { ...news, held: [...inDoubt, ...news.held], asOf, isInDoubt };
}

/**
 * A summary takes along what is held back of its instances. While one may have arrived of a scope that this run
 * does not serve, so may what was held there.
 */
function holdsSummed(commits: readonly MessageCommit[], state: ChannelState): boolean {
  const scopes = new Set(
    Object.values(mutedBefore(state)).flatMap(({ isMaybeSent, after }) =>
      isMaybeSent === true ? Object.keys(after) : [],
    ),
  );
  if (scopes.size === 0) return false;
  const held = new Set(
    state.held
      .filter(({ scope }) => scopes.has(scope))
      .flatMap((one) => one.changes.map(({ seq }) => `${seq} ${keyOf(one)}`)),
  );
  return commits.some(({ scope, seq, changes }) =>
    changes.some(({ instanceId }) => held.has(`${seq} ${keyOf({ scope, instanceId })}`)),
  );
}

/**
 * What the summary of a mute says: these commits, and all that is held back of their instances, so that
 * it stays in order. What is held of others has nothing to do with the mute.
 */
export function summaryNewsOf(
  commits: readonly MessageCommit[],
  { manner, state, nowMs }: Circumstances,
): RipeNews {
  const { settling = SETTLING } = manner;
  const keys = new Set(
    commits.flatMap(({ scope, notice, changes }) =>
      notice === undefined ? changes.map(({ instanceId }) => keyOf({ scope, instanceId })) : [],
    ),
  );
  const own = state.held.filter((one) => keys.has(keyOf(one)));
  const others = state.held.filter((one) => !keys.has(keyOf(one)));
  const news = settleNews(
    own,
    { commits, elsewhere: [] },
    settling,
    newsTime(manner, state, nowMs),
    'all',
  );
  const mayHaveArrivedOf = perhapsArrived(state);
  return {
    ...news,
    held: [...others, ...news.held],
    isInDoubt: own.some((one) => one.changes.length > 0 && mayHaveArrivedOf(one)),
  };
}

/** Says of what is held back whether it was so when a message was planned that may have arrived. */
function perhapsArrived(state: ChannelState): (one: HeldNews) => boolean {
  const asOf = mayHaveArrivedAsOf(state);
  if (asOf === null) return () => false;
  if (asOf.isRest !== true) return () => true;
  const reach = mayHaveArrived(state);
  return ({ scope }) => reach[scope] !== undefined;
}

function plannedAgain(
  manner: Manner,
  state: ChannelState,
  covered: Covered,
  { ms, isAll, isRest }: AsOf,
): SettledNews {
  const { settling = SETTLING } = manner;
  const { scopes } = covered;
  const { certain } = byDoubt(state, scopes);
  const again = new Set(certain.filter(({ scope }) => isRest !== true || scopes.includes(scope)));
  const others = state.held.filter((one) => !again.has(one));
  const time = newsTime(manner, state, ms);
  const news = settleNews([...again], covered, settling, time, isAll ? 'all' : 'ripe');
  return { ...news, held: [...others, ...news.held] };
}

/**
 * A message may have arrived with commits of scopes that this run does not serve, which only a run of
 * that scope can repeat. What is held there waits for that run: it was in the message with them.
 */
function byDoubt(state: ChannelState, served: readonly string[] = []) {
  const reach = new Set(Object.keys(mayHaveArrived(state)));
  for (const scope of served) reach.delete(scope);
  const isInDoubt = ({ scope }: HeldNews): boolean => reach.has(scope);
  return {
    certain: state.held.filter((one) => !isInDoubt(one)),
    inDoubt: state.held.filter(isInDoubt),
  };
}

/** Good news is held back longer when the quota is scarce: it is merged into fewer messages. */
function newsTime(manner: Manner, state: ChannelState, nowMs: number): NewsTime {
  const going = (manner.policy?.mutes ?? []).filter(isGoing(nowMs));
  const covers = ({ change: { route } }: HeldChange): boolean =>
    going.some((mute) => mute.covers({ ...(route !== undefined && { route }), isNotice: false }));
  return {
    nowMs,
    calmNotBeforeMs: messageOpensAtMs(manner, state, nowMs, false),
    // What no mute covers is not late because of what was held back before it.
    isMuted: (changes) => changes.every(covers),
  };
}

/** From when on the receiver's quota allows a message with bad news, or one without. */
export function messageOpensAtMs(
  { quota }: Manner,
  { used, deliveredAtMs }: ChannelState,
  nowMs: number,
  isBad: boolean,
): number {
  // A clock that was wrong may have dated the last delivery: it is not waited for.
  const isCredible = deliveredAtMs !== null && deliveredAtMs <= nowMs + MAX_CLOCK_DIFFERENCE_MS;
  const lastMs = isCredible ? deliveredAtMs : 0;
  return opensAtMs(used, quota, { nowMs, lastMs, isBad });
}
