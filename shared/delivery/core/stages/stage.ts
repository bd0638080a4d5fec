import type { AllMutedNews, AsOf, ChannelState, Cursor } from '../../../core/channel-state.ts';
import type { Incidents, Word } from '../../../core/incident.ts';
import type { ChannelStyle, Message, MessageCommit, Standing } from '../../../core/message.ts';
import type { Pause } from '../../../core/pause.ts';
import type { Quota } from '../../../core/quota.ts';
import type { Settling } from '../../../core/settling.ts';
import type { DueReminder } from '../news/due-reminder.ts';
import type { ChannelPolicy } from '../policy/policy.ts';

/** What a channel does next. */
export type Plan =
  | { readonly kind: 'idle' }
  /** `claim`: another run is sending; `back-off`: the last attempt failed; `budget`: too many. */
  | {
      readonly kind: 'wait';
      readonly untilMs: number;
      readonly reason: 'claim' | 'back-off' | 'budget' | 'quota';
    }
  /** These commits hold no news, or none yet: move on without a message. */
  | ({ readonly kind: 'skip' } & Move)
  | ({
      readonly kind: 'send';
      readonly message: Message;
      /** It is sent before its turn, past a stuck one. */
      readonly isAhead?: boolean;
    } & Move);

/** How a plan moves the channel. */
export interface Move {
  /** The positions that it moves; of a summary: how far that goes. */
  readonly to: Cursor;
  /** Of a chat: what is held back once it is delivered, and how that was decided. */
  readonly held?: ChannelState['held'];
  readonly asOf?: AsOf;
  /** What the mutes that go on hold after it. */
  readonly holds?: AllMutedNews;
  /** The mutes that it ends, if it is their summary. */
  readonly mutes?: readonly string[];
  /**
   * Of a receiver of incidents: what is open once it is delivered; of an event also while that is not known
   * (`claimed`), and if it surely has not arrived (`before`).
   */
  readonly incidents?: {
    readonly settled: Incidents;
    readonly claimed?: Incidents;
    readonly before?: Incidents;
  };
  /** It is the line about what the fallback was sent. */
  readonly saysInstead?: true;
  /** How many messages of the receiver's limit it takes. Absent: one. */
  readonly takes?: number;
  /** It says, or passes over, the reminder that was due then. */
  readonly reminds?: number;
  /** It holds nothing but that reminder: if it may have been shown, nothing of it is sent again. */
  readonly isOver?: true;
}

/** A message in the making. */
export interface Draft {
  readonly kind: 'draft';
  /** The commits that it may hold: a list for each scope, oldest first, none of them empty. */
  readonly pending: readonly (readonly MessageCommit[])[];
  /** Those of them that move the cursor and appear in no message. */
  readonly silent: ReadonlySet<MessageCommit>;
  /** Changes that routes send elsewhere, and mutes hold back. Absent: none. */
  readonly elsewhere?: readonly Elsewhere[];
  /** One commit that passes a stuck one. */
  readonly isAhead?: boolean;
  /** An earlier attempt at these commits may have arrived. */
  readonly isRepeat: boolean;
  /** The message says what these mutes have held back, and nothing else. */
  readonly summary?: Summary;
  /** What the mutes that go on hold, once the cursor has passed these commits. */
  readonly holds?: AllMutedNews;
  /** Of a chat: the reminder that is due, and what the chat is reminded of. */
  readonly reminders?: { readonly dueMs: number; readonly commits: readonly MessageCommit[] };
  /** Of a receiver of incidents: what the pending commits say of them. */
  readonly words?: readonly Word[];
  /** Of a chat: how it moves, and what is said of instances besides, once it is known what is ripe. */
  readonly ripe?: { readonly move: Move; readonly standings: readonly Standing[] };
}

/** A change of an instance that the channel is not sent now. */
export interface Elsewhere {
  readonly scope: string;
  readonly seq: number;
  readonly instanceId: string;
}

/** What of a commit is left out. */
export function leftOut(
  { scope, seq, changes }: MessageCommit,
  kept: MessageCommit | null,
): readonly Elsewhere[] {
  if (kept?.changes === changes) return [];
  const ids = new Set(kept?.changes.map(({ instanceId }) => instanceId));
  return changes
    .filter(({ instanceId }) => !ids.has(instanceId))
    .map(({ instanceId }) => ({ scope, seq, instanceId }));
}

/** The summary that a message is to be. */
export interface Summary {
  /** The mutes that are over. */
  readonly mutes: readonly string[];
  /** As far as it goes in each scope. */
  readonly to: Cursor;
  readonly muted: Pause;
}

/** How a channel wants to be served. */
export interface Manner {
  /** The channel's own name: a notice that it fails is not for itself. */
  readonly name?: string;
  readonly style: ChannelStyle;
  readonly messagesPerMinute: number;
  /** How many messages of that limit one message takes. Absent: one. */
  readonly messagesFor?: (message: Message) => number;
  /** Only of a receiver of incidents: it takes nothing else. */
  readonly incidentsOnly?: true;
  /** Absent: it gets everything, always. */
  readonly policy?: ChannelPolicy;
  /** Only of a chat, both. Absent: no quota, and the settling of most people. */
  readonly quota?: Quota;
  readonly settling?: Settling;
  /** Only while its fallback sends its messages. */
  readonly inPlaceOf?: Message['inPlaceOf'];
}

/** What a stage may know besides the draft. */
export interface Circumstances {
  readonly manner: Manner;
  readonly state: ChannelState;
  readonly tickId: string;
  readonly nowMs: number;
  /** Absent: it is not time to say again what stays bad. */
  readonly reminder?: DueReminder;
}

/** One step of planning: it refines the draft for the next stage, or decides the plan. */
export type Stage = (draft: Draft, circumstances: Circumstances) => Draft | Plan;
