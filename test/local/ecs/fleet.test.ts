import fc from 'fast-check';
import { manualClock } from '../../../local/clock.ts';
import { createFleet, type FleetOptions } from '../../../local/ecs/fleet/fleet.ts';
import { STOPPING_MS } from '../../../local/ecs/fleet/lifecycle.ts';
import type { Fleet, Instance, Status } from '../../../local/ecs/index.ts';
import { propertyRuns } from '../../helpers/rounds.ts';

const START_MS = Date.parse('2026-11-22T10:00:00Z');
const HANGZHOU = 'cn-hangzhou';

function newFleet(options: Partial<FleetOptions> = {}) {
  const clock = manualClock(START_MS);
  const fleet = createFleet({
    regionIds: [HANGZHOU],
    sizePerRegion: 30,
    seed: 1,
    churnPerMinute: 0,
    clock,
    ...options,
  });
  return { fleet, clock };
}

type Seen = Status | 'absent';

const statusesOf = (fleet: Fleet): Map<string, Status> =>
  new Map(fleet.instances(HANGZHOU).map(({ id, status }) => [id, status]));

describe('a fleet at the start', () => {
  it('looks like a real one', () => {
    const { fleet } = newFleet({ sizePerRegion: 500, regionIds: [HANGZHOU, 'ap-southeast-1'] });

    const instances = fleet.instances(HANGZHOU);

    expect(instances).toHaveLength(500);
    expect(new Set(instances.map(({ id }) => id)).size).toBe(500);
    for (const { id, status, zoneId, createdMs } of instances) {
      expect(id).toMatch(/^i-bp1[0-9a-z]{17}$/);
      expect(['Running', 'Stopped']).toContain(status);
      expect(zoneId).toMatch(/^cn-hangzhou-[hijk]$/);
      expect(createdMs).toBeLessThan(START_MS);
    }
    expect(instances.some(({ name }) => /[\u4e00-\u9fff]/.test(name))).toBe(true);
    expect(fleet.instances('ap-southeast-1')[0]).toMatchObject({
      id: expect.stringMatching(/^i-t4n[0-9a-z]{17}$/),
      zoneId: expect.stringMatching(/^ap-southeast-1[abc]$/),
    });
  });

  it('can be in a region that the table does not know', () => {
    const { fleet } = newFleet({ regionIds: ['mars-1'], sizePerRegion: 1 });

    expect(fleet.instances('mars-1')[0]?.zoneId).toMatch(/^mars-1-[ab]$/);
  });

  it('is another one for another seed', () => {
    expect(statusesOf(newFleet({ seed: 1 }).fleet)).not.toEqual(
      statusesOf(newFleet({ seed: 2 }).fleet),
    );
  });
});

describe('a fleet that a test changes', () => {
  it('keeps the order of creation, whatever is released', () => {
    const { fleet } = newFleet();
    const before = fleet.instances(HANGZHOU).map(({ id }) => id);
    const [created] = fleet.create(HANGZHOU, 1);

    fleet.release([before[3] ?? '', before[20] ?? '']);

    expect(fleet.instances(HANGZHOU).map(({ id }) => id)).toEqual([
      ...before.filter((_, index) => index !== 3 && index !== 20),
      created?.id,
    ]);
  });

  it('shows each page to a listener, until the listener is removed', () => {
    const { fleet } = newFleet();
    const seen: number[] = [];
    const stop = fleet.onPage((page) => seen.push(page.instances.length));
    const query = { regionId: HANGZHOU, limit: 20 };

    fleet.page({ ...query, from: { index: 0 } });
    fleet.page({ ...query, from: { index: 20 } });
    fleet.page({ ...query, from: { index: 0 }, instanceIds: ['i-bp1'] });
    stop();
    fleet.page({ ...query, from: { index: 0 } });

    expect(seen).toEqual([20, 10]);
  });

  it('refuses what the life cycle does not allow', () => {
    const { fleet, clock } = newFleet();
    const isRunning = ({ status }: Instance) => status === 'Running';
    const ids = [fleet.instances(HANGZHOU).find(isRunning)?.id ?? ''];

    expect(() => fleet.start(ids)).toThrow(`${ids[0]} is Running: no start`);
    fleet.stop(ids);
    expect(() => fleet.reboot(ids)).toThrow(`${ids[0]} is Stopping: no reboot`);
    clock.advance(STOPPING_MS);
    expect(() => fleet.stop(ids)).toThrow(`${ids[0]} is Stopped: no stop`);
  });

  it('refuses what it does not know', () => {
    const { fleet } = newFleet();

    expect(() => fleet.release(['i-bp1gone'])).toThrow('no instance i-bp1gone');
    expect(() => fleet.instances('mars-1')).toThrow('no region mars-1');
  });
});

/**
 * The states that an instance may have at two looks that are closer than the shortest transitory
 * state: such a state cannot pass between the looks, a stable one can.
 */
const NEXT: Record<Seen, readonly Seen[]> = {
  absent: ['Pending'],
  Pending: ['Pending', 'Starting'],
  Starting: ['Starting', 'Running', 'Stopping'],
  Running: ['Running', 'Stopping'],
  Stopping: ['Stopping', 'Stopped', 'Starting', 'absent'],
  Stopped: ['Stopped', 'Starting', 'absent'],
};

function forbidden(before: Map<string, Status>, after: Map<string, Status>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const from: Seen = before.get(id) ?? 'absent';
    const to: Seen = after.get(id) ?? 'absent';
    return NEXT[from].includes(to) ? [] : `${id}: ${from} to ${to}`;
  });
}

describe('a fleet that moves by itself', () => {
  const looks = fc.array(fc.integer({ min: 1, max: 1_900 }), { minLength: 20, maxLength: 60 });
  const churnPerMinute = fc.integer({ min: 1, max: 3_000 });
  const seed = fc.integer({ min: 0, max: 2 ** 31 });

  it('never makes a move that the life cycle forbids', () => {
    fc.assert(
      fc.property(seed, churnPerMinute, looks, (fleetSeed, rate, gapsMs) => {
        const { fleet, clock } = newFleet({ seed: fleetSeed, churnPerMinute: rate });
        let before = statusesOf(fleet);

        for (const gapMs of gapsMs) {
          clock.advance(gapMs);
          const after = statusesOf(fleet);
          expect(forbidden(before, after)).toEqual([]);
          before = after;
        }
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  it('is the same for the same seed at the same time, however often it is read', () => {
    fc.assert(
      fc.property(seed, churnPerMinute, looks, (fleetSeed, rate, gapsMs) => {
        const watched = newFleet({ seed: fleetSeed, churnPerMinute: rate });
        const unwatched = newFleet({ seed: fleetSeed, churnPerMinute: rate });

        for (const gapMs of gapsMs) {
          watched.clock.advance(gapMs);
          unwatched.clock.advance(gapMs);
          watched.fleet.instances(HANGZHOU);
        }

        expect(watched.fleet.instances(HANGZHOU)).toEqual(unwatched.fleet.instances(HANGZHOU));
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  it('creates and releases, starts, stops and reboots', () => {
    const { fleet, clock } = newFleet({ sizePerRegion: 200, churnPerMinute: 60 });
    const before = statusesOf(fleet);
    const seen = new Set<string>();

    for (let second = 0; second < 300; second += 1) {
      clock.advance(1_000);
      for (const status of statusesOf(fleet).values()) seen.add(status);
    }

    const after = statusesOf(fleet);
    expect([...seen].sort()).toEqual(['Pending', 'Running', 'Starting', 'Stopped', 'Stopping']);
    expect([...after.keys()].some((id) => !before.has(id))).toBe(true);
    expect([...before.keys()].some((id) => !after.has(id))).toBe(true);
  });

  it('does not change without churn', () => {
    const { fleet, clock } = newFleet();
    const before = fleet.instances(HANGZHOU);

    clock.advance(86_400_000);

    expect(fleet.instances(HANGZHOU)).toEqual(before);
  });
});
