import { type Fuzzed, fuzz, type Round } from './fuzz.ts';

/** What a fuzzer did in a process of its own, and the most memory that the process ever had. */
export interface FuzzedApart extends Fuzzed {
  readonly maxResidentBytes: number;
}

/** Runs one round of a module many times, and prints what came of it. */
async function main([module = '', name = '', rounds = '']: readonly string[]): Promise<void> {
  const { [name]: round } = (await import(module)) as Readonly<Record<string, Round>>;
  if (round === undefined) throw new RangeError(`${module} has no ${name}`);
  const fuzzed = await fuzz(round, Number(rounds));
  const apart: FuzzedApart = {
    ...fuzzed,
    // In kilobytes. Source: Node.js, `process.resourceUsage`.
    maxResidentBytes: process.resourceUsage().maxRSS * 1024,
  };
  process.stdout.write(JSON.stringify(apart));
}

void main(process.argv.slice(2));
