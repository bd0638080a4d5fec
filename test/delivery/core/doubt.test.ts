import { SETTLING } from '../../../shared/core/settling.ts';
import { claimMessage } from '../../../shared/delivery/core/claim.ts';
import { settle } from '../../../shared/delivery/core/settle.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS } from '../../helpers/examples.ts';
import { aRetry, aState, at, CHAT, HANGZHOU } from './attempts.ts';
import { delivered, messageOf, planAt } from './policies.ts';

const RIPE_MS = NOW_MS + SETTLING.goodMs;
const running = aCommit({ seq: 12, changes: [aChange({ from: 'Stopped', to: 'Running' })] });
const starting = aCommit({
  seq: 13,
  atMs: RIPE_MS - MINUTE_MS,
  changes: [aChange({ from: 'Running', to: 'Starting' })],
});

describe('a message in doubt', () => {
  it('is labelled to its end when a run that had read less repeats a part of it', () => {
    const both = planAt(CHAT, aState(), [running, starting], RIPE_MS);
    if (both.kind !== 'send') throw new Error(both.kind);
    const claimed = claimMessage(aState(), both, at(RIPE_MS));
    const moment = { ...at(RIPE_MS), jitter: 0 };
    const inDoubt = {
      ...settle(claimed, aRetry({ lost: true }), CHAT, moment, both.held),
      notBeforeMs: 0,
    };

    const part = planAt(CHAT, inDoubt, [running], RIPE_MS);
    const after = delivered(CHAT, inDoubt, part, RIPE_MS);
    const rest = planAt(CHAT, after, [starting], RIPE_MS);

    expect(messageOf(part)).toMatchObject({ isRepeat: true, commits: [{ seq: 12 }] });
    expect(after.cursor).toEqual({ [HANGZHOU]: { seq: 12, part: 0 } });
    expect(messageOf(rest)).toMatchObject({ isRepeat: true, commits: [{ seq: 13 }] });
    expect(delivered(CHAT, after, rest, RIPE_MS)).toMatchObject({
      maybeDelivered: {},
      maybeDeliveredAsOf: null,
    });
  });
});
