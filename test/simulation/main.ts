import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundlePlayer, playAll } from './bundle.ts';

const USAGE = `Flags:
  --seeds N    number of histories (1000)
  --first N    the first seed (1)
  --ticks N    ticks in each history (40)`;
const MAX_REPORTED = 20;

/**
 * `npm run simulate`: plays histories, one per core at once. It prints which of them broke a promise
 * and how to play that one again. Exit 0: none did; 1: some did; 2: wrong usage.
 */
async function main(args: readonly string[]): Promise<number> {
  const wanted = flagsIn(args);
  if (wanted === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { seeds, ticks } = wanted;
  const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-simulation-'));
  try {
    const player = join(folder, 'play.js');
    await bundlePlayer(player);
    let reported = 0;
    const report = (seed: number, violations: readonly string[]): void => {
      reported += 1;
      if (reported > MAX_REPORTED) return;
      console.log(`seed ${seed} broke a promise:`);
      for (const violation of violations.slice(0, 5)) console.log(`  ${violation}`);
      console.log(`  again: npm run simulate -- --seeds 1 --first ${seed} --ticks ${ticks}`);
    };
    const progress = (soFar: number): void => {
      if (soFar % 10_000 === 0) console.error(`${soFar} of ${seeds} histories …`);
    };
    const cores = availableParallelism();
    const { played, tally, broken } = await playAll(player, wanted, cores, report, progress);
    const counts = [...tally].map(([what, count]) => `${count} ${what}`).join(', ');
    console.log(`${played} histories of ${ticks} ticks: ${counts}`);
    console.log(broken === 0 ? 'Every promise held.' : `${broken} histories broke a promise.`);
    // A player that crashed has played fewer histories than asked for.
    return broken === 0 && played === seeds ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function flagsIn(
  args: readonly string[],
): { first: number; seeds: number; ticks: number } | undefined {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { seeds: text, first: text, ticks: text },
    });
    const { seeds = '1000', first = '1', ticks = '40' } = values;
    if (![seeds, first, ticks].every((value) => /^\d{1,9}$/u.test(value))) return undefined;
    return { seeds: Number(seeds), first: Number(first), ticks: Number(ticks) };
  } catch {
    return undefined;
  }
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
