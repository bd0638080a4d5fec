import type { Scope } from '../core/model.ts';
import type { JournalReader } from '../ports/journal.ts';
import type { Readings } from './reading.ts';

/** What the view works with: a journal to read, and the scopes and channels that it answers for. */
export interface ViewPorts {
  readonly journal: JournalReader;
  readonly scopes: readonly Scope[];
  /** Names of the channels that the watcher may be serving. */
  readonly channels: readonly string[];
  /** What a warm function remembers of the scopes. */
  readonly readings: Readings;
  readonly now: () => number;
}
