import { spawnSync } from 'node:child_process';

/**
 * `npm run soak [-- SUITE …]`: the suites that play a slice in `npm test`, with the counts that
 * were promised. It takes hours.
 */
const SUITES = {
  'test/browser/page-hostile': { HOSTILE_PAGES: 100 },
  'test/browser/page-on-a-wall': { WALL_POLLS: 200 },
  'test/browser/page-states': { PAGE_COMBINATIONS: 1 },
  'test/channels/fuzz': { HOSTILE_ROUNDS: 20_000 },
  'test/delivery/year': { DELIVERED_DAYS: 365 },
  'test/ecs/fuzz': { HOSTILE_ROUNDS: 20_000 },
  'test/end-to-end/box': { BOX_KILLS: 100 },
  'test/end-to-end/many-accounts': { ACCOUNT_REGIONS: 30 },
  'test/end-to-end/many-shards': { SHARD_REGIONS: 50, SHARD_FLEET: 200 },
  'test/end-to-end/move-journal': { EXPORTED_COMMITS: 100_000 },
  'test/end-to-end/prometheus': { PROMETHEUS: 1 },
  'test/local/tablestore/fuzz': { FUZZ_ROUNDS: 100_000 },
  'test/local/tablestore/kill': { KILL_ROUNDS: 200 },
  'test/simulation/histories': { HISTORIES: 10_000 },
  'test/simulation/many-runs': { MANY_RUNS: 200, MANY_RUNS_SEEDS: 20 },
  'test/simulation/many-scopes': { MANY_SCOPES: 120, MANY_SCOPES_SEEDS: 20 },
  'test/upgrade/fuzz': { SPOILED_ROUNDS: 1_000 },
  'test/upgrade/spoiled-rows': { SPOILED_ROUNDS: 1_000 },
  'test/upgrade/way-back': { WAY_BACK_ROUNDS: 1 },
  'test/view/hostile-queries': { QUERY_ROUNDS: 20_000 },
  'test/view/past': { PAST_HISTORIES: 20 },
  'test/view/replica/clients': { REPLICA_QUERIES: 200 },
  'test/view/replica/fuzz': { REPLICA_FUZZ: 20_000 },
  'test/watch/push-and-polling': { PUSHED_FLEETS: 200 },
  'test/watch/rounds': { ROUND_FLEET: 60_000 },
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
