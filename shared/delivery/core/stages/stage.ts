import type { AsOf, ChannelState, Cursor } from '../../../core/channel-state.ts';
import type { Message } from '../../../core/message.ts';
import type { Commit } from '../../../core/model.ts';
import type { Quota } from '../../../core/quota.ts';
import type { Settling } from '../../../core/settling.ts';

/** What a channel does next. */
export type Plan =
  | { readonly kind: 'idle' }
  /** `claim`: another run is sending; `back-off`: the last attempt failed; `budget`: too many. */
  | {
      readonly kind: 'wait';
      readonly untilMs: number;
      readonly reason: 'claim' | 'back-off' | 'budget';
    }
  /** These commits hold no news yet: move on without a message. `held`: as in a message. */
  | { readonly kind: 'skip'; readonly to: Cursor; readonly held?: ChannelState['held'] }
  /** `to`: the positions that the message moves. */
  | {
      readonly kind: 'send';
      readonly message: Message;
      readonly to: Cursor;
      /** What a chat's message leaves for later, and how that was decided. */
      readonly held?: ChannelState['held'];
      readonly asOf?: AsOf;
      /** It is sent before its turn, past a stuck one. */
      readonly isAhead?: boolean;
    };

/** A message in the making. */
export interface Draft {
  readonly kind: 'draft';
  /** The commits that it may hold: a list for each scope, oldest first, none of them empty. */
  readonly pending: readonly (readonly Commit[])[];
  /** Those of them that move the cursor and appear in no message. */
  readonly silent: ReadonlySet<Commit>;
  /** One commit that passes a stuck one. */
  readonly isAhead?: boolean;
  /** An earlier attempt at these commits may have arrived. */
  readonly isRepeat: boolean;
}

/** How a channel wants to be served. */
export interface Manner {
  /** The channel's own name: a notice that it fails is not for itself. */
  readonly name?: string;
  readonly style: 'digest' | 'commits';
  readonly messagesPerMinute: number;
  /** Only of a chat, both. Absent: no quota, and the settling of most people. */
  readonly quota?: Quota;
  readonly settling?: Settling;
}

/** What a stage may know besides the draft. */
export interface Circumstances {
  readonly manner: Manner;
  readonly state: ChannelState;
  readonly tickId: string;
  readonly nowMs: number;
}

/** One step of planning: it refines the draft for the next stage, or decides the plan. */
export type Stage = (draft: Draft, circumstances: Circumstances) => Draft | Plan;
