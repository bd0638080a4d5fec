import { openRound } from '../../../shared/watch/core/rounds.ts';
import { NOW_MS } from '../../helpers/examples.ts';

const READ = new Map([['i-1', 'Running']]);
const NOTHING = new Map<string, string>();

describe('a scan that ECS has cut short', () => {
  it.each([
    ['is continued where a page was read', READ, 1, true],
    ['begins again where none was: there is nothing to continue', NOTHING, 0, false],
  ])('%s, although it has failed', (_what, statuses, pages, isContinued) => {
    const scan = {
      statuses,
      failure: 'Throttling.User: no',
      inconsistency: null,
      clean: false,
      pages,
      totalCount: 100,
      isSteady: true,
      nextPage: pages + 1,
      isCut: true,
      lastPage: null,
    };
    const seen = { earlier: new Set<string>(), seen: statuses.size };
    const begun = { scan, startMs: NOW_MS, pages, parts: 1, ...seen };

    const open = openRound(begun, null, { failure: scan.failure, isCut: false, found: [] });

    expect(open !== null).toBe(isContinued);
  });
});
