import type { IncidentEvent } from './incident.ts';
import type { Change, Commit } from './model.ts';
import type { Pause } from './pause.ts';
import type { SentInstead } from './sent-instead.ts';

/** What a channel sends. */
export interface Message {
  /** The commits to announce, oldest first in each scope. */
  readonly commits: readonly MessageCommit[];
  /** Which part of its one commit this is; always 0 of 1 in a digest. */
  readonly part: Part;
  /** An earlier attempt may have arrived: its answer was lost. */
  readonly isRepeat: boolean;
  /** Only ids and statuses: the receiver rejected the content, and names are the likely cause. */
  readonly withoutUserText: boolean;
  /** What is to be said of instances besides their changes. Absent: nothing. */
  readonly standings?: readonly Standing[];
  /**
   * What stays bad, said again: the stop of each instance, which is no news. Where `fromSinceMs` of a change
   * is the time since when the instance is stopped. Absent: nothing.
   */
  readonly reminders?: readonly MessageCommit[];
  /** A mute is over: this is what it has held back. Absent in any other message. */
  readonly muted?: Pause;
  /** The receiver is the fallback of this channel, which has failed since then. Absent: it is not. */
  readonly inPlaceOf?: { readonly channel: string; readonly sinceMs: number };
  /** The channel works again, and this says what its fallback was sent. Absent in any other message. */
  readonly instead?: SentInstead;
  /** Ids of people who are to be mentioned, as the receiver calls them. */
  readonly mentions?: readonly string[];
  /** What it does to an incident, at a receiver of incidents. Absent: it says what has changed. */
  readonly incident?: IncidentEvent;
}

/** Chats, endpoints for programs, and services that call people and keep incidents. */
export type ChannelStyle = 'digest' | 'commits' | 'incidents';

/** A commit as a channel gets it: routes may have left some of its changes out. */
export interface MessageCommit extends Commit {
  readonly changes: readonly MessageChange[];
  /** All changes of the commit, where some are left out: its parts are counted over all of them. */
  readonly all?: readonly Change[];
  /** The route by which the channel gets its notice. */
  readonly route?: string;
}

export interface MessageChange extends Change {
  /** Its place among all changes of its commit; absent: that in the list. */
  readonly index?: number;
  /** The route by which the channel gets it. */
  readonly route?: string;
  /** What statuses mean to the people of the route, where it says so. */
  readonly severities?: Readonly<Record<string, Severity>>;
}

/** The worst first. */
export const SEVERITIES = ['bad', 'neutral', 'good'] as const;
/** What a change means to the people who run the instance. */
export type Severity = (typeof SEVERITIES)[number];

/** What a digest says of an instance besides its changes, which are in the message as well. */
export interface Standing {
  readonly scope: string;
  readonly instanceId: string;
  /**
   * `lasting`: it does not leave a transitory state, which it has had for `forMs`. `flapping`: from
   * now on its changes are counted, not sent. `settled`: that is over. `counted`: they are no longer
   * counted, although it may go on. All three count since `sinceMs`.
   */
  readonly what:
    | { readonly kind: 'lasting'; readonly forMs: number }
    | {
        readonly kind: 'flapping' | 'settled' | 'counted';
        readonly flips: number;
        readonly sinceMs: number;
      };
}

export interface Part {
  readonly index: number;
  readonly count: number;
}

/** What became of one attempt. */
export type Outcome =
  /** `unmentioned`: why a further message that was to mention people with it was not taken. */
  | { readonly kind: 'delivered'; readonly unmentioned?: string }
  /**
   * `lost`: no answer came, or one that leaves open whether the message was shown.
   * `unmarked`: success by its HTTP status, but without the mark by which this service confirms.
   */
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly lost: boolean;
      readonly unmarked?: true;
    }
  | {
      readonly kind: 'throttled';
      readonly reason: string;
      readonly untilMs: number;
      readonly lost?: boolean;
      /** The quota of the receiver is used up: a person may have to act. */
      readonly isQuota?: true;
    }
  /** The receiver refuses this message (`payload`), or every message until a person acts. */
  | {
      readonly kind: 'rejected';
      readonly reason: string;
      readonly cause: 'payload' | 'config' | 'dead';
    };
