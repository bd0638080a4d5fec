import type { Health } from '../../core/health.ts';
import { COUNT, objectSchema } from './schema.ts';

/** What the last tick has sent to ECS for a scope, against what it may send. */
export interface LastScan {
  readonly calls: number;
  readonly throttles: number;
  readonly callsPerMinute: number;
  /** Calls that the tick has left over. */
  readonly callsLeft?: number;
  /** How long the last complete scan took. Absent: there was none yet. */
  readonly scanMs?: number;
}

/** For objects that hold what `scanJson` answers. */
export const LAST_SCAN_FIELD = {
  lastScan: objectSchema(
    { calls: COUNT, throttles: COUNT, callsPerMinute: COUNT },
    { callsLeft: COUNT, scanMs: COUNT },
  ),
};

/** Nothing while no tick has stored it. The calls that are left are a fraction while they grow. */
export function scanJson(health: Health | undefined): { readonly lastScan?: LastScan } {
  const { lastCalls, callsLeft, lastGoodAtMs = null, scanMs = 0 } = health ?? {};
  if (lastCalls === undefined) return {};
  const { calls, throttles, budgetPerMinute } = lastCalls;
  return {
    lastScan: {
      calls,
      throttles,
      callsPerMinute: budgetPerMinute,
      ...(callsLeft !== undefined && { callsLeft: Math.floor(callsLeft.calls) }),
      // A clock that was set back during the scan has made it negative.
      ...(lastGoodAtMs !== null && scanMs >= 0 && { scanMs }),
    },
  };
}
