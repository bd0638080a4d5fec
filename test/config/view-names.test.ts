import { variableReader } from '../../shared/config/reader.ts';
import { targetOf } from '../../shared/config/targets.ts';
import { refuseUnwatched } from '../../shared/config/view-names.ts';
import { aScope } from '../helpers/examples.ts';

const SECRET = '0123456789abcdef';
const LISTED = [targetOf('main', ['cn-hangzhou'], {}), targetOf('shop', ['cn-beijing'], {})];
const ALL = [targetOf('main', 'all', {})];

function problemsWith(
  variables: Readonly<Record<string, string>>,
  ...watched: Parameters<typeof refuseUnwatched> extends [unknown, ...infer Rest] ? Rest : never
): readonly string[] {
  const problems: string[] = [];
  refuseUnwatched(variableReader(variables, problems), ...watched);
  return problems;
}

describe('variables of the view that name accounts and regions', () => {
  it('are refused where they name what is not watched', () => {
    const VIEW_TOKENS = `a account=main,shopp region=cn-hangzhuo ${SECRET}`;

    expect(problemsWith({ VIEW_TOKENS, REPLICA_ACCOUNT: 'Shop' }, LISTED)).toEqual([
      'VIEW_TOKENS gives a account=shopp, which is not watched',
      'VIEW_TOKENS gives a region=cn-hangzhuo, which is not watched',
      'REPLICA_ACCOUNT is Shop, which is no account that is watched',
    ]);
  });

  it('are right where they name what is watched, or open everything', () => {
    const VIEW_TOKENS = `a account=shop region=cn-beijing ${SECRET}; b all ${SECRET}2`;

    expect(problemsWith({ VIEW_TOKENS, REPLICA_ACCOUNT: 'shop' }, LISTED)).toEqual([]);
    expect(problemsWith({}, LISTED)).toEqual([]);
  });

  it('are compared with the regions that the watcher has found, where it watches all', () => {
    const VIEW_TOKENS = `a region=cn-beijing ${SECRET}`;
    const found = [aScope('cn-hangzhou')];

    expect(problemsWith({ VIEW_TOKENS }, ALL)).toEqual([]);
    expect(problemsWith({ VIEW_TOKENS }, ALL, found)).toHaveLength(1);
    expect(problemsWith({ VIEW_TOKENS }, ALL, [...found, aScope('cn-beijing')])).toEqual([]);
  });

  it('are not compared where nothing is configured, but must have their form', () => {
    expect(problemsWith({ VIEW_TOKENS: `a account=x ${SECRET}` }, [])).toEqual([]);
    expect(problemsWith({ VIEW_TOKENS: 'a account=x region=y' }, [])).toEqual([
      'VIEW_TOKENS entry 1 has no token behind its rights',
    ]);
  });
});
