import * as real from '../../../shared/delivery/core/stages/instead-line.ts';

export const insteadLine: typeof real.insteadLine = (...args) => {
  const plan = real.insteadLine(...args);
  if (plan.kind !== 'send') return plan;
  return { ...plan, message: { ...plan.message, isRepeat: false } };
};
