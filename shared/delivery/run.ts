import type { ChannelState } from '../core/channel-state.ts';
import type { Scope } from '../core/model.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Channel } from '../ports/channel.ts';
import type { Journal } from '../ports/journal.ts';

/** The doors that delivery uses. */
export interface DeliveryPorts {
  readonly journal: Journal;
  readonly channels: readonly Channel[];
  readonly runtime: Runtime;
}

/** The run that delivers: who it is, and until when. */
export interface DeliveryRun {
  readonly tickId: string;
  readonly scopes: readonly Scope[];
  readonly deadlineMs: number;
  readonly memory: {
    /** Channel name → its state after this function last moved it. */
    readonly channels: Map<string, ChannelState>;
  };
}
