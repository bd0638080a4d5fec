import type { Message, Outcome } from '../core/message.ts';

/** One configured receiver. */
export interface Channel {
  readonly name: string;
  /** A chat gets one digest of everything that is new; an endpoint gets each commit as it is. */
  readonly style: 'digest' | 'commits';
  /** How many messages a minute this receiver may be sent, by plan. */
  readonly messagesPerMinute: number;
  /**
   * One attempt, of `timeoutMs` at most; without it, as long as the channel itself has patience.
   * It answers what became of it and does not throw for anything a receiver does.
   */
  send(message: Message, timeoutMs?: number): Promise<Outcome>;
}
