import { lostContact, SILENT_MS } from '../../web/core/contact.ts';

const NOW_MS = 1_000_000;
const AHEAD_MS = 3 * 60 * 60 * 1000;
const calm = {
  lost: null,
  answeredAtMs: NOW_MS,
  answerDueMs: NOW_MS + SILENT_MS,
  clockAheadMs: AHEAD_MS,
};

describe('the contact of the page with the view', () => {
  it('is lost when an answer is overdue, though nothing has failed', () => {
    const { answerDueMs } = calm;

    expect(lostContact(calm, answerDueMs, true)).toBeNull();
    expect(lostContact(calm, answerDueMs + 1, true)).toEqual({
      sinceMs: NOW_MS + AHEAD_MS,
      problem: '',
      status: 0,
      code: '',
    });
    expect(lostContact(calm, answerDueMs + 1, false)).toBeNull();
  });

  it('is lost since a time of the clock of the view', () => {
    const lost = { sinceMs: NOW_MS, problem: 'HTTP 503', status: 503, code: '' };

    expect(lostContact({ ...calm, lost }, NOW_MS + 1, true)).toEqual({
      ...lost,
      sinceMs: NOW_MS + AHEAD_MS,
    });
  });
});
