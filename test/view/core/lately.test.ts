import type { Instance } from '../../../shared/core/model.ts';
import { latelyIn } from '../../../shared/view/core/lately.ts';

const MINUTE_MS = 60_000;
const NOW_MS = Date.parse('2026-11-22T10:00:00Z');

function row(instanceId: string, minutesAgo: number, instance: Partial<Instance> = {}) {
  const sinceMs = NOW_MS - minutesAgo * MINUTE_MS;
  return { instanceId, instance: { status: 'Stopped', sinceMs, sinceKnown: true, ...instance } };
}

describe('what happened lately', () => {
  it('names what was seen to stop within the hour, the last one first', () => {
    const rows = [
      row('i-1', 40, { name: 'web-1' }),
      row('i-2', 5),
      row('i-3', 61),
      row('i-4', 1, { status: 'Running' }),
    ];

    expect(latelyIn(rows, NOW_MS)).toEqual({
      justStopped: [
        { instanceId: 'i-2', name: 'i-2' },
        { instanceId: 'i-1', name: 'web-1' },
      ],
      calmMs: 60 * MINUTE_MS,
    });
  });

  it('does not say of what was found stopped that it has just stopped', () => {
    const found = row('i-1', 10, { sinceKnown: false });
    const old = row('i-2', 600, { sinceKnown: false });

    expect(latelyIn([old, found], NOW_MS)).toEqual({ justStopped: [], calmMs: 10 * MINUTE_MS });
  });
});
