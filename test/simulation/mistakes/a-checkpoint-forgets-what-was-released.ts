import * as real from '../../../shared/tablestore/checkpoint.ts';

export const encodeSnapshot: typeof real.encodeSnapshot = (snapshot) =>
  real.encodeSnapshot({ ...snapshot, released: new Map() });
