import { EMPTY_SNAPSHOT, type Instance } from '../../../shared/core/model.ts';
import { MALFORMED_ID } from '../../../shared/view/replica/core/failure.ts';
import { regionRowsOf, statusPage } from '../../../shared/view/replica/core/region-rows.ts';
import { parseStatusQuery } from '../../../shared/view/replica/core/status-query.ts';
import { SCOPE } from '../../helpers/examples.ts';

/** An id of a shape that ECS does not give today, which the journal may hold all the same. */
const FOREIGN = 'eci-2ze.A_1';
const RUNNING: Instance = { status: 'Running', sinceMs: 0 };

function answerTo(parameters: Readonly<Record<string, string>>): unknown {
  const instances = new Map([
    [FOREIGN, RUNNING],
    ['i-1', RUNNING],
  ]);
  const rows = regionRowsOf([{ scope: SCOPE, snapshot: { ...EMPTY_SNAPSHOT, instances } }]);
  const all = new Map(Object.entries({ RegionId: SCOPE.regionId, ...parameters }));
  const query = parseStatusQuery(all, new Set([SCOPE.regionId]));
  return 'code' in query ? query : statusPage(rows, query);
}

const idsIn = (...ids: readonly string[]) =>
  Object.fromEntries(ids.map((id, index) => [`InstanceId.${index + 1}`, id]));

it('answers for an instance whose id has another shape', () => {
  const row = { Status: 'Running', InstanceId: FOREIGN };

  expect(answerTo(idsIn(FOREIGN))).toMatchObject({
    TotalCount: 1,
    InstanceStatuses: { InstanceStatus: [row] },
  });
  expect(answerTo(idsIn(FOREIGN, 'i-1'))).toMatchObject({ TotalCount: 2 });
});

it('leaves out an instance that there is not, and calls an id of another shape malformed', () => {
  expect(answerTo(idsIn('i-2'))).toMatchObject({ TotalCount: 0 });
  expect(answerTo(idsIn('web-1'))).toEqual(MALFORMED_ID);
  expect(answerTo(idsIn('i-1', FOREIGN, 'web-1'))).toEqual(MALFORMED_ID);
});

it('looks at the ids before it looks at the page, as ECS does', () => {
  expect(answerTo({ ...idsIn('web-1'), PageSize: '51' })).toEqual(MALFORMED_ID);
  expect(answerTo({ ...idsIn('i-1'), PageSize: '51' })).toMatchObject({ code: 'InvalidParameter' });
});
