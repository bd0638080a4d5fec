import { isMessageDue, outageAfter, type StoreOutage } from '../../../shared/watch/core/outage.ts';
import { MINUTE_MS } from '../../helpers/examples.ts';

const HALF_PAST_MS = Date.UTC(2026, 10, 22, 10, 30);

/** The ticks, by minute from half past ten on, in which a function speaks during an outage. */
function spoken(firstMinute: number, ticks: number, isAlwaysCold: boolean): readonly number[] {
  let outage: StoreOutage | null = null;
  const minutes: number[] = [];
  for (let minute = firstMinute; minute < firstMinute + ticks; minute += 1) {
    const startMs = HALF_PAST_MS + minute * MINUTE_MS + 2_000;
    outage = outageAfter(isAlwaysCold ? null : outage, startMs);
    if (!isMessageDue(outage, { isFirstTick: isAlwaysCold, startMs })) continue;
    minutes.push(minute);
    outage = { ...outage, informedAtMs: startMs };
  }
  return minutes;
}

describe('while the journal cannot be used, the channels are informed', () => {
  it('with the third failed tick of a warm function, and every half hour from then on', () => {
    expect(spoken(5, 70, false)).toEqual([7, 37, 67]);
  });

  it('in minute 0 and 30 by functions of which each was just started', () => {
    expect(spoken(5, 90, true)).toEqual([30, 60, 90]);
  });
});
