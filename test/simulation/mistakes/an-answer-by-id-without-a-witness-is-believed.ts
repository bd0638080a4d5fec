import * as real from '../../../shared/watch/ask-by-id.ts';

export const askByIds: typeof real.askByIds = (fleet, ids, witnesses, onAnswer) =>
  real.askByIds(fleet, ids, witnesses, (answer) => onAnswer({ ...answer, isNotFound: true }));
