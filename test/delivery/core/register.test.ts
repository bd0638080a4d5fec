import type { Starts } from '../../../shared/core/channel-state.ts';
import { NEW_CHANNEL } from '../../../shared/core/channel-state.ts';
import {
  type JournalEnds,
  registeredStarts,
  resetCursor,
} from '../../../shared/delivery/core/register.ts';
import { aChange } from '../../helpers/examples.ts';
import { aState, at11, HANGZHOU, SHANGHAI } from './attempts.ts';

const NEW = new Map([['slack', NEW_CHANNEL]]);
const SERVED = new Map([['slack', aState({ cursor: { [HANGZHOU]: at11() } })]]);

function endAt(lastSeq: number): JournalEnds {
  return { lastSeq, beginSeq: lastSeq };
}

describe('the starts of a scope', () => {
  it('begin where the journal ends, for a channel without a position', () => {
    expect(registeredStarts({}, NEW, HANGZHOU, endAt(11), [])).toEqual({ slack: 11 });
    expect(registeredStarts({}, SERVED, SHANGHAI, endAt(7), [])).toEqual({ slack: 7 });
  });

  it('stay as they are, whatever is committed later', () => {
    expect(registeredStarts({ slack: 3 }, NEW, HANGZHOU, endAt(11), [])).toEqual({ slack: 3 });
  });

  it('go when the cursor has taken over, so that a row that is removed does not bring them back', () => {
    expect(registeredStarts({ slack: 3 }, SERVED, HANGZHOU, endAt(11), [])).toEqual({});
  });

  it('are kept for a channel that is not configured now', () => {
    expect(registeredStarts({ dingtalk: 3 }, NEW, HANGZHOU, endAt(11), [])).toEqual({
      dingtalk: 3,
      slack: 11,
    });
  });

  it('are dropped for such a channel when it has been away for more than a thousand commits', () => {
    const startsAt = (seq: number) =>
      registeredStarts({ dingtalk: 3, slack: 3 }, NEW, HANGZHOU, endAt(seq), []);

    expect(startsAt(1_003)).toEqual({ dingtalk: 3, slack: 3 });
    expect(startsAt(1_004)).toEqual({ slack: 3 });
  });

  it('begin earlier where earlier ones could not be read', () => {
    const ends = { lastSeq: 11, beginSeq: 9 };

    expect(registeredStarts({}, NEW, HANGZHOU, ends, [])).toEqual({ slack: 9 });
  });

  it('are replaced where the journal was cut short before them', () => {
    const stored: Starts = { slack: 20, dingtalk: 20 };

    expect(registeredStarts(stored, NEW, HANGZHOU, endAt(4), ['slack', 'dingtalk'])).toEqual({
      slack: 4,
    });
  });
});

it('sets a channel back to the end of a journal that was cut short, in doubt of nothing there', () => {
  const state = aState({
    cursor: { [HANGZHOU]: at11(), [SHANGHAI]: { seq: 7, part: 0 } },
    claim: {
      to: { [HANGZHOU]: { seq: 12, part: 0 }, [SHANGHAI]: { seq: 8, part: 0 } },
      tickId: 'tick-1',
      untilMs: 0,
    },
  });

  expect(resetCursor(state, new Map([[HANGZHOU, 3]]), 'tick-2')).toEqual({
    ...state,
    version: state.version + 1,
    tickId: 'tick-2',
    cursor: { [HANGZHOU]: { seq: 3, part: 0 }, [SHANGHAI]: { seq: 7, part: 0 } },
    maybeDelivered: { [SHANGHAI]: { seq: 8, part: 0 } },
    claim: null,
  });
});

it('what is held of a journal that was cut short is still sent, and does not become other commits', () => {
  const asOf = { ms: 5, isAll: false };
  const to = { [HANGZHOU]: { seq: 12, part: 0 }, [SHANGHAI]: { seq: 8, part: 0 } };
  const claim = { to, tickId: 'tick-1', untilMs: 0, asOf: { ...asOf, isRest: true as const } };
  const change = { atMs: 1, previousAtMs: null, change: aChange() };
  const news = { instanceId: 'i-bp1', flips: [], flapping: null };
  const state = aState({
    claim,
    cursor: { [HANGZHOU]: at11(), [SHANGHAI]: { seq: 7, part: 0 } },
    held: [
      { ...news, scope: HANGZHOU, changes: [{ seq: 10, ...change }] },
      { ...news, scope: SHANGHAI, changes: [{ seq: 6, ...change }] },
    ],
  });

  const reset = resetCursor(state, new Map([[HANGZHOU, 3]]), 'tick-2');

  expect(reset.held).toMatchObject([{ changes: [{ seq: 3 }] }, { changes: [{ seq: 6 }] }]);
  // It may have been in the message, and no run has repeated it.
  expect(reset.maybeDeliveredAsOf).toEqual(asOf);
});
