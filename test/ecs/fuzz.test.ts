import { join } from 'node:path';
import { fuzz } from '../helpers/fuzz.ts';
import { FUNCTION_BYTES, fuzzApart } from '../helpers/fuzz-apart.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { answerRound, hugeAnswerRound } from './answer-rounds.ts';

const ROUNDS = roundsOf('HOSTILE_ROUNDS', 100);
/** Each costs more than a round of the others. */
const HUGE_ROUNDS = Math.ceil(ROUNDS / 10);
/** A soak has many more rounds than an ordinary run. */
const SOAK_TIMEOUT_MS = 60 * 60_000;

describe('an ECS that answers in any way that there is', () => {
  it(
    `ends each question in time, is believed only what is sound, and leaves nothing behind (seeds 1 to ${ROUNDS})`,
    async () => {
      expect(await fuzz(answerRound, ROUNDS)).toMatchObject({ failures: [] });
    },
    SOAK_TIMEOUT_MS,
  );

  it(
    'costs no more memory than a function has, though its answer has no end',
    async () => {
      const rounds = join(__dirname, 'answer-rounds.ts');

      const fuzzed = await fuzzApart(rounds, hugeAnswerRound.name, HUGE_ROUNDS);

      expect(fuzzed).toMatchObject({ failures: [], rounds: HUGE_ROUNDS });
      expect(fuzzed.maxResidentBytes).toBeLessThan(FUNCTION_BYTES);
    },
    SOAK_TIMEOUT_MS,
  );
});
