import type * as real from '../../../shared/core/details.ts';

export const holdsOnlyDetails: typeof real.holdsOnlyDetails = () => false;
