import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plantable } from './plant.ts';

/** Each file of `mistakes/` is one mistake that a developer may make, and its name says which. */
export interface Mistake extends Plantable {
  /** Where it was noticed last: the search begins here to save time. Null: the last search found none. */
  readonly firstSeed: number | null;
}

/** A mistake is noticed within that many histories of so many ticks. */
export const SEARCHED = { seeds: 2_000, ticks: 40 } as const;

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

/** Writes where each mistake was noticed; null: nowhere. Seed 1 is where the search begins anyway. */
export async function saveFirstSeeds(seeds: ReadonlyMap<string, number | null>): Promise<void> {
  const later = [...seeds]
    .filter(([, seed]) => seed !== 1)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  await writeFile(FIRST_SEEDS, `${JSON.stringify(Object.fromEntries(later), undefined, 2)}\n`);
}
