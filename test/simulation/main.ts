import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CommandLine,
  helpOf,
  readFlags,
  UsageError,
  usageError,
} from '../../commands/command-line.ts';
import { withProgress } from '../../commands/progress.ts';
import { bundleMistakes, bundlePlayer, playAll } from './bundle.ts';
import { type MistakePlayer, startMistakePlayer } from './mistake-player.ts';
import { type Mistake, mistakes, SEARCHED, saveFirstSeeds } from './mistakes.ts';
import type { Noticed } from './play-mistakes.ts';

const LINE: CommandLine = {
  command: 'npm run simulate',
  does:
    'Plays random histories of faults, each from its seed, and checks what the watcher promises. A\n' +
    'broken promise prints the command that plays its history again. Exit code 0: every promise held;\n' +
    '1: one was broken; 2: the command line is wrong.',
  flags: [
    ['--seeds N', 'number of histories (1000)'],
    ['--first N', 'the first seed (1)'],
    ['--ticks N', 'ticks in each history (40)'],
    [
      '--mistakes',
      'instead: plant each mistake, and write the seed that notices it to first-seeds.json',
    ],
  ],
  example: 'npm run simulate -- --seeds 1 --first 4711',
};
const MAX_REPORTED = 20;

/**
 * `npm run simulate`: plays histories, one per core at once. It prints which of them broke a promise
 * and how to play that one again. Exit 0: none did; 1: some did; 2: wrong usage.
 */
async function main(args: readonly string[]): Promise<number> {
  const wanted = flagsIn(args);
  if (wanted === 'help') {
    console.log(helpOf(LINE));
    return 0;
  }
  if (wanted === 'mistakes') return findMistakes();
  const { seeds, ticks } = wanted;
  const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-simulation-'));
  try {
    const player = join(folder, 'play.js');
    await bundlePlayer(player);
    let reported = 0;
    const report = (seed: number, violations: readonly string[]): void => {
      reported += 1;
      if (reported > MAX_REPORTED) return;
      clearLine();
      console.log(`seed ${seed} broke a promise:`);
      for (const violation of violations.slice(0, 5)) console.log(`  ${violation}`);
      console.log(`  again: npm run simulate -- --seeds 1 --first ${seed} --ticks ${ticks}`);
    };
    let done = 0;
    let clearLine = (): void => undefined;
    const progress = (soFar: number): void => {
      done = soFar;
      if (soFar % 10_000 === 0 && !process.stderr.isTTY) {
        console.error(`${soFar} of ${seeds} histories …`);
      }
    };
    const cores = availableParallelism();
    const { played, tally, broken } = await withProgress(
      () => `${done} of ${seeds} histories`,
      (clear) => {
        clearLine = clear;
        return playAll(player, wanted, cores, report, progress);
      },
    );
    const counts = [...tally].map(([what, count]) => `${count} ${what}`).join(', ');
    console.log(`${played} histories of ${ticks} ticks: ${counts}`);
    console.log(broken === 0 ? 'Every promise held.' : `${broken} histories broke a promise.`);
    // A player that crashed has played fewer histories than asked for.
    return broken === 0 && played === seeds ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Finds a history that notices each mistake: the one that noticed it last, or else the quickest of the
 * first from seed 1 on. A change of the product changes all histories, and `npm test` plays but the
 * one that was found. What is found is saved at once. Exit 1: a mistake was not noticed.
 */
async function findMistakes(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-mistakes-'));
  const file = join(folder, 'play-mistakes.js');
  const all = mistakes();
  const seeds = new Map(all.map(({ name, firstSeed }) => [name, firstSeed]));
  const find = async (player: MistakePlayer, mistake: Mistake): Promise<void> => {
    const noticed =
      (await player.noticing(mistake, mistake.firstSeed ?? 1, 1)) ??
      (await quickest(player, mistake));
    seeds.set(mistake.name, noticed?.seed ?? null);
    saveFirstSeeds(seeds);
    console.log(`${noticed === null ? 'not noticed' : `seed ${noticed.seed}`}: ${mistake.name}`);
  };
  // Those that no history noticed take longest.
  const waiting = [...all].sort(
    (a, b) => Number(a.firstSeed === null) - Number(b.firstSeed === null),
  );
  const findSome = async (): Promise<void> => {
    const player = startMistakePlayer(file);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await find(player, next);
    }
    player.stop();
  };
  try {
    await bundleMistakes(file, all);
    await Promise.all(Array.from({ length: availableParallelism() }, findSome));
    const noticed = [...seeds.values()].filter((seed) => seed !== null).length;
    console.log(`${noticed} of ${all.length} mistakes were noticed.`);
    return noticed === all.length ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of the first history that notices a mistake and of some that follow it, the one that does so soonest. */
async function quickest(player: MistakePlayer, mistake: Mistake): Promise<Noticed | null> {
  let best = await player.noticing(mistake, 1, SEARCHED.seeds);
  if (best === null) return null;
  const from = best.seed + 1;
  for (let seed = from; seed < from + SEARCHED.more; seed += 1) {
    const other = await player.noticing(mistake, seed, 1);
    if (other !== null && other.ms < best.ms) best = other;
  }
  return best;
}

const TEXT = { type: 'string' } as const;

function flagsIn(
  args: readonly string[],
):
  | { readonly first: number; readonly seeds: number; readonly ticks: number }
  | 'help'
  | 'mistakes' {
  const options = { seeds: TEXT, first: TEXT, ticks: TEXT, mistakes: { type: 'boolean' } } as const;
  const values = readFlags(LINE, args, options);
  if (values === 'help') return values;
  if (values.mistakes === true) return 'mistakes';
  const { seeds = '1000', first = '1', ticks = '40' } = values;
  const problems = Object.entries({ seeds, first, ticks })
    .filter(([, value]) => !/^[1-9]\d{0,8}$/u.test(value))
    .map(
      ([name, value]) => `--${name} is not a whole number from 1, of at most nine digits: ${value}`,
    );
  if (problems.length > 0) throw usageError(LINE, problems);
  return { seeds: Number(seeds), first: Number(first), ticks: Number(ticks) };
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
