import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SEARCHED } from './mistakes.ts';
import type { Plantable } from './plant.ts';
import type { Noticed, Search } from './play-mistakes.ts';

const ROOT = join(__dirname, '..', '..');

/** A process that plays histories with one mistake after another planted. */
export interface MistakePlayer {
  /**
   * The first seed, from `first` on, whose history breaks a promise when the mistake is planted;
   * undefined if no history notices it. Null plants no mistake. One search at a time.
   */
  noticingSeed(
    mistake: Plantable | null,
    first: number,
    seeds?: number,
  ): Promise<number | undefined>;
  stop(): void;
}

/** Starts a player that `bundleMistakes` has built. */
export function startMistakePlayer(file: string): MistakePlayer {
  const child = fork(file, { execArgv: [], env: { NODE_PATH: join(ROOT, 'node_modules') } });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the player of mistakes ended with ${code}`);
  });
  // A player that is stopped has no one who waits for it.
  ended.catch(() => undefined);
  return {
    async noticingSeed(mistake, first, seeds = SEARCHED.seeds) {
      const { ticks } = SEARCHED;
      const search: Search = { mistake: mistake?.name ?? null, first, seeds, ticks };
      child.send(search);
      const [{ seed }] = (await Promise.race([once(child, 'message'), ended])) as [Noticed];
      return seed;
    },
    stop: () => void child.kill(),
  };
}
