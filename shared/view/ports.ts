import type { HealthLimits } from '../core/health.ts';
import type { Scope } from '../core/model.ts';
import type { Limits } from '../lib/write-once.ts';
import type { Journal, JournalReader } from '../ports/journal.ts';
import type { QueryMemory } from './query-memory.ts';
import type { Readings } from './reading.ts';
import type { StateMemory } from './state-memory.ts';

/** The only writes that are not those of the watch function: one row, where there is none yet. */
export type NoteJournal = Pick<Journal, 'append' | 'commitAt'>;

/** What the view works with: a journal to read, and the scopes that it answers for. */
export interface ViewPorts {
  readonly journal: JournalReader;
  readonly scopes: readonly Scope[];
  readonly healthLimits?: HealthLimits;
  /** What a warm function remembers of the scopes. */
  readonly readings: Readings;
  /** What a warm function remembers of its answers. */
  readonly queries: QueryMemory;
  /** What a warm function remembers of the past. */
  readonly states: StateMemory;
  /** Where notes are written. Absent: this view only reads. */
  readonly notes?: {
    readonly journal: NoteJournal;
    readonly limits: Limits;
    /** Names a writing, so that a lost answer is recognised. */
    readonly newId: () => string;
  };
  readonly now: () => number;
  /** The page for browsers, a whole document. Absent, or undefined: it is not beside the code. */
  readonly page?: () => Promise<string | undefined>;
  /** What is watched is a local cloud: no page of the ECS console shows its instances. */
  readonly withoutConsole?: true;
  /** The origins whose scripts may read the answers. Absent: CORS is off. */
  readonly corsOrigins?: readonly string[];
}
