import { replayedSeed } from './rounds.ts';

/** One round of a fuzzer. Everything in it follows from the seed. */
export type Round = (seed: number) => Promise<RoundResult>;

export interface RoundResult {
  /** In short, what the round was about, and what came of it. */
  readonly what: string;
  /** Which of the promises were broken; none if all is well. */
  readonly problems: readonly string[];
}

export interface Fuzzed {
  /** The first rounds with problems, by their seeds. */
  readonly failures: readonly (RoundResult & { readonly seed: number })[];
  readonly rounds: number;
}

/** So many failures say enough; those that follow have the same reasons. */
const MAX_FAILURES = 10;
/** As many at once as a tick has requests in flight. Rounds that wait for a timeout take longest. */
const CONCURRENCY = 8;

/** Runs rounds with the seeds from 1, or only the seed that the environment names. */
export async function fuzz(round: Round, rounds: number): Promise<Fuzzed> {
  const only = replayedSeed();
  const seeds = only === undefined ? Array.from({ length: rounds }, (_, at) => at + 1) : [only];
  const count = seeds.length;
  const failures: (RoundResult & { readonly seed: number })[] = [];
  const work = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      if (failures.length >= MAX_FAILURES) return;
      const result = await round(seed);
      if (result.problems.length > 0) failures.push({ seed, ...result });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return { failures, rounds: count };
}

/** A call that never ends must fail its round and not the whole test. */
const HANG_MS = 20_000;

/** What the call gives, or the error that it throws, or that it does neither. */
export async function outcomeOf<T>(
  call: Promise<T>,
): Promise<{ readonly value: T } | { readonly error: unknown } | 'hangs'> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<'hangs'>((resolve) => {
    timer = setTimeout(() => resolve('hangs'), HANG_MS);
  });
  try {
    return await Promise.race([
      call.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
      hang,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
