import * as real from '../../../shared/delivery/core/incidents/ledger.ts';

export const nextEvent: typeof real.nextEvent = (...args) => {
  const due = real.nextEvent(...args);
  return due?.event.action === 'resolve' ? null : due;
};
