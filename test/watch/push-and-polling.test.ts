import { createEventBus } from '../../local/ecs/events/bus.ts';
import { createFleet } from '../../local/ecs/fleet/fleet.ts';
import type { EventFault } from '../../local/ecs/index.ts';
import { type Random, seededRandom } from '../../local/random.ts';
import { examineChain } from '../../shared/core/chain.ts';
import { fold } from '../../shared/core/journal.ts';
import type { Message } from '../../shared/core/message.ts';
import { type Commit, type Details, EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import type { Inventory } from '../../shared/ports/inventory.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { planPush, readEvents } from '../../shared/watch/core/push-events.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { push } from '../../shared/watch/push.ts';
import { watch } from '../../shared/watch/watch.ts';
import { aChat } from '../helpers/a-chat.ts';
import { EMPTY_INVENTORY } from '../helpers/empty-inventory.ts';
import { eventTime } from '../helpers/event-time.ts';
import { MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { roundsOf } from '../helpers/rounds.ts';

const ACCOUNT = '1234567890123456';
const TARGETS = [{ account: SCOPE.account, regions: [SCOPE.regionId], filterKey: [] }];
const TICK_MS = 47_000;
const PAGE_SIZE = 50;
/** Calls a minute that one function instance has for events. */
const CALLS_FOR_EVENTS = 6;
const SEEDS = Array.from({ length: roundsOf('PUSHED_FLEETS', 3) }, (_, index) => index + 1);

const BAD_BUS: readonly EventFault[] = [
  { kind: 'drop', probability: 0.5 },
  { kind: 'double', probability: 0.5 },
  { kind: 'delay', delayMs: 20_000, probability: 0.3 },
  { kind: 'reorder', probability: 0.2 },
];

/**
 * A fleet of the local ECS, polling every minute, and its events in between, in virtual time. Each request to
 * ECS takes a while, so that runs overlap.
 */
function aWatchedFleet(seed: number) {
  const time = eventTime(NOW_MS, seededRandom(seed).next);
  const fleet = createFleet({
    regionIds: [SCOPE.regionId],
    sizePerRegion: 70,
    seed,
    churnPerMinute: 0,
    clock: time,
  });
  const bus = createEventBus(new Map([[ACCOUNT, fleet]]), { clock: time, seed });
  const journal = memoryJournal();
  const sent: Message[] = [];
  /** The times of the calls that events have made. */
  const callsForEvents: number[] = [];
  const all = () => fleet.instances(SCOPE.regionId);
  const pageOf = (rows: ReturnType<typeof all>, totalCount: number) => ({
    statuses: new Map(rows.map(({ id, status }) => [id, status])),
    rows: rows.length,
    totalCount,
    pageSize: PAGE_SIZE,
  });
  const inventoryOf = (onCall: () => void): Inventory => {
    const ask = async <T>(answer: () => T): Promise<T> => {
      onCall();
      await time.sleep(20 + 200 * time.random());
      const answered = answer();
      await time.sleep(20 + 200 * time.random());
      return answered;
    };
    return {
      ...EMPTY_INVENTORY,
      page: (_scope, page) =>
        ask(() => pageOf(all().slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE), all().length)),
      byIds: (_scope, ids) =>
        ask(() => {
          const found = all().filter(({ id }) => ids.includes(id));
          return pageOf(found, found.length);
        }),
      details: (_scope, ids) =>
        ask(() => {
          const found = all().filter(({ id }) => ids.includes(id));
          return new Map<string, Details>(found.map(({ id, name }) => [id, { name }]));
        }),
    };
  };
  const portsOf = (onCall: () => void) => ({
    inventory: inventoryOf(onCall),
    journal,
    channels: [aChat(sent)],
    runtime: time,
  });
  const polling = newMemory();
  const pushing = newMemory();
  let runs = 0;
  const nextRun = () => {
    runs += 1;
    return { tickId: `run-${runs}`, startMs: time.now(), deadlineMs: time.now() + TICK_MS };
  };
  const failures: unknown[] = [];
  const follow = (run: Promise<unknown>): void =>
    void run.catch((error) => {
      failures.push(error);
    });
  const tick = (): void => {
    const own = { callsPerMinute: 1_000, guard: GUARD_LIMITS, scopes: [SCOPE], memory: polling };
    follow(
      watch(
        portsOf(() => undefined),
        { ...own, ...nextRun() },
      ),
    );
    time.setTimer(MINUTE_MS, tick);
  };
  tick();
  return {
    time,
    fleet,
    sent,
    failures,
    callsForEvents,
    takeEvents(faults: readonly EventFault[] = []) {
      bus.setFaults(faults);
      const take = (event: Buffer): void => {
        const accounts = new Map([[ACCOUNT, [SCOPE.account]]]);
        const fleetOf = { targets: TARGETS, accounts, nowMs: time.now() };
        const { asked } = planPush(readEvents(JSON.parse(event.toString())), fleetOf);
        const ports = portsOf(() => callsForEvents.push(time.now()));
        const own = { asked, callsPerMinute: CALLS_FOR_EVENTS, memory: pushing };
        // Events do not wait for one another, as on the real bus.
        follow(push(ports, { ...own, ...nextRun() }));
      };
      bus.postTo(take, ['eventbridge']);
      const drain = (): void => {
        void bus.drain();
        time.setTimer(100, drain);
      };
      drain();
    },
    async end() {
      bus.close();
      const commits = await journal.after(SCOPE, 0, 1_000);
      const chain = examineChain(null);
      const found = commits.flatMap((commit) => chain.next(commit));
      const { instances, released } = fold(EMPTY_SNAPSHOT, commits);
      const shown = sent.flatMap((message) => message.commits.flatMap(changesIn));
      return {
        failures,
        inconsistencies: [...found, ...chain.end()],
        commits: commits.length,
        unsent: commits.flatMap(changesIn).filter((change) => !shown.includes(change)),
        sentTwice: shown.filter((change, place) => shown.indexOf(change) < place),
        statuses: [...instances].map(([id, { status }]) => [id, status]).sort(),
        released: [...released.keys()].sort(),
        actual: all()
          .map(({ id, status }) => [id, status])
          .sort(),
      };
    },
  };
}

describe.each(SEEDS)('with polling every minute (seed %i)', (seed) => {
  it('a stop is in the inbox within five seconds by its event', async () => {
    const { time, fleet, sent, takeEvents, end } = aWatchedFleet(seed);
    takeEvents();
    await time.pass(2 * MINUTE_MS + seededRandom(seed).below(MINUTE_MS));
    const id = fleet.instances(SCOPE.regionId).find(({ status }) => status === 'Running')?.id;
    const stoppedAtMs = time.now();

    fleet.stop([id ?? '']);
    await time.pass(5_000);

    const changes = sent.flatMap(({ commits }) => commits.flatMap((commit) => commit.changes));
    expect(time.now()).toBe(stoppedAtMs + 5_000);
    expect(changes.filter(({ instanceId }) => instanceId === id).at(-1)).toMatchObject({
      to: 'Stopped',
    });
    expect(await end()).toMatchObject({ failures: [], inconsistencies: [] });
  });

  it('the journal ends the same whether a bad bus brings events or none does', async () => {
    const ends = await Promise.all(
      [BAD_BUS, undefined].map(async (faults) => {
        const watched = aWatchedFleet(seed);
        const { time, fleet, takeEvents } = watched;
        const script = seededRandom(seed);
        if (faults !== undefined) takeEvents(faults);
        for (let act = 0; act < 24; act += 1) {
          await time.pass(5_000);
          change(fleet, script, act);
        }
        await time.pass(3 * MINUTE_MS);
        return { ...(await watched.end()), calls: watched.callsForEvents };
      }),
    );

    const [pushed, polled] = ends;
    for (const one of ends) {
      expect(one).toMatchObject({
        failures: [],
        inconsistencies: [],
        unsent: [],
        sentTwice: [],
      });
      expect(one.statuses).toEqual(one.actual);
    }
    expect(pushed?.statuses).toEqual(polled?.statuses);
    // What was created and released between two ticks is known by its events alone.
    expect(pushed?.released).toEqual(expect.arrayContaining([...(polled?.released ?? [])]));
    // Events did bring something, and their calls stayed in their share.
    expect(pushed?.commits).toBeGreaterThan((polled?.commits ?? 0) + 2);
    expect(polled?.released.length).toBeGreaterThan(0);
    expect(mostInAMinute(pushed?.calls ?? [])).toBeLessThanOrEqual(2 * CALLS_FOR_EVENTS);
  });
});

/** One change, decided by numbers that do not depend on events. */
function change(fleet: ReturnType<typeof createFleet>, script: Random, act: number): void {
  const chance = script.next();
  const place = script.next();
  const all = fleet.instances(SCOPE.regionId);
  const one = (status?: string): readonly string[] => {
    const fitting = all.filter((instance) => status === undefined || instance.status === status);
    return fitting
      .slice(Math.floor(place * fitting.length))
      .slice(0, 1)
      .map(({ id }) => id);
  };
  if (act === 0) fleet.release(one());
  else if (chance < 0.4) fleet.stop(one('Running'));
  else if (chance < 0.6) fleet.start(one('Stopped'));
  else if (chance < 0.75) fleet.reboot(one('Running'));
  else if (chance < 0.85) fleet.create(SCOPE.regionId, 1);
  else fleet.release(one());
}

function changesIn({ seq, changes }: Pick<Commit, 'seq' | 'changes'>): readonly string[] {
  return changes.map(({ instanceId }) => `${seq} ${instanceId}`);
}

function mostInAMinute(times: readonly number[]): number {
  return Math.max(
    ...times.map(
      (fromMs) => times.filter((atMs) => atMs >= fromMs && atMs < fromMs + MINUTE_MS).length,
    ),
  );
}
