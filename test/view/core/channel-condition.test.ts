import { type ChannelState, NEW_CHANNEL } from '../../../shared/core/channel-state.ts';
import { channelCondition } from '../../../shared/view/core/channel-condition.ts';

import { channelHealth } from '../../../shared/view/core/health-json.ts';

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

describe('a failure of a message that is not tried again', () => {
  const state: ChannelState = {
    ...NEW_CHANNEL,
    cursor: { 'main/x': { seq: 4, part: 0 } },
    failures: 1,
    problem: 'TIMEOUT',
    failingSinceMs: NOW_MS - 3 * HOUR_MS,
    attemptedAtMs: NOW_MS - 3 * HOUR_MS,
  };
  const healthAt = (changes: Partial<ChannelState>, lastSeq: number, nowMs = NOW_MS) =>
    channelHealth('ops', { ...state, ...changes }, new Map([['main/x', lastSeq]]), nowMs, {
      isTrusted: true,
    });

  it('is shown for hours, and says nothing of the channel after that', () => {
    expect(healthAt({}, 4, NOW_MS - 1)).toMatchObject({ failures: 1, problem: 'TIMEOUT' });

    const later = healthAt({}, 4);

    expect(later).toMatchObject({ failures: 0, failing: false });
    for (const field of ['abandoned', 'problem', 'failingSince'])
      expect(later).not.toHaveProperty(field);
  });

  it('is none while commits wait, or where the channel was failing', () => {
    expect(healthAt({}, 5)).toMatchObject({ failures: 1, abandoned: true });
    expect(healthAt({ isRefused: true }, 4)).toMatchObject({ failures: 1, abandoned: true });
    expect(healthAt({ failures: 3 }, 4)).toMatchObject({ failures: 3, abandoned: true });
  });
});
