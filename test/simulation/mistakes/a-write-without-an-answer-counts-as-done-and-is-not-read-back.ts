import * as real from '../../../shared/lib/write-once.ts';

export const writeOnce: typeof real.writeOnce = (write, ...rest) =>
  real.writeOnce({ ...write, readBack: async () => 'ours' }, ...rest);
