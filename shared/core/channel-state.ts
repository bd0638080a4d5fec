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
  /** The message that is being sent, or whose answer was lost. */
  readonly claim: Claim | null;
  /** How far earlier messages reach whose answers were lost, where that is past the cursor. */
  readonly maybeDelivered: Cursor;
  /** When the last attempt began or ended. */
  readonly attemptedAtMs: number;
  /** When the messages of the last minute were sent, for receivers that count. */
  readonly sentAtMs: readonly number[];
  /** Attempts in a row that were not delivered. */
  readonly failures: number;
  /** No attempt before this time. */
  readonly notBeforeMs: number;
  /** Why the last attempt was not delivered, without secrets; null when it was. */
  readonly problem: string | null;
  /** The receiver refused the last message for its content: the next ones carry no user's text. */
  readonly withoutUserText: boolean;
  /** The last attempt was refused for the address, the token or the configuration. Absent: no. */
  readonly isRefused?: boolean;
  readonly deliveredAtMs: number | null;
}

/** Written before a send, so that a run that finds it later knows that the message may be out. */
export interface Claim {
  /** The positions that the cursor moves to once the message is delivered, and no others. */
  readonly to: Cursor;
  readonly tickId: string;
  /** Until then the sender may be alive and waiting for its answer. */
  readonly untilMs: number;
}

/** The state of a channel that has no row yet: its first claim makes the row. */
export const NEW_CHANNEL: ChannelState = {
  version: 0,
  tickId: '',
  cursor: {},
  claim: null,
  maybeDelivered: {},
  attemptedAtMs: 0,
  sentAtMs: [],
  failures: 0,
  notBeforeMs: 0,
  problem: null,
  withoutUserText: false,
  deliveredAtMs: null,
};

/** Attempts in a row that fail before a channel counts as failing, and the others are informed. */
const FAILURES_BEFORE_FAILING = 3;

/** Is this channel failing? One refusal of all messages is enough: only a person can end that. */
export function isFailing({ failures, isRefused = false }: ChannelState): boolean {
  return failures >= FAILURES_BEFORE_FAILING || (failures > 0 && isRefused);
}

/** Was the last attempt delivered? While a claim is there, its message may still fail. */
export function isWorking({ failures, claim, deliveredAtMs }: ChannelState): boolean {
  return failures === 0 && claim === null && deliveredAtMs !== null;
}

/** The state, with the starts of those journals in which the cursor has no position yet. */
export function withStarts(
  state: ChannelState,
  channel: string,
  starts: ReadonlyMap<string, Starts>,
): ChannelState {
  const begun = [...starts].flatMap(([scope, all]) => {
    const seq = startOf(all, channel);
    const isNeeded = seq !== undefined && state.cursor[scope] === undefined;
    return isNeeded ? [[scope, { seq, part: 0 }] as const] : [];
  });
  // A cursor over thousands of scopes is not copied for nothing.
  if (begun.length === 0) return state;
  return { ...state, cursor: { ...state.cursor, ...Object.fromEntries(begun) } };
}

export function startOf(starts: Starts, channel: string): number | undefined {
  return Object.hasOwn(starts, channel) ? starts[channel] : undefined;
}

/** How many commits of these journals are still to be delivered to a channel. */
export function backlog(state: ChannelState, lastSeqs: ReadonlyMap<string, number>): number {
  return [...lastSeqs].reduce(
    (sum, [scope, seq]) => sum + Math.max(0, seq - (state.cursor[scope]?.seq ?? seq)),
    0,
  );
}
