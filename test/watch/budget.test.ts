import { openBudget } from '../../shared/watch/budget.ts';

describe('the calls that a budget can spare', () => {
  it.each([
    { spent: 0, reserved: 0, laterMs: 0, spare: 100, when: 'it is full and nothing is reserved' },
    { spent: 40, reserved: 40, laterMs: 0, spare: 20, when: 'no time is left to fill it' },
    { spent: 40, reserved: 40, laterMs: 60_000, spare: 60, when: 'it fills in time' },
    { spent: 80, reserved: 80, laterMs: 30_000, spare: 0, when: 'it does not fill in time' },
    { spent: 100, reserved: 100, laterMs: 60_000, spare: 0, when: 'a scan needs all of it' },
    { spent: 100, reserved: 500, laterMs: 120_000, spare: 0, when: 'it holds no call now' },
  ])('are $spare when $when', ({ spent, reserved, laterMs, spare }) => {
    const budget = openBudget(100, 0, undefined);
    for (let call = 0; call < spent; call += 1) budget.spend();

    expect(budget.spare(0, reserved, laterMs)).toBe(spare);
  });
});
