import { type WatchHandler, watchHandler } from '../../functions/watch/index.ts';
import type { EcsFaults } from '../../local/ecs/index.ts';
import { LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../local/index.ts';
import type { WatchReport } from '../../shared/watch/report.ts';

const HANGING = 'ap-southeast-1';
const WELL = ['cn-beijing', 'cn-hangzhou'] as const;
const DENIED = 'cn-shanghai';
const EMPTY = 'eu-central-1';
const THROTTLED = 'us-west-1';
const FAILING = [HANGING, DENIED, THROTTLED];
const NEVER_MS = 3_600_000;

const FAULTS: EcsFaults = [
  { kind: 'latency', latencyMs: NEVER_MS, regions: [HANGING] },
  { kind: 'denied', regions: [DENIED] },
  { kind: 'throttle', regions: [THROTTLED] },
];

/** The hanging region uses up the time of its scan, so ticks are as short as delivery allows. */
const TIMES = { WATCH_TIMEOUT_SECONDS: '12', HEALTH_FAILED_SCANS: '2' };

/** Real time: what a region waits must not be taken from the time of the others. */
describe('of six regions, one of which answers 403, one hangs, one is throttled and one is empty,', () => {
  let cloud: LocalCloud;
  let watch: WatchHandler;
  beforeEach(async () => {
    cloud = await startLocalCloud({ regions: [...WELL, ...FAILING, EMPTY] });
    for (const region of [...WELL, ...FAILING]) cloud.ecs.fleet.create(region, 2);
    const environment = {
      ...cloud.environment,
      WATCH_REGIONS: 'all',
      ...TIMES,
    };
    watch = watchHandler(environment, () => undefined);
  });
  afterEach(() => cloud.close());

  const tick = (): Promise<WatchReport> => watch(Buffer.from('{}'), { credentials: LOCAL_KEYS });
  const events = () => {
    const all = cloud.channels.inbox.list().filter(({ channel }) => channel === 'webhook');
    return all.map(({ body }) => JSON.parse(body).data as Record<string, unknown>);
  };
  const released = (): readonly unknown[] =>
    events()
      .flatMap(({ changes = [] }) => changes as readonly { to: unknown; instanceId: string }[])
      .flatMap(({ to, instanceId }) => (to === null ? [instanceId] : []));
  const scopesOf = (kind: string): readonly unknown[] =>
    events()
      .filter(({ notice }) => notice === kind)
      .map(({ scope }) => scope)
      .sort();
  const keysOf = (regions: readonly string[]) => regions.map((region) => `main/${region}`).sort();

  it('the others are as if alone, and each failure is announced once and ends by itself', async () => {
    cloud.ecs.setFaults(FAULTS);
    const first = await tick();
    // Released at once: a stop would pass through states that take time.
    const gone = cloud.ecs.fleet.instances(WELL[1])[0]?.id ?? '';
    cloud.ecs.fleet.release([gone]);
    const second = await tick();
    cloud.ecs.setFaults(FAULTS.slice(1));
    const third = await tick();
    cloud.ecs.setFaults([]);
    const healed = await tick();

    expect([first, second, third].map(failedIn)).toEqual([
      keysOf(FAILING),
      keysOf(FAILING),
      keysOf(FAILING.slice(1)),
    ]);
    expect(released()).toEqual([gone]);
    expect(healed.ok).toBe(true);
    expect(scopesOf('scans-failing')).toEqual(keysOf(FAILING));
    expect(scopesOf('scans-recovered')).toEqual(keysOf(FAILING));
    expect(scopesOf('baseline')).toEqual(keysOf([...WELL, ...FAILING]));
    expect(healed.channels.filter(({ backlog }) => backlog !== 0)).toEqual([]);
  }, 120_000);
});

function failedIn({ scopes }: WatchReport): readonly string[] {
  return scopes.filter(({ ok }) => !ok).map(({ scope }) => scope);
}
