import type { Incidents } from './incident.ts';
import type { MessageChange } from './message.ts';
import { own } from './own.ts';
import type { Quota, Used } from './quota.ts';
import type { SentInstead } from './sent-instead.ts';
import { MAX_CLOCK_DIFFERENCE_MS } from './time.ts';

/** How far a channel has been served in one scope's journal. */
export interface Position {
  /** The last commit that was delivered whole. */
  readonly seq: number;
  /** Parts already delivered of the commit after it; 0 unless that one is very large. */
  readonly part: number;
}

/** Scope key → position: a channel's cursor over all journals. */
export type Cursor = Readonly<Record<string, Position>>;

/**
 * Channel name → seq: the channel is sent what a scope's journal holds past that commit. It counts
 * until the channel's own cursor has a position in this journal.
 */
export type Starts = Readonly<Record<string, number>>;

/** What is remembered of a channel from one attempt to the next. */
export interface ChannelState {
  /** Counts the moves of this state, for compare-and-set. */
  readonly version: number;
  /** The run that made this version, so that a move whose answer was lost is recognised. */
  readonly tickId: string;
  readonly cursor: Cursor;
  /**
   * A keyed hash of the address and secret that `sentAtMs` to `withoutUserText` are about; null in
   * a row of a version that stored none.
   */
  readonly destination: string | null;
  /** The message that is being sent, or whose answer was lost. */
  readonly claim: Claim | null;
  /** The event that an endpoint refuses and may never take; null: there is none. */
  readonly stuck: Stuck | null;
  /** Commits past the cursor that were sent before their turn, while another one was stuck. */
  readonly ahead: readonly SentAhead[];
  /** Events that were never delivered, because their receiver never took them: the last ones. */
  readonly setAside: readonly SetAside[];
  /** How far earlier messages reach whose answers were lost, where that is past the cursor. */
  readonly maybeDelivered: Cursor;
  /** How a chat's message was planned that may have arrived; null: there is none. */
  readonly maybeDeliveredAsOf: AsOf | null;
  /** Of a chat: the instances whose news is held back, or that have changed lately. */
  readonly held: readonly HeldNews[];
  /** When the last attempt began or ended. */
  readonly attemptedAtMs: number;
  /** When the messages of the last minute were sent, for receivers that count. */
  readonly sentAtMs: readonly number[];
  /** Messages of this day or month, for receivers that have a quota. */
  readonly used: Used;
  /** What its last message was counted against. Absent: it was sent none, or by an older version. */
  readonly limits?: ChannelLimits;
  /** Attempts in a row that were not delivered. */
  readonly failures: number;
  /** When the first of them ended. Null: there is none, or an older version has counted them. */
  readonly failingSinceMs: number | null;
  /** Answers since the last delivery that had the status of a success, but did not confirm one. */
  readonly unmarked: number;
  /** No attempt before this time. */
  readonly notBeforeMs: number;
  /** Why the last attempt was not delivered, without secrets; null when it was. */
  readonly problem: string | null;
  /** The receiver refused the last message for its content: the next ones carry no user's text. */
  readonly withoutUserText: boolean;
  /** The last attempt was refused for the address, the token or the configuration. Absent: no. */
  readonly isRefused?: boolean;
  /** The last attempt was answered with a time to wait: a pause, and no failure. Absent: no. */
  readonly isPaused?: boolean;
  readonly deliveredAtMs: number | null;
  /** Mute → what it holds back, until a summary of it is delivered. Absent: nothing. */
  readonly muted?: AllMutedNews;
  /** Of a receiver of incidents: those that it has, as of the cursor and the events past it. Absent: none. */
  readonly incidents?: Incidents;
  /** What its fallback was sent, until the channel itself has been sent a line about it. Absent: nothing. */
  readonly instead?: SentInstead;
  /** When the reminder was due that was sent, or passed over, last. Absent: there was none. */
  readonly remindedMs?: number;
}

/** The budget of a receiver, as the run that sent the last message has planned with it. */
export interface ChannelLimits {
  /** Absent: the messages of a minute are not counted. */
  readonly messagesPerMinute?: number;
  /** Absent: there is none. */
  readonly quota?: Quota;
}

/** Name of a mute → what it holds back. */
export type AllMutedNews = Readonly<Record<string, MutedNews>>;

/** Commits that the cursor has passed and a mute has held back. They are still in the journal. */
export interface MutedNews {
  /** Version of the rules by which it was decided; empty: of several. */
  readonly policy: string;
  /** The time of the mute, for people. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** A part of it may have been sent already. */
  readonly isMaybeSent?: true;
  /** Scope → it is in the commits past this seq, as far as the cursor. */
  readonly after: Readonly<Record<string, number>>;
}

/** Written before a send, so that a run that finds it later knows that the message may be out. */
export interface Claim {
  /** The positions that the cursor moves to once the message is delivered, and no others. */
  readonly to: Cursor;
  readonly tickId: string;
  /** How a chat's message was planned. */
  readonly asOf?: AsOf;
  /** The one commit at `to` is sent before its turn: the cursor does not move to it. */
  readonly isAhead?: boolean;
  /** It is the summary of these mutes: `to` says how far it goes, and the cursor is there already. */
  readonly mutes?: readonly string[];
  /** It is the line about what the fallback was sent. */
  readonly saysInstead?: true;
  /** It says again what stays bad, as it was due then. */
  readonly reminds?: number;
  /** Until then the sender may be alive and waiting for its answer. */
  readonly untilMs: number;
}

/** From the same commits and the same `held`, and with this, the same message is planned again. */
export interface AsOf {
  readonly ms: number;
  /** Too much would have been held back, so that all of it was sent. */
  readonly isAll: boolean;
  /** Only what it held of the scopes in doubt is left: the rest was repeated. Absent: nothing was. */
  readonly isRest?: true;
  /** Names the channel's times, the routes and mutes, and which mutes were going on; absent: none. */
  readonly rules?: string;
}

/** An instance whose news is held back. Its cursor has passed these changes. */
export interface HeldNews {
  readonly scope: string;
  readonly instanceId: string;
  /** Those that no message has shown, oldest first. While it flaps: the last ones, shown or not. */
  readonly changes: readonly HeldChange[];
  /** When it last arrived in states that last, a few times at most. */
  readonly flips: readonly number[];
  /** Set while a message has said that it flaps, and none has said that this is over. */
  readonly flapping: Flapping | null;
}

/** A change with what its commit says of it. */
export interface HeldChange {
  readonly seq: number;
  readonly atMs: number;
  readonly previousAtMs: number | null;
  readonly change: MessageChange;
}

/** So many arrivals in states that last, the first of them at `sinceMs`. */
export interface Flapping {
  readonly flips: number;
  readonly sinceMs: number;
}

/** An event that is refused again and again, while later ones are tried in between. */
export interface Stuck {
  readonly scope: string;
  /** Where the cursor is behind the event. */
  readonly to: Position;
  readonly refusals: number;
  /** The receiver has rejected what is in it. */
  readonly isContent: boolean;
  /** Later events of other instances that were accepted in a row, each after a refusal of this one. */
  readonly accepted: number;
  /** The next attempt is at such an event. */
  readonly isPassing: boolean;
}

export interface SentAhead {
  readonly scope: string;
  readonly seq: number;
  /** False: its answer was lost. */
  readonly isSure: boolean;
}

export interface SetAside {
  readonly scope: string;
  readonly seq: number;
  readonly atMs: number;
  /** What the receiver said last, without secrets. */
  readonly reason: string;
}

/** The state of a channel that has no row yet: its first claim makes the row. */
export const NEW_CHANNEL: ChannelState = {
  version: 0,
  tickId: '',
  cursor: {},
  destination: null,
  claim: null,
  stuck: null,
  ahead: [],
  setAside: [],
  maybeDelivered: {},
  maybeDeliveredAsOf: null,
  held: [],
  attemptedAtMs: 0,
  sentAtMs: [],
  used: { period: '', messages: 0 },
  failures: 0,
  failingSinceMs: null,
  unmarked: 0,
  notBeforeMs: 0,
  problem: null,
  withoutUserText: false,
  deliveredAtMs: null,
};

/**
 * The state at this address and secret. What another one has refused, counted or asked for says
 * nothing about it. What was delivered, and what may have been, stays: the same people may read both.
 * Incidents are at the other one alone, which only its own key closes.
 */
export function atDestination(state: ChannelState, destination: string): ChannelState {
  if (state.destination === destination) return state;
  if (state.destination === null) return { ...state, destination };
  const { sentAtMs, used, failures, failingSinceMs, unmarked } = NEW_CHANNEL;
  const { notBeforeMs, problem, withoutUserText } = NEW_CHANNEL;
  const unfailed = { failures, failingSinceMs, unmarked, notBeforeMs, problem, withoutUserText };
  const { incidents: _, ...kept } = state;
  return { ...kept, destination, sentAtMs, used, ...unfailed, stuck: null };
}

/** People who are to notice what was set aside may be away for a weekend. */
const SET_ASIDE_SHOWN_MS = 7 * 24 * 60 * 60 * 1000;

/** What was set aside lately, for everything that shows a channel. */
export function recentlySetAside({ setAside }: ChannelState, nowMs: number): readonly SetAside[] {
  return setAside.filter(({ atMs }) => atMs > nowMs - SET_ASIDE_SHOWN_MS);
}

/** The commit that a position behind it, or behind a part of it, is about. */
export function seqOf({ seq, part }: Position): number {
  return part > 0 ? seq + 1 : seq;
}

/** Attempts in a row that fail before a channel counts as failing, and the others are informed. */
const FAILURES_BEFORE_FAILING = 3;

/** Is this channel failing? One refusal of all messages is enough: only a person can end that. */
export function isFailing({ failures, isRefused = false }: ChannelState): boolean {
  return failures >= FAILURES_BEFORE_FAILING || (failures > 0 && isRefused);
}

/**
 * Since when its attempts have failed; null: they do not, or it is not known. An older version, which
 * does not know the field, has left in it what a later delivery has ended.
 */
export function failingSince(state: ChannelState): number | null {
  const { failures, failingSinceMs, deliveredAtMs, ahead } = state;
  if (failures === 0 || failingSinceMs === null) return null;
  // What is delivered before its turn ends no failure.
  const isEnded = (deliveredAtMs ?? 0) > failingSinceMs && ahead.length === 0;
  return isEnded ? null : failingSinceMs;
}

/** Was the last attempt delivered? While a claim is there, its message may still fail. */
export function isWorking({ failures, claim, deliveredAtMs }: ChannelState): boolean {
  return failures === 0 && claim === null && deliveredAtMs !== null;
}

/**
 * When the last reminder of a channel was due, said or in doubt; 0: there was none. A time that no working
 * clock has written silences nothing.
 */
export function lastReminderMs({ remindedMs = 0, claim }: ChannelState, nowMs: number): number {
  const latestMs = nowMs + MAX_CLOCK_DIFFERENCE_MS;
  return Math.max(0, ...[remindedMs, claim?.reminds ?? 0].filter((ms) => ms <= latestMs));
}

/** The state, with the starts of those journals in which the cursor has no position yet. */
export function withStarts(
  state: ChannelState,
  channel: string,
  starts: ReadonlyMap<string, Starts>,
): ChannelState {
  const begun = [...starts].flatMap(([scope, all]) => {
    const seq = own(all, channel);
    const isNeeded = seq !== undefined && state.cursor[scope] === undefined;
    return isNeeded ? [[scope, { seq, part: 0 }] as const] : [];
  });
  // A cursor over thousands of scopes is not copied for nothing.
  if (begun.length === 0) return state;
  return { ...state, cursor: { ...state.cursor, ...Object.fromEntries(begun) } };
}

/** How many commits of these journals are still to be delivered to a channel. */
export function backlog(state: ChannelState, lastSeqs: ReadonlyMap<string, number>): number {
  return [...lastSeqs].reduce(
    (sum, [scope, seq]) => sum + Math.max(0, seq - (state.cursor[scope]?.seq ?? seq)),
    0,
  );
}
