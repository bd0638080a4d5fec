import type { HealthLimits } from '../core/health.ts';
import type { Scope } from '../core/model.ts';
import type { JournalRepair } from '../ports/journal.ts';
import type { RawJournal } from '../ports/raw-journal.ts';

export interface DoctorPorts {
  readonly rows: RawJournal;
  /** Used by a repair only. */
  readonly repair: JournalRepair;
  readonly now: () => number;
}

/** What one run of the doctor examines, and whether it repairs what it can. */
export interface DoctorRun {
  readonly scopes: readonly Scope[];
  /** The configured channels; empty: every channel that has a row is examined. */
  readonly channels: readonly string[];
  readonly healthLimits?: HealthLimits;
  readonly isRepair: boolean;
  /** The owner of the lease while a scope is repaired; no tick has the same one. */
  readonly runId: string;
}
