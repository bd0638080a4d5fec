import { NEW_HEALTH } from '../../../shared/core/health.ts';
import { freshness, oldest } from '../../../shared/view/core/freshness.ts';
import { MINUTE_MS, NOW_MS } from '../../helpers/examples.ts';

const AWAKE = freshness({ ...NEW_HEALTH, lastGoodAtMs: NOW_MS - 1_000 }, NOW_MS);
const restingSince = (minutes: number) =>
  freshness({ ...NEW_HEALTH, lastGoodAtMs: NOW_MS - minutes * MINUTE_MS, rests: true }, NOW_MS);

describe('scopes that are shown together', () => {
  it('are no older because of an empty one that is looked at less often', () => {
    expect(oldest([restingSince(4), AWAKE])).toMatchObject({ ageSeconds: 1, healthy: true });
  });

  it('are as old as that one when it is overdue', () => {
    expect(oldest([AWAKE, restingSince(11)])).toMatchObject({
      ageSeconds: 660,
      stale: true,
      healthy: false,
    });
  });

  it('are as old as it when all are empty', () => {
    expect(oldest([restingSince(4), restingSince(2)])).toMatchObject({
      ageSeconds: 240,
      stale: false,
      healthy: true,
    });
  });
});
