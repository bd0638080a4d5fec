import * as real from '../../../shared/watch/unreported.ts';

export const openUnreported: typeof real.openUnreported = async (...work) => {
  const opened = await real.openUnreported(...work);
  const { opening } = opened;
  return opening.kind === 'left' ? { ...opened, opening: { ...opening, lastSeq: 0 } } : opened;
};
