import * as real from '../../../shared/delivery/deliver.ts';

export const deliver: typeof real.deliver = async (...work) => {
  const [report] = await Promise.all([real.deliver(...work), real.deliver(...work)]);
  return report;
};
