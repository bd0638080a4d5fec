/** How far a channel has been served in one scope's journal. */
export interface Position {
  /** The last commit that was delivered whole. */
  readonly seq: number;
  /** Parts already delivered of the commit after it; 0 unless that one is very large. */
  readonly part: number;
}

/** Scope key → position: a channel's cursor over all journals. */
export type Cursor = Readonly<Record<string, Position>>;

/** What is remembered of a channel from one attempt to the next. */
export interface ChannelState {
  /** Counts the moves of this state, for compare-and-set. */
  readonly version: number;
  /** The tick that made this version, so that a move whose answer was lost is recognised. */
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
  /** The receiver refused the last message for what was in it: say only the essentials. */
  readonly withoutUserText: boolean;
  readonly deliveredAtMs: number | null;
}

/** Written before a send, so that whoever finds it later knows that the message may be out. */
export interface Claim {
  /** Where the cursor stands once the message is delivered. */
  readonly to: Cursor;
  readonly tickId: string;
  /** Until then the sender may be alive and waiting for its answer. */
  readonly untilMs: number;
}

/** Of a channel that nothing was ever done for. */
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

/** How many commits of `lastSeqs` a channel has not been told. */
export function backlog(state: ChannelState, lastSeqs: ReadonlyMap<string, number>): number {
  return [...lastSeqs].reduce(
    (sum, [scope, seq]) => sum + Math.max(0, seq - (state.cursor[scope]?.seq ?? seq)),
    0,
  );
}
