import { type EcsServer, startEcs } from '../../local/ecs/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import { fold } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { ecsInventory } from '../../shared/ecs/inventory.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { type Memory, newMemory } from '../../shared/watch/memory.ts';
import { push } from '../../shared/watch/push.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watch } from '../../shared/watch/watch.ts';
import { MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { type VirtualRuntime, virtualRuntime } from '../helpers/virtual-runtime.ts';

/** A fleet that needs more calls than a tick has: half as many a minute as it has pages. */
const FLEET = roundsOf('ROUND_FLEET', 1_200);
const CALLS_PER_MINUTE = FLEET / 100;
const TIMEOUT_MS = 60_000 + 10 * FLEET;
const REGION = 'cn-hangzhou';

jest.setTimeout(TIMEOUT_MS);

let ecs: EcsServer;
let runtime: VirtualRuntime;

beforeEach(async () => {
  runtime = virtualRuntime(NOW_MS);
  ecs = await startEcs({ accessKeys: [LOCAL_KEYS], fleetSize: FLEET, clock: runtime.clock });
});

afterEach(() => ecs.close());

describe.each([
  ['in a warm function', (calls?: number) => aWatcher(newMemory(), calls)],
  ['where every tick is a new process', (calls?: number) => aWatcher(undefined, calls)],
])('a fleet that is larger than a tick, %s', (_, newWatcher) => {
  it('gets its baseline over several ticks', async () => {
    const watcher = newWatcher();

    const reports = await watcher.untilBaselined();

    expect(watcher.snapshot().instances.size).toBe(FLEET);
    expect(reports.length).toBeGreaterThan(1);
    expect(reports.map(({ ok }) => ok)).not.toContain(false);
    const kinds = (await watcher.commits()).map(({ notice }) => notice?.kind);
    expect(kinds.filter((kind) => kind === 'long-round')).toHaveLength(1);
    expect(kinds).not.toContain('scans-failing');
  });

  it('reports a change on any page within two rounds, and names what was released', async () => {
    const watcher = newWatcher();
    const ticks = (await watcher.untilBaselined()).length;
    const instances = ecs.fleet.instances(REGION);
    const running = instances.filter(({ status }) => status === 'Running');
    const stopped = [running[3], running[500], running.at(-4)].map((it) => it?.id ?? '');
    const released = [instances[1], instances[700], instances.at(-2)].map((it) => it?.id ?? '');
    ecs.fleet.stop(stopped);
    ecs.fleet.release(released);
    ecs.fleet.create(REGION, 3);

    for (let tick = 0; tick < 2 * ticks + 2; tick += 1) await watcher.tick();

    const snapshot = watcher.snapshot();
    const truth = ecs.fleet.instances(REGION).map(({ id, status }) => [id, status]);
    const known = [...snapshot.instances].map(([id, { status }]) => [id, status]);
    expect(known.sort()).toEqual(truth.sort());
    expect([...snapshot.released.keys()].sort()).toEqual(released.sort());
  });

  it('calls nothing released that lives, in a fleet that moves under throttling', async () => {
    const watcher = newWatcher();
    const ticks = (await watcher.untilBaselined()).length;
    const moves = { kind: 'churn', releases: 2, creations: 2, probability: 0.05 } as const;
    ecs.setFaults([
      { ...moves, queries: 'listings' },
      { kind: 'throttle', probability: 0.002 },
    ]);

    for (let tick = 0; tick < 2 * ticks; tick += 1) await watcher.tick();
    ecs.setFaults([]);
    for (let tick = 0; tick < 2 * ticks + 2; tick += 1) await watcher.tick();

    const alive = ecs.fleet.instances(REGION).map(({ id }) => id);
    const released = await watcher.released();
    expect(released.length).toBeGreaterThan(0);
    expect(new Set(released).size).toBe(released.length);
    expect(released.filter((id) => alive.includes(id))).toEqual([]);
    expect([...watcher.snapshot().instances.keys()].sort()).toEqual(alive.sort());
    const kinds = (await watcher.commits()).map(({ notice }) => notice?.kind);
    expect(kinds).not.toContain('scans-failing');
  });

  it('does not spend more calls a minute than it may', async () => {
    const watcher = newWatcher();
    const startedAtMs = runtime.now();

    const reports = await watcher.untilBaselined();

    const calls = reports.flatMap(({ scopes }) => scopes).reduce((sum, it) => sum + it.calls, 0);
    const minutes = (runtime.now() - startedAtMs) / MINUTE_MS;
    expect(calls).toBeLessThanOrEqual(CALLS_PER_MINUTE * (minutes + 1));
  });

  it('calls nothing released when the account sees nothing in the middle of a round', async () => {
    const watcher = newWatcher(CALLS_PER_MINUTE / 2);
    const ticks = (await watcher.untilBaselined()).length;
    // Fewer are left than the guard would hold.
    const isNearlyDone = ({ scopes: [scope] }: WatchReport) =>
      scope?.round !== undefined && scope.round.seen > 0.75 * FLEET;
    for (let tick = 0; tick < 20 && !isNearlyDone(await watcher.tick()); tick += 1);

    ecs.setFaults([{ kind: 'empty', operations: ['DescribeInstanceStatus'] }]);
    for (let tick = 0; tick < 6; tick += 1) await watcher.tick();
    ecs.setFaults([]);
    for (let tick = 0; tick < 2 * ticks; tick += 1) await watcher.tick();

    expect(await watcher.released()).toEqual([]);
    expect(watcher.snapshot().instances.size).toBe(FLEET);
  });

  it('records a mass release although a tick has too few calls to ask for all of it', async () => {
    const watcher = newWatcher();
    await watcher.untilBaselined();
    const left = FLEET / 6;
    const released = ecs.fleet.instances(REGION).slice(left);
    ecs.fleet.release(released.map(({ id }) => id));

    for (let tick = 0; tick < 40; tick += 1) await watcher.tick();

    // Of a large fleet, the snapshot remembers only the latest releases.
    expect((await watcher.released()).sort()).toEqual(released.map(({ id }) => id).sort());
    expect(watcher.snapshot().instances.size).toBe(left);
    const notices = (await watcher.commits()).map(({ notice }) => notice?.kind);
    expect(notices.filter((kind) => kind === 'suspicious-scan')).toHaveLength(1);
  });

  it('comes to the end of a round although events of old and new instances are committed', async () => {
    const watcher = newWatcher();
    const ticks = (await watcher.untilBaselined()).length;
    const running = ecs.fleet.instances(REGION).filter(({ status }) => status === 'Running');
    const [gone = '', ...others] = running.map(({ id }) => id);
    ecs.fleet.release([gone]);

    for (const id of others.slice(0, 2 * ticks + 2)) {
      ecs.fleet.stop([id]);
      const [created] = ecs.fleet.create(REGION, 1);
      expect(await watcher.changesByEvents([id, created?.id ?? ''])).toBe(2);
      expect((await watcher.tick()).ok).toBe(true);
    }

    expect(await watcher.released()).toEqual([gone]);
  });

  it('goes on with a round where the timer was slowed down', async () => {
    const watcher = newWatcher();
    const ticks = (await watcher.untilBaselined()).length;
    const last = ecs.fleet.instances(REGION).findLast(({ status }) => status === 'Running');
    const id = last?.id ?? '';
    ecs.fleet.stop([id]);

    for (let tick = 0; tick < 2 * ticks + 2; tick += 1) await watcher.tick(15 * MINUTE_MS);

    expect(watcher.snapshot().instances.get(id)?.status).toBe('Stopped');
  });
});

/** A watcher with this memory; undefined: a new one for each tick. */
function aWatcher(memory: Memory | undefined, callsPerMinute = CALLS_PER_MINUTE) {
  const journal = memoryJournal();
  const inventory = ecsInventory({
    credentials: LOCAL_KEYS,
    endpoint: ecs.url,
    runtime,
    redact: (text) => text,
  });
  let ticks = 0;
  let snapshot = EMPTY_SNAPSHOT;

  async function tick(periodMs = MINUTE_MS): Promise<WatchReport> {
    ticks += 1;
    const startMs = runtime.now();
    const report = await watch(
      { inventory, journal, channels: [], runtime },
      {
        tickId: `tick-${ticks}`,
        scopes: [SCOPE],
        callsPerMinute,
        guard: GUARD_LIMITS,
        startMs,
        deadlineMs: startMs + 47_000,
        memory: memory ?? newMemory(),
      },
    );
    // Folding fails where a commit contradicts those before it.
    snapshot = fold(snapshot, await journal.after(SCOPE, snapshot.seq, 10_000));
    runtime.clock.advance(startMs + periodMs - runtime.now());
    return report;
  }

  async function changesByEvents(instanceIds: readonly string[]) {
    const startMs = runtime.now();
    const { scopes } = await push(
      { inventory, journal, channels: [], runtime },
      {
        tickId: `push-${startMs}`,
        asked: [{ scope: SCOPE, instanceIds }],
        callsPerMinute: 10,
        startMs,
        deadlineMs: startMs + 10_000,
        memory: newMemory(),
      },
    );
    return scopes[0]?.changes;
  }

  async function untilBaselined(): Promise<readonly WatchReport[]> {
    const reports: WatchReport[] = [];
    while (!snapshot.baselined && reports.length < 20) reports.push(await tick());
    return reports;
  }

  const commits = () => journal.after(SCOPE, 0, 10_000);
  /** Every instance that was called released, each time that it was. */
  const released = async () =>
    (await commits())
      .flatMap(({ changes }) => changes)
      .flatMap(({ instanceId, to }) => (to === null ? [instanceId] : []));
  return { tick, changesByEvents, untilBaselined, commits, released, snapshot: () => snapshot };
}
