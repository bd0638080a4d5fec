import { setTimeout as sleep } from 'node:timers/promises';
import { nextTickMs, runTicks } from '../../../commands/box/ticks.ts';

const PERIOD_MS = 60_000;

describe('the ticks of a box', () => {
  it.each([
    ['after a tick of a second', 1_000, 60_000],
    ['after a tick of exactly its period', 60_000, 120_000],
    ['after a machine that slept for ten minutes and a half', 630_000, 660_000],
    ['by a clock that was set back by an hour', -3_600_000, -3_540_000],
  ])('are due on the grid of the first one: %s', (_what, nowMs, dueMs) => {
    expect(nextTickMs(0, nowMs, PERIOD_MS)).toBe(dueMs);
  });

  it('never run two at once, and end only between two of them', async () => {
    const stopping = new AbortController();
    const seen: string[] = [];
    let running = 0;
    let ticks = 0;
    const tick = async (): Promise<void> => {
      running += 1;
      seen.push(`begins beside ${running - 1}`);
      // Longer than the period.
      await sleep(5);
      ticks += 1;
      if (ticks === 3) stopping.abort();
      running -= 1;
      seen.push('ends');
    };

    await runTicks(tick, { now: () => ticks, periodMs: 1, stopping: stopping.signal });

    expect(seen).toEqual(Array.from({ length: 3 }, () => ['begins beside 0', 'ends']).flat());
  });
});
