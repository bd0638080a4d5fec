import { parseArgs } from 'node:util';
import { playHistory } from './history.ts';

/** A line of JSON that a process prints while it plays histories. */
export type Line =
  | { readonly seed: number; readonly violations: readonly string[] }
  /** Histories played since the last such line: the progress of a long run. */
  | { readonly more: number }
  | { readonly played: number; readonly tally: Readonly<Record<string, number>> };

const PROGRESS = 1_000;

/**
 * Plays every `step`th of `seeds` histories from seed `first` on. It prints those that broke a
 * promise, then the counts of all.
 */
async function main(args: readonly string[]): Promise<void> {
  const number = { type: 'string' } as const;
  const options = { first: number, seeds: number, step: number, ticks: number } as const;
  const { values } = parseArgs({ args: [...args], options });
  const [first, seeds, step, ticks] = [values.first, values.seeds, values.step, values.ticks].map(
    Number,
  );
  const tally: Record<string, number> = {};
  let played = 0;
  for (let place = 0; place < (seeds ?? 0); place += step ?? 1) {
    const outcome = await playHistory({ seed: (first ?? 0) + place, ticks: ticks ?? 0 });
    played += 1;
    if (played % PROGRESS === 0) print({ more: PROGRESS });
    for (const [what, count] of Object.entries(outcome.tally)) {
      tally[what] = (tally[what] ?? 0) + count;
    }
    const { seed, violations } = outcome;
    if (violations.length > 0) print({ seed, violations });
  }
  print({ played, tally });
}

function print(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

void main(process.argv.slice(2));
