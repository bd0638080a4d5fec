import type { DeliveryJson } from '../../web/core/answers.ts';
import { deliveriesOf, isAwaited } from '../../web/core/deliveries.ts';

const AT_MS = Date.UTC(2026, 10, 22, 10);
const NOW_MS = AT_MS + 60_000;
const SCOPE = 'main/cn-hangzhou';

const change = (seq: number, atMs = AT_MS) => ({
  scope: SCOPE,
  seq,
  at: new Date(atMs).toISOString(),
});

function attempt(verdict: string, seq: number, channel = 'slack'): DeliveryJson {
  return { channel, at: new Date(AT_MS).toISOString(), verdict, commits: [`${SCOPE}/${seq}`] };
}

describe('the messages that reported an instance', () => {
  it('are the attempts at its own changes', () => {
    const attempts = [attempt('delivered', 3), attempt('delivered', 2), attempt('delivered', 1)];

    expect(deliveriesOf(attempts, [change(3), change(1)])).toEqual([attempts[0], attempts[2]]);
  });

  it('are awaited until each channel that tries has taken the last change', () => {
    const delivered = attempt('delivered', 3);

    expect(isAwaited([], [change(3)], NOW_MS)).toBe(true);
    expect(isAwaited([attempt('delivered', 2)], [change(3), change(2)], NOW_MS)).toBe(true);
    expect(isAwaited([attempt('retry', 3, 'dingtalk'), delivered], [change(3)], NOW_MS)).toBe(true);
    expect(isAwaited([delivered, attempt('retry', 3)], [change(3)], NOW_MS)).toBe(false);
  });

  it('are not awaited from a channel whose fallback has taken them', () => {
    const failed = attempt('retry', 3, 'dingtalk');
    const instead = (verdict: string) => ({ ...attempt(verdict, 3), inPlaceOf: 'dingtalk' });

    expect(isAwaited([instead('delivered'), failed], [change(3)], NOW_MS)).toBe(false);
    expect(isAwaited([instead('retry'), failed], [change(3)], NOW_MS)).toBe(true);
  });

  it('are not awaited for ever, nor where nothing changed', () => {
    const dayOld = change(3, NOW_MS - 25 * 60 * 60 * 1000);

    expect(isAwaited([], [dayOld], NOW_MS)).toBe(false);
    expect(isAwaited([], [], NOW_MS)).toBe(false);
    expect(isAwaited([], [{ ...change(1), baseline: true }], NOW_MS)).toBe(false);
  });
});
