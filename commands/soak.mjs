import { spawnSync } from 'node:child_process';

/** Suites whose properties are tried on a quarter of their random cases in `npm test`. */
const PROPERTIES = [
  'test/core/kept',
  'test/delivery/core/cursor',
  'test/delivery/core/incidents',
  'test/delivery/core/policy/routes',
  'test/doctor/doctor',
  'test/functions/view',
  'test/journal/transfer',
  'test/local/channels/drawing',
  'test/local/ecs/fleet',
  'test/local/tablestore/model',
  'test/local/tablestore/plain-buffer',
  'test/local/tablestore/proto',
  'test/tablestore/journal',
  'test/tablestore/journal-contract',
  'test/view/changes',
  'test/view/diff-and-counts',
  'test/view/follow-changes',
  'test/view/instances',
  'test/watch/core/details-round',
];

/**
 * `npm run soak [-- SUITE …]`: the suites that play a slice in `npm test`, with the counts that
 * were promised. It takes hours.
 */
const SUITES = {
  ...Object.fromEntries(PROPERTIES.map((suite) => [suite, { PROPERTY_RUNS: 1 }])),
  'test/browser/console': { PAGE_COMBINATIONS: 1 },
  'test/browser/page-hostile': { HOSTILE_PAGES: 100 },
  'test/browser/page-on-a-wall': { WALL_POLLS: 200 },
  'test/browser/page-states': { PAGE_COMBINATIONS: 1 },
  'test/channels/fuzz': { HOSTILE_ROUNDS: 20_000 },
  'test/commands/stopping': { STOPPED_MOMENTS: 1 },
  'test/delivery/year': { DELIVERED_DAYS: 365 },
  'test/ecs/fuzz': { HOSTILE_ROUNDS: 20_000 },
  'test/end-to-end/box': { BOX_KILLS: 100 },
  'test/end-to-end/kill': { KILLED_REQUESTS: 1 },
  'test/end-to-end/main-job': { LARGE_FLEETS: 1 },
  'test/end-to-end/many-accounts': { ACCOUNT_REGIONS: 30 },
  'test/end-to-end/many-shards': { SHARD_REGIONS: 50, SHARD_FLEET: 200 },
  'test/end-to-end/move-journal': { EXPORTED_COMMITS: 100_000 },
  'test/end-to-end/prometheus': { PROMETHEUS: 1 },
  'test/local/tablestore/fuzz': { FUZZ_ROUNDS: 100_000, PROPERTY_RUNS: 1 },
  'test/local/tablestore/kill': { KILL_ROUNDS: 200 },
  'test/simulation/every-crash': { EVERY_CRASH: 1 },
  'test/simulation/histories': { HISTORIES: 10_000 },
  'test/simulation/many-runs': { MANY_RUNS: 200, MANY_RUNS_SEEDS: 20 },
  'test/simulation/many-scopes': { MANY_SCOPES: 120, MANY_SCOPES_SEEDS: 20 },
  'test/simulation/mistakes': { EVERY_MISTAKE: 1 },
  'test/tablestore/schema': { SPOILED_ROUNDS: 1_000 },
  'test/tidy/regular-expressions': { HOSTILE_LENGTH: 400 },
  'test/upgrade/fuzz': { SPOILED_ROUNDS: 1_000 },
  'test/upgrade/spoiled-rows': { SPOILED_ROUNDS: 1_000 },
  'test/upgrade/way-back': { WAY_BACK_ROUNDS: 1 },
  'test/view/hostile-queries': { QUERY_ROUNDS: 20_000 },
  'test/view/past': { PAST_HISTORIES: 20, PAST_MOMENTS: 1 },
  'test/view/replica/clients': { REPLICA_QUERIES: 200 },
  'test/view/replica/fuzz': { REPLICA_FUZZ: 20_000 },
  'test/watch/push-and-polling': { PUSHED_FLEETS: 200 },
  'test/watch/rounds': { ROUND_FLEET: 60_000 },
  'test/web/live': { LIVE_PAGES: 12 },
};

const asked = process.argv.slice(2);
const suites = Object.keys(SUITES).filter(
  (suite) => asked.length === 0 || asked.some((part) => suite.includes(part)),
);
if (suites.length === 0) {
  console.error(
    `No suite is called ${asked.join(' or ')}. There are:\n${Object.keys(SUITES).join('\n')}`,
  );
  process.exit(2);
}
const counts = Object.assign({}, ...suites.map((suite) => SUITES[suite]));
const { status } = spawnSync('jest', suites, {
  stdio: 'inherit',
  env: { ...process.env, ...counts },
});
process.exit(status ?? 1);
