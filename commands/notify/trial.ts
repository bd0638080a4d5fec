import type { ConfiguredChannel } from '../../shared/channels/index.ts';
import type { WatchConfig } from '../../shared/config/watch.ts';
import type { JournalReader } from '../../shared/ports/journal.ts';
import type { Ports } from '../../shared/watch/ports.ts';

/** What a try is made with. */
export interface Trial {
  readonly config: WatchConfig;
  readonly ports: Ports;
  readonly reader: JournalReader;
  readonly deadlineMs: number;
  /** Those that are tried, as they are configured. */
  readonly configured: ReadonlyMap<string, ConfiguredChannel>;
}
