import * as real from '../../../shared/watch/open.ts';

export const open: typeof real.open = async (...args) => {
  const opened = await real.open(...args);
  if (opened.kind === 'failed') throw new Error(opened.reason);
  return opened;
};
