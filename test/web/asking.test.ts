import { type Asked, askAgainMs, shownAfter } from '../../web/core/asking.ts';

const ANSWER: Asked<number> = { kind: 'answer', status: 200, json: 1 };
const failed = (status: number): Asked<number> => ({
  kind: 'failed',
  error: { status, message: 'no answer' },
});

describe('a question of the page to the view', () => {
  it.each([0, 400, 401, 500, 503])('is asked again after a failure that may pass: %d', (status) => {
    expect(askAgainMs(failed(status), () => false)).toBeGreaterThanOrEqual(5_000);
    expect(shownAfter(ANSWER, failed(status))).toBe(ANSWER);
  });

  it.each([403, 404])('is answered by a failure that lasts: %d', (status) => {
    expect(askAgainMs(failed(status), () => true)).toBeNull();
    expect(shownAfter(ANSWER, failed(status))).toEqual(failed(status));
  });

  it('is asked again only while another answer is to come', () => {
    expect(askAgainMs(ANSWER, () => false)).toBeNull();
    expect(askAgainMs(ANSWER, () => true)).toBe(10_000);
    expect(shownAfter(failed(503), ANSWER)).toBe(ANSWER);
  });
});
