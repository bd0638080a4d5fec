import { type ChannelState, NEW_CHANNEL } from '../../../shared/core/channel-state.ts';
import { channelCondition } from '../../../shared/view/core/channel-condition.ts';

const HOUR_MS = 60 * 60 * 1000;
const NOW_MS = Date.parse('2026-11-22T10:00:00Z');

describe('the condition of a channel', () => {
  it.each<readonly [string, Partial<ChannelState>]>([
    ['well', { attemptedAtMs: 0 }],
    ['retried', { failures: 2, attemptedAtMs: NOW_MS }],
    ['failing', { failures: 3, attemptedAtMs: NOW_MS }],
    ['failing', { failures: 1, isRefused: true, attemptedAtMs: NOW_MS }],
    ['failing', { failures: 3, attemptedAtMs: NOW_MS - 3 * HOUR_MS + 1 }],
    ['abandoned', { failures: 3, attemptedAtMs: NOW_MS - 3 * HOUR_MS }],
    ['abandoned', { failures: 1, attemptedAtMs: NOW_MS - 3 * HOUR_MS }],
    // Its receiver has asked for a pause.
    ['failing', { failures: 3, attemptedAtMs: NOW_MS - 9 * HOUR_MS, notBeforeMs: NOW_MS }],
    // No receiver is left alone for longer than a day: a clock that was wrong wrote this pause.
    ['abandoned', { failures: 3, attemptedAtMs: NOW_MS - 28 * HOUR_MS, notBeforeMs: 2 * NOW_MS }],
  ])('is %s with %j', (condition, state) => {
    expect(channelCondition({ ...NEW_CHANNEL, ...state }, NOW_MS)).toBe(condition);
  });
});
