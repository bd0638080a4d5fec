import { seededRandom } from '../../local/random.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { TODAY } from '../helpers/rows-of-today.ts';
import { type SpoiledRow, spoiledFrom } from '../helpers/spoiled-rows.ts';
import { type SpoiledProduct, startSpoiledProduct } from './spoiled-product.ts';

const SEED = 10;

const ALL: readonly SpoiledRow[] = [...TODAY.journal, ...TODAY.state].flatMap(spoiledFrom);

/**
 * Rows of version 0.1 and later ones, of which one is spoiled: a field has a wrong type, is out of range, is missing
 * or is huge. In each round a cold tick runs twice, and the view is asked for each of its addresses.
 */
describe('a row that is spoiled in any way', () => {
  let product: SpoiledProduct;
  beforeAll(async () => {
    product = await startSpoiledProduct();
  });
  afterAll(() => product.close());

  it.each([
    'main/cn-hangzhou/head checkpoint.parts = 0',
    'main/cn-hangzhou/head checkpoint.parts = -1',
    'main/cn-hangzhou/head checkpoint.parts = absent',
    'main/cn-hangzhou/head checkpoint.parts = 1e12',
    'main/cn-hangzhou/head checkpointSeq = 9e15',
    'main/cn-hangzhou/head health.instances = 1e12',
    'main/cn-hangzhou/head health.instances = 150000',
    'main/cn-hangzhou/head starts = half of JSON',
    'main/cn-hangzhou/part/0000000000000002/3957d13a0058c0fb/0 data = a bomb',
    'kept:main/cn-hangzhou/2 checkpoint.parts = absent',
    'kept-parts:main/cn-hangzhou/2/tick/0 data = a bomb',
    'channels/slack state.cursor = a text',
    'watcher/scopes list = half of JSON',
    'watcher/scopes list.scopes = a long list',
    'watcher/scopes list.scopes.0.key = a long text',
    'watcher/scopes list.scopes.0.regionId = __proto__',
    'watcher/scopes list.scopes.0.account = absent',
  ])('%s names itself, harms nothing else, and is healed', async (what) => {
    const spoiled = ALL.find((each) => each.what === what);
    if (spoiled === undefined) throw new RangeError(`no row is spoiled like this: ${what}`);

    expect(await product.problemsWith(spoiled.row)).toEqual([]);
  });

  it.each([
    'main/cn-hangzhou/head health = half of JSON',
    'main/cn-hangzhou/4 notice = half of JSON',
  ])('%s does so where shards scan', async (what) => {
    const spoiled = ALL.find((each) => each.what === what);
    if (spoiled === undefined) throw new RangeError(`no row is spoiled like this: ${what}`);

    expect(await product.problemsWith(spoiled.row, 'shards')).toEqual([]);
  });

  it('names itself, and harms its own scope or channel and no other', async () => {
    const random = seededRandom(SEED);
    const rounds = roundsOf('SPOILED_ROUNDS', 3);
    for (let round = 0; round < rounds; round += 1) {
      const spoiled =
        rounds < ALL.length ? random.pick(ALL) : (ALL[round % ALL.length] as SpoiledRow);
      const problems = await product.problemsWith(spoiled.row);

      expect({ round, what: spoiled.what, problems }).toEqual({
        round,
        what: spoiled.what,
        problems: [],
      });
    }
  }, 3_600_000);
});
