import { stackedCounts } from '../../web/core/stacked.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 10, minute)).toISOString();
const LOWEST_FIRST = ['Stopped', 'Running'];

it('puts each status upon those below it, with those in trouble on the ground and gaps where nothing is known', () => {
  const points = [
    { at: at(0), counts: { Running: 3 } },
    { at: at(1), counts: null },
    { at: at(2), counts: { Running: 2, Stopped: 1 } },
  ];

  const { times, layers } = stackedCounts({ stepSeconds: 60, points }, (status) =>
    LOWEST_FIRST.indexOf(status),
  );

  expect(times).toEqual(points.map((point) => Date.parse(point.at) / 1_000));
  expect(layers).toEqual([
    { status: 'Stopped', counts: [0, null, 1], tops: [0, null, 1] },
    { status: 'Running', counts: [3, null, 2], tops: [3, null, 3] },
  ]);
});
