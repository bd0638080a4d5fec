import type { ChannelStyle, Message, Outcome } from '../core/message.ts';
import type { Quota } from '../core/quota.ts';
import type { Settling } from '../core/settling.ts';

/** One configured receiver. */
export interface Channel {
  /** Under this name the journal keeps the channel's state. No other channel has it. */
  readonly name: string;
  /** Differs for every other address and secret, and discloses neither. */
  readonly destination: string;
  /**
   * A chat gets one digest of everything that is new; an endpoint gets each commit as it is; where people
   * are called, an incident is opened and closed, and all else is one digest.
   */
  readonly style: ChannelStyle;
  /** It takes nothing but incidents. Absent: it takes the rest as well. */
  readonly incidentsOnly?: true;
  /** How many messages a minute the planner may send to this receiver. */
  readonly messagesPerMinute: number;
  /** How many messages of that limit, and of a quota, this one takes. Absent: one. */
  readonly messagesFor?: (message: Message) => number;
  /** How many messages a chat takes in a day or month. Absent: as many as there are. */
  readonly quota?: Quota;
  /** When the news of an instance is ripe for a chat. Absent: as for most people. */
  readonly settling?: Settling;
  /**
   * One attempt, of `timeoutMs` at most; without it, of the channel's own limit. The outcome says
   * what became of the message. Nothing that a receiver does makes this throw.
   */
  send(message: Message, timeoutMs?: number): Promise<Outcome>;
}
