import type { WatchReport } from '../../shared/watch/report.ts';
import { type ManyRunsOptions, playManyRuns } from './many-runs.ts';
import type { Tally } from './promises/index.ts';

/** What the process prints, as one line of JSON. */
export interface ManyRunsLine {
  readonly violations: readonly string[];
  readonly tally: Tally;
  readonly reports: readonly WatchReport[];
  readonly accepted: Readonly<Record<string, readonly string[]>>;
}

/** Plays many runs; the only argument is their options in JSON. */
async function main(options: string): Promise<void> {
  const { promises, reports, accepted } = await playManyRuns(
    JSON.parse(options) as ManyRunsOptions,
  );
  const { violations, tally } = promises;
  const line: ManyRunsLine = {
    violations,
    tally,
    reports,
    accepted: Object.fromEntries(accepted),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

void main(process.argv[2] ?? '{}');
