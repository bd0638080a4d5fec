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

/** The answer to a search. Undefined: all histories kept every promise. */
export interface Noticed {
  readonly id: number;
  readonly seed?: number;
}

/** The process makes one search after another, and so it loads the product once. */
process.on('message', async (search: Search) => {
  process.send?.(await noticed(search));
});

async function noticed({ id, mistake, first, seeds, ticks }: Search): Promise<Noticed> {
  planted.mistake = mistake;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const { violations } = await playHistory({ seed, ticks, stop: true });
    if (violations.length > 0) return { id, seed };
  }
  return { id };
}
