import type { Message } from '../../shared/core/message.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import { AT_ONCE } from './examples.ts';

/** A chat that takes every message, and keeps it in `sent`. */
export function aChat(sent: Message[]): Channel {
  return {
    name: 'chat',
    destination: 'chat',
    style: 'digest',
    messagesPerMinute: 18,
    settling: AT_ONCE,
    send: async (message) => {
      sent.push(message);
      return { kind: 'delivered' };
    },
  };
}
