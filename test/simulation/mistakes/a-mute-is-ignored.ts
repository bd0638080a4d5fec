import type * as real from '../../../shared/delivery/core/policy/mutes.ts';

export const intervalAt: typeof real.intervalAt = () => null;
