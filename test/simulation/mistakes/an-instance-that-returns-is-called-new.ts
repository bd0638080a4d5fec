import * as real from '../../../shared/watch/core/diff.ts';

export const diff: typeof real.diff = ({ instances }, seen) =>
  real.diff({ instances, released: new Map() }, seen);
