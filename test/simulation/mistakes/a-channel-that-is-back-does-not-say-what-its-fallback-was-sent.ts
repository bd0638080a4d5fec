import type * as real from '../../../shared/delivery/core/stages/instead-line.ts';

export const insteadLine: typeof real.insteadLine = (draft) => draft;
