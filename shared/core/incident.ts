import { own } from './own.ts';

/**
 * What a receiver of incidents was last sent: scope key → subject → its incident. A subject is the id of an
 * instance, `STORM`, or one of `FAILURES`.
 */
export type Incidents = Readonly<Record<string, ScopeIncidents>>;
export type ScopeIncidents = Readonly<Record<string, Incident>>;

export interface Incident {
  /**
   * `unsure`: an event about it was on its way, and what became of it is not known, so that the next one is
   * sent in any case. Receivers take the same event twice without harm.
   */
  readonly state: 'open' | 'closed' | 'unsure';
  /** The commit that its last event was about. */
  readonly seq: number;
  /** The event that was to open it had no answer, so that the receiver may never have seen that it began. */
  readonly isPerhapsUnseen?: true;
  /**
   * Of `STORM`: an event without an answer may have named instances that are up again since then, so that
   * no later event names them.
   */
  readonly mayHaveNamedMore?: true;
  /** When it was opened lately, the latest last. */
  readonly openedAtMs: readonly number[];
  /** Its trouble is over since then, but it has come and gone too often to be closed yet. */
  readonly overSinceMs?: number;
  /** Of `STORM`: the instances that are neither running again nor released. */
  readonly down?: readonly string[];
}

/** What a commit says of one subject: its trouble begins, or it is over. */
export interface Word {
  readonly scope: string;
  readonly subject: string;
  readonly isBad: boolean;
  /** The instance is released: nothing more will be said of it. */
  readonly isGone?: true;
  readonly seq: number;
  readonly atMs: number;
}

/** What a message does to one incident. */
export interface IncidentEvent {
  readonly action: 'trigger' | 'resolve';
  readonly scope: string;
  readonly subject: string;
  /** Of `STORM`, while it is open: how many instances are down, by the last commit that is known. */
  readonly down?: number;
}

/** The incident of a scope in which many instances are down. No instance has such an id. */
export const STORM = '*';

/** Failures of the watcher. No instance id has a space. */
export const FAILURES = {
  scans: 'scans failing',
  vanished: 'instances vanished',
  store: 'store failing',
  channel: (name: string): string => `channel ${name}`,
  account: (alias: string): string => `account ${alias}`,
} as const;

export function isInstance(subject: string): boolean {
  return subject !== STORM && !subject.includes(' ');
}

export function incidentsIn(incidents: Incidents | undefined, scope: string): ScopeIncidents {
  return own(incidents ?? {}, scope) ?? {};
}
