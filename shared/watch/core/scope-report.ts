import type { RoundProgress } from '../../core/round.ts';

/** What a tick did with one scope. */
export interface ScopeReport {
  readonly scope: string;
  readonly ok: boolean;
  /** As the page and `/healthz` see the scope after this tick; null: this tick does not know. */
  readonly healthy: boolean | null;
  /** Distinct instances that the scan showed. */
  readonly instances: number;
  readonly pages: number;
  /** Requests to ECS of all kinds, and how many of them were throttled. */
  readonly calls: number;
  readonly throttles: number;
  readonly complete: boolean;
  /** The scan goes on with the next tick. Absent: it has ended. */
  readonly round?: RoundProgress;
  readonly clean: boolean;
  /** Changes that this tick committed; a baseline counts none. */
  readonly changes: number;
  /** The last commit of the scope's journal after this tick; 0 when it could not be read. */
  readonly seq: number;
  readonly loadMs: number;
  readonly scanMs: number;
  readonly commitMs: number;
  readonly error?: string;
  /** The scope was empty then, and is not looked at again before some minutes. Absent: in this tick. */
  readonly lookedAt?: string;
}

/** Of a scope that was not scanned. */
export const NOT_SCANNED: Omit<ScopeReport, 'scope' | 'ok' | 'healthy'> = {
  instances: 0,
  pages: 0,
  calls: 0,
  throttles: 0,
  complete: false,
  clean: false,
  changes: 0,
  seq: 0,
  loadMs: 0,
  scanMs: 0,
  commitMs: 0,
};
