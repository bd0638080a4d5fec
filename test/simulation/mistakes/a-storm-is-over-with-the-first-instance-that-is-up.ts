import * as real from '../../../shared/delivery/core/incidents/ledger.ts';

export const nextEvent: typeof real.nextEvent = (incidents, words, nowMs) => {
  const up = new Set(words.filter(({ isBad }) => !isBad).map(({ scope }) => scope));
  const entries = Object.entries(incidents).map(([scope, known]) => {
    const storm = known['*'];
    return [scope, storm && up.has(scope) ? { ...known, '*': { ...storm, down: [] } } : known];
  });
  return real.nextEvent(Object.fromEntries(entries), words, nowMs);
};
