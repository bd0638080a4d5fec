import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plantable } from './plant.ts';

/** Each file of `mistakes/` is one mistake that a developer may make, and its name says which. */
export interface Mistake extends Plantable {
  /** The history that noticed it in the last search. Null: none did. */
  readonly firstSeed: number | null;
}

/**
 * A search for the history that notices a mistake plays so many, each of so many ticks, and once one was
 * found, so many more for one that notices it sooner: every `npm test` plays it.
 */
export const SEARCHED = { seeds: 2_000, ticks: 40, more: 30 } as const;

const FOLDER = join(__dirname, 'mistakes');
const FIRST_SEEDS = join(__dirname, 'first-seeds.json');

export function mistakes(): readonly Mistake[] {
  const seeds: Readonly<Record<string, number | null>> = JSON.parse(
    readFileSync(FIRST_SEEDS, 'utf8'),
  );
  return readdirSync(FOLDER)
    .sort()
    .map((file) => {
      const name = file.replace('.ts', '').replaceAll('-', ' ');
      const { [name]: firstSeed = 1 } = seeds;
      return { name, file: join(FOLDER, file), firstSeed };
    });
}

/** Writes where each mistake was noticed; null: nowhere. Seed 1 goes without saying. */
export function saveFirstSeeds(seeds: ReadonlyMap<string, number | null>): void {
  const later = [...seeds]
    .filter(([, seed]) => seed !== 1)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(FIRST_SEEDS, `${JSON.stringify(Object.fromEntries(later), undefined, 2)}\n`);
}
