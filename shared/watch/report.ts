import type { ChannelReport } from '../delivery/report.ts';

/** What a tick did: what the function returns and logs, and `npm run watch -- --once` prints. */
export interface WatchReport {
  /** Every scope was read and recorded, and no channel failed. */
  readonly ok: boolean;
  readonly tickId: string;
  readonly ms: number;
  readonly scopes: readonly ScopeReport[];
  readonly channels: readonly ChannelReport[];
  /** Tablestore capacity units that this tick was charged. */
  readonly units: { readonly read: number; readonly write: number };
  readonly notes: readonly string[];
}

export interface ScopeReport {
  readonly scope: string;
  readonly ok: boolean;
  /** Distinct instances that the scan showed. */
  readonly instances: number;
  readonly pages: number;
  /** Requests to ECS of all kinds, and how many of them were throttled. */
  readonly calls: number;
  readonly throttles: number;
  readonly complete: boolean;
  readonly clean: boolean;
  /** Changes that this tick committed; a baseline counts none. */
  readonly changes: number;
  /** The last commit of the scope's journal after this tick; 0 when it could not be read. */
  readonly seq: number;
  readonly loadMs: number;
  readonly scanMs: number;
  readonly commitMs: number;
  readonly error?: string;
}

/** The report of a scope that was not looked at, or whose tick broke off. */
export function emptyReport(scope: string, ok: boolean): ScopeReport {
  return {
    scope,
    ok,
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
}

/** A channel that waits for its turn is well; one that refuses, or could not be tried, is not. */
const TROUBLE: readonly ChannelReport['outcome'][] = ['retry', 'rejected', 'error'];

export function isWell(
  scopes: readonly ScopeReport[],
  channels: readonly ChannelReport[],
): boolean {
  return (
    scopes.every(({ ok }) => ok) && channels.every(({ outcome }) => !TROUBLE.includes(outcome))
  );
}
