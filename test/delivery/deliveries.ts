import type { Message, Outcome } from '../../shared/core/message.ts';
import type { DeliveryPorts, DeliveryRun } from '../../shared/delivery/run.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { MINUTE_MS, NOW_MS } from '../helpers/examples.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

/** A channel that keeps what it is sent, and answers as `outcome` says. */
export interface TestChannel extends Channel {
  readonly sent: Message[];
  outcome: Outcome;
}

export function aChannel(name: string, parts: Partial<Channel> = {}): TestChannel {
  const channel: TestChannel = {
    name,
    destination: 'its address',
    style: 'digest',
    messagesPerMinute: 18,
    sent: [],
    outcome: { kind: 'delivered' },
    send: async (message) => {
      channel.sent.push(message);
      return channel.outcome;
    },
    ...parts,
  };
  return channel;
}

export function portsOver(
  journal: Journal,
  channels: readonly Channel[],
  nowMs = NOW_MS,
): DeliveryPorts {
  return { journal, channels, runtime: virtualRuntime(nowMs) };
}

/** A run of a function instance that remembers nothing yet. */
export function aRun(tickId: string, nowMs = NOW_MS): DeliveryRun {
  return {
    tickId,
    deadlineMs: nowMs + MINUTE_MS,
    memory: { channels: new Map() },
  };
}
