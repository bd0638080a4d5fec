import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { join } from 'node:path';
import { SEARCHED } from './mistakes.ts';
import type { Plantable } from './plant.ts';
import type { Answer, Noticed, Search } from './play-mistakes.ts';

const ROOT = join(__dirname, '..', '..');

/** A process that plays histories with one mistake after another planted. */
export interface MistakePlayer {
  /**
   * The first history, of so many seeds from `first` on, that breaks a promise when the mistake is
   * planted; null if no history notices it. A mistake that is null plants none.
   */
  noticing(mistake: Plantable | null, first: number, seeds: number): Promise<Noticed | null>;
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
  let asked = 0;
  const answerTo = async (id: number): Promise<Answer> => {
    for await (const [answer] of on(child, 'message') as AsyncIterable<[Answer]>) {
      // A test that ran out of time has left the answer to its own search.
      if (answer.id === id) return answer;
    }
    throw new Error('the player of mistakes has no more to say');
  };
  return {
    async noticing(mistake, first, seeds) {
      asked += 1;
      const { ticks } = SEARCHED;
      const search: Search = { id: asked, mistake: mistake?.name ?? null, first, seeds, ticks };
      const answer = answerTo(asked);
      child.send(search);
      return (await Promise.race([answer, ended])).noticed;
    },
    stop: () => void child.kill(),
  };
}
