import type { WatchReport } from '../../shared/watch/report.ts';
import { type ManyScopesOptions, playManyScopes, type ShardTally } from './many-scopes.ts';
import { planted } from './planted.ts';
import type { Tally } from './promises/index.ts';

/** What the process prints, as one line of JSON. */
export interface ManyScopesLine {
  readonly violations: readonly string[];
  readonly tally: Tally;
  readonly shards: ShardTally;
  readonly last: WatchReport | undefined;
}

/** Plays many scopes; the only argument is their options in JSON. */
async function main(text: string): Promise<void> {
  const options = JSON.parse(text) as ManyScopesOptions;
  planted.mistake = options.mistake ?? null;
  const { promises, shards, reports } = await playManyScopes(options);
  const { violations, tally } = promises;
  const line: ManyScopesLine = { violations, tally, shards, last: reports.at(-1) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

void main(process.argv[2] ?? '{}');
