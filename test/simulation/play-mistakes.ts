import { playHistory } from './history.ts';
import { planted } from './planted.ts';

/** Histories that are played, with a mistake planted or with none, until one breaks a promise. */
export interface Search {
  readonly id: number;
  readonly mistake: string | null;
  readonly first: number;
  readonly seeds: number;
  readonly ticks: number;
}

/** The answer to a search. Null: all histories kept every promise. */
export interface Answer {
  readonly id: number;
  readonly noticed: Noticed | null;
}

/** The first history that broke a promise, and how long it was played until then. */
export interface Noticed {
  readonly seed: number;
  readonly ms: number;
}

/** The process makes one search after another, and so it loads the product once. */
process.on('message', async (search: Search) => {
  process.send?.({ id: search.id, noticed: await play(search) } satisfies Answer);
});

async function play({ mistake, first, seeds, ticks }: Search): Promise<Noticed | null> {
  planted.mistake = mistake;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const beginMs = performance.now();
    const { violations } = await playHistory({ seed, ticks, stop: true });
    if (violations.length > 0) return { seed, ms: performance.now() - beginMs };
  }
  return null;
}
