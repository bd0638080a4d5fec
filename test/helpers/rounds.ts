/**
 * How often a test repeats itself: `otherwise` in `npm test`, and what the environment says in
 * `npm run soak`, which has more time.
 */
export function roundsOf(
  variable:
    | 'BOX_KILLS'
    | 'EXPORTED_COMMITS'
    | 'KILL_ROUNDS'
    | 'FUZZ_ROUNDS'
    | 'HOSTILE_LENGTH'
    | 'HOSTILE_PAGES'
    | 'HOSTILE_ROUNDS'
    | 'PAGE_COMBINATIONS'
    | 'PAST_HISTORIES'
    | 'QUERY_ROUNDS'
    | 'SPOILED_ROUNDS'
    | 'WALL_POLLS'
    | 'WAY_BACK_ROUNDS'
    | 'HISTORIES'
    | 'EVERY_CRASH'
    | 'EVERY_MISTAKE'
    | 'KILLED_REQUESTS'
    | 'LARGE_FLEETS'
    | 'LIVE_PAGES'
    | 'PAST_MOMENTS'
    | 'STOPPED_MOMENTS'
    | 'ROUND_FLEET'
    | 'ACCOUNT_REGIONS'
    | 'MANY_RUNS'
    | 'MANY_RUNS_SEEDS'
    | 'MANY_SCOPES'
    | 'MANY_SCOPES_SEEDS'
    | 'PROPERTY_RUNS'
    | 'PUSHED_FLEETS'
    | 'SHARD_REGIONS'
    | 'SHARD_FLEET'
    | 'DELIVERED_DAYS'
    | 'REPLICA_QUERIES'
    | 'REPLICA_FUZZ'
    | 'PROMETHEUS',
  otherwise: number,
): number {
  return Number(process.env[variable] ?? otherwise);
}

/** Random cases of a property: a quarter of them in `npm test`, all in `npm run soak`. */
export function propertyRuns(all: number): number {
  return roundsOf('PROPERTY_RUNS', 0) > 0 ? all : Math.ceil(all / 4);
}

/** The one seed to replay: `FUZZ_SEED=7 npx jest test/channels/fuzz`; else undefined. */
export function replayedSeed(): number | undefined {
  const seed = process.env.FUZZ_SEED;
  return seed === undefined ? undefined : Number(seed);
}

/** Where pictures are to be kept, for the docs; undefined: nowhere. */
export function picturesFolder(): string | undefined {
  return process.env.PICTURES;
}
