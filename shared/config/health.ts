import { HEALTH_LIMITS, type HealthLimits } from '../core/health.ts';
import type { VariableReader } from './reader.ts';

/** When a scope is no longer healthy. The watcher and the view are given the same variables. */
export function configuredHealth(read: VariableReader): HealthLimits {
  return {
    failures: read.count('HEALTH_FAILED_SCANS', HEALTH_LIMITS.failures),
    staleMs: read.count('HEALTH_STALE_SECONDS', HEALTH_LIMITS.staleMs / 1000) * 1000,
  };
}
