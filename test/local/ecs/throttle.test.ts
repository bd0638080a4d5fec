import { manualClock } from '../../../local/clock.ts';
import { HANGZHOU, KEY, openApi, STS_KEY, withEcs } from './clients.ts';

it('throttles each API in each region by the minute of the clock, whoever calls', () => {
  const clock = manualClock(Date.parse('2026-11-22T10:00:59Z'));
  const options = {
    accessKeys: [KEY, STS_KEY],
    regions: [HANGZHOU, 'cn-beijing'],
    callsPerMinute: 2,
    clock,
  };
  return withEcs(options, async (ecs) => {
    const status = (key = KEY, regionId = HANGZHOU) =>
      openApi(ecs, key)('DescribeInstanceStatus', { RegionId: regionId });
    const refusal = {
      code: 'Throttling.User',
      data: {
        statusCode: 400,
        Code: 'Throttling.User',
        Message: 'Request was denied due to user flow control.',
      },
    };

    await status();
    await status(STS_KEY);
    await expect(status()).rejects.toMatchObject(refusal);
    await expect(status(STS_KEY)).rejects.toMatchObject(refusal);

    await expect(status(KEY, 'cn-beijing')).resolves.toMatchObject({ PageNumber: 1 });
    await expect(openApi(ecs)('DescribeRegions')).resolves.toMatchObject({
      Regions: { Region: [{ RegionId: HANGZHOU }, { RegionId: 'cn-beijing' }] },
    });

    clock.advance(1_000);
    await expect(status()).resolves.toMatchObject({ PageNumber: 1 });
    expect(ecs.usage.throttled).toBe(2);
  });
});
