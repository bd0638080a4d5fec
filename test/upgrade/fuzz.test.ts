import { seededRandom } from '../../local/random.ts';
import { replayedSeed, roundsOf } from '../helpers/rounds.ts';
import { TODAY } from '../helpers/rows-of-today.ts';
import { spoiledAtRandom } from '../helpers/spoiled-rows.ts';
import { type SpoiledProduct, startSpoiledProduct } from './spoiled-product.ts';

const ROUNDS = roundsOf('SPOILED_ROUNDS', 3);
/** A soak has many more rounds than an ordinary run. */
const SOAK_TIMEOUT_MS = 60 * 60_000;

/** The table in spoiled-rows.test.ts spoils one field in known ways; this spoils some, in any way. */
describe('a row with fields that are spoiled at random', () => {
  let product: SpoiledProduct;
  beforeAll(async () => {
    product = await startSpoiledProduct();
  });
  afterAll(() => product.close());

  it(
    `names itself, harms no other, and makes no false change (seeds 1 to ${ROUNDS})`,
    async () => {
      const only = replayedSeed();
      const seeds = only === undefined ? Array.from({ length: ROUNDS }, (_, at) => at + 1) : [only];
      for (const seed of seeds) {
        const random = seededRandom(seed);
        const { what, row } = spoiledAtRandom(
          random.pick([...TODAY.journal, ...TODAY.state]),
          random,
        );

        const problems = await product.problemsWith(row);

        expect({ seed, what, problems }).toEqual({ seed, what, problems: [] });
      }
    },
    SOAK_TIMEOUT_MS,
  );
});
