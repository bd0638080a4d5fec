import type * as real from '../../../shared/core/time.ts';

export const commitTimeMs: typeof real.commitTimeMs = (_lastAtMs, nowMs) => nowMs;
