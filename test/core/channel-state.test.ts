import {
  atDestination,
  backlog,
  failingSince,
  withStarts,
} from '../../shared/core/channel-state.ts';
import { aState, at11, HANGZHOU, SHANGHAI } from '../delivery/core/attempts.ts';
import { MINUTE_MS, NOW_MS } from '../helpers/examples.ts';

describe('the backlog of a channel', () => {
  it('counts the commits that are still to be delivered, in the scopes in which it has a position', () => {
    const cursor = { [HANGZHOU]: at11(), [SHANGHAI]: { seq: 7, part: 0 } };
    const lastSeqs = new Map([
      [HANGZHOU, 14],
      [SHANGHAI, 7],
      ['main/cn-beijing', 99],
    ]);

    expect(backlog(aState({ cursor }), lastSeqs)).toBe(3);
  });

  it('is never less than nothing', () => {
    expect(backlog(aState(), new Map([[HANGZHOU, 5]]))).toBe(0);
  });
});

describe('since when a channel fails', () => {
  const failing = aState({ failures: 3, failingSinceMs: NOW_MS, deliveredAtMs: NOW_MS - 1 });
  const deliveredLater = { ...failing, deliveredAtMs: NOW_MS + MINUTE_MS };

  it('is known from the first failure on, also where an event was delivered before its turn', () => {
    const ahead = [{ scope: HANGZHOU, seq: 13, isSure: true }];

    expect(failingSince(failing)).toBe(NOW_MS);
    expect(failingSince({ ...deliveredLater, ahead })).toBe(NOW_MS);
  });

  it('is not known of failures that an older version has counted, nor when there is none', () => {
    expect(failingSince(deliveredLater)).toBeNull();
    expect(failingSince({ ...failing, failingSinceMs: null })).toBeNull();
    expect(failingSince({ ...failing, failures: 0 })).toBeNull();
  });
});

describe('a channel whose address or secret was changed', () => {
  const punished = aState({
    destination: 'the wrong address',
    failures: 2,
    failingSinceMs: NOW_MS,
    notBeforeMs: NOW_MS + 60 * MINUTE_MS,
    problem: 'errcode 300001: token is not exist',
    sentAtMs: [NOW_MS],
    withoutUserText: true,
    maybeDelivered: { [HANGZHOU]: at11() },
    deliveredAtMs: NOW_MS,
  });

  it('owes nothing for the old one, and keeps what was delivered and what may have been', () => {
    expect(atDestination(punished, 'the right address')).toEqual(
      aState({
        destination: 'the right address',
        maybeDelivered: { [HANGZHOU]: at11() },
        deliveredAtMs: NOW_MS,
      }),
    );
  });

  it('is not one whose row comes from a version that stored no address', () => {
    const older = { ...punished, destination: null };

    expect(atDestination(older, 'an address')).toEqual({ ...older, destination: 'an address' });
    expect(atDestination(punished, 'the wrong address')).toBe(punished);
  });
});

describe('the starts of scopes', () => {
  it('count where the cursor has no position yet, and for their own channel only', () => {
    const starts = new Map([
      [HANGZHOU, { slack: 3 }],
      [SHANGHAI, { slack: 7, dingtalk: 9 }],
      ['main/cn-beijing', { dingtalk: 4 }],
    ]);

    expect(withStarts(aState(), 'slack', starts).cursor).toEqual({
      [HANGZHOU]: at11(),
      [SHANGHAI]: { seq: 7, part: 0 },
    });
  });

  it('hold none for a channel whose name every object knows', () => {
    const starts = new Map([
      [HANGZHOU, {}],
      [SHANGHAI, Object.fromEntries([['constructor', 4]])],
    ]);

    expect(withStarts(aState(), 'constructor', starts).cursor).toEqual({
      ...aState().cursor,
      [SHANGHAI]: { seq: 4, part: 0 },
    });
  });
});
