import type { Message } from '../../shared/core/message.ts';
import type { Inventory } from '../../shared/ports/inventory.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { push } from '../../shared/watch/push.ts';
import { watch } from '../../shared/watch/watch.ts';
import { aChat } from '../helpers/a-chat.ts';
import { EMPTY_INVENTORY } from '../helpers/empty-inventory.ts';
import { aCommit, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const TICK_MS = 47_000;

/** A fleet of 60 instances that are Running, polling, events, and a chat. */
function aFleet({ isTicked = true, size = 60, scope = SCOPE } = {}) {
  const runtime = virtualRuntime(NOW_MS);
  const journal = memoryJournal();
  const statuses = new Map(Array.from({ length: size }, (_, index) => [`i-${index}`, 'Running']));
  const sent: Message[] = [];
  const asked: (readonly string[])[] = [];
  const during: (() => Promise<unknown>)[] = [];
  const pageOf = (ids: readonly string[], totalCount: number) => {
    const found = ids.flatMap((id) => {
      const status = statuses.get(id);
      return status === undefined ? [] : [[id, status] as const];
    });
    return { statuses: new Map(found), rows: found.length, totalCount, pageSize: 50 };
  };
  const inventory: Inventory = {
    ...EMPTY_INVENTORY,
    page: async (_scope, page) =>
      pageOf([...statuses.keys()].slice((page - 1) * 50, page * 50), statuses.size),
    async byIds(_scope, ids) {
      asked.push(ids);
      await during.shift()?.();
      return pageOf(ids, ids.filter((id) => statuses.has(id)).length);
    },
  };
  const ports = { inventory, journal, channels: [aChat(sent)], runtime };
  const memory = newMemory();
  const pushMemory = newMemory();
  let runs = 0;
  const nextRun = () => {
    runs += 1;
    return { tickId: `run-${runs}`, startMs: runtime.now(), deadlineMs: runtime.now() + TICK_MS };
  };
  const tick = async () => {
    const common = { callsPerMinute: 1_000, guard: GUARD_LIMITS, takesEvents: true };
    const own = { ...common, scopes: [scope], memory };
    const report = await watch(ports, { ...own, ...nextRun() });
    runtime.clock.advance(20_000);
    return report;
  };
  const pushed = async (instanceIds: readonly string[], callsPerMinute = 20) => {
    const own = { memory: pushMemory, callsPerMinute, asked: [{ scope, instanceIds }] };
    const report = await push(ports, { ...own, ...nextRun() });
    return { ...report, only: report.scopes[0] };
  };
  const commits = () => journal.after(SCOPE, 0, 100);
  const changes = async () =>
    (await commits())
      .slice(1)
      .flatMap(({ changes: all }) =>
        all.map(({ instanceId, from, to }) => [instanceId, from, to].join(' ')),
      );
  const fleet = { runtime, journal, statuses, sent, asked, during, tick, pushed, commits, changes };
  return isTicked ? tick().then(() => fleet) : Promise.resolve(fleet);
}

describe('what events name', () => {
  it('is asked for, committed as ECS answers it, and delivered at once', async () => {
    const { statuses, pushed, changes, sent } = await aFleet();
    statuses.set('i-7', 'Stopped');

    const { only, channels } = await pushed(['i-7', 'i-8']);

    expect(only).toMatchObject({ named: 2, shown: 2, changes: 1, calls: 1, notes: [] });
    expect(channels).toMatchObject([{ outcome: 'delivered', backlog: 0 }]);
    expect(await changes()).toEqual(['i-7 Running Stopped']);
    expect(sent.at(-1)?.commits).toMatchObject([{ seq: 2, changes: [{ instanceId: 'i-7' }] }]);
  });

  it('in an empty region that rests is watched by polling from then on', async () => {
    const scope = { ...SCOPE, isDiscovered: true as const };
    const { statuses, pushed, changes, tick } = await aFleet({ size: 0, scope });
    const resting = await tick();
    statuses.set('i-7', 'Running');
    await pushed(['i-7']);
    statuses.set('i-7', 'Stopped');

    const { scopes } = await tick();

    expect(resting.scopes).toMatchObject([{ ok: true, pages: 0, lookedAt: expect.anything() }]);
    expect(scopes).toMatchObject([{ ok: true, changes: 1, instances: 1 }]);
    expect(await changes()).toEqual(['i-7  Running', 'i-7 Running Stopped']);
  });

  it('is found no second time by polling, which knows it then', async () => {
    const { statuses, pushed, changes, sent, tick } = await aFleet();
    statuses.set('i-7', 'Stopped');
    await pushed(['i-7']);
    const messages = sent.length;

    const report = await tick();

    expect(report).toMatchObject({ ok: true, scopes: [{ changes: 0, seq: 2 }] });
    expect([await changes(), sent.length]).toEqual([['i-7 Running Stopped'], messages]);
  });

  it('changes nothing where ECS says what is recorded already, and nothing is sent', async () => {
    const { pushed, commits, journal } = await aFleet();
    const before = journal.calls.length;

    const { only, channels } = await pushed(['i-7']);

    expect(only).toMatchObject({ shown: 1, changes: 0 });
    expect(only?.notes).toEqual(['ECS says what is recorded already']);
    expect([channels, (await commits()).length]).toEqual([[], 1]);
    expect(journal.calls.slice(before).filter((call) => /append|channel|save/u.test(call))).toEqual(
      [],
    );
  });

  it('takes no lease and saves no health, also while polling holds the lease', async () => {
    const { statuses, pushed, changes, journal, runtime } = await aFleet();
    const untilMs = runtime.now() + 10_000;
    await journal.lease(SCOPE, { owner: 'polling', untilMs }, runtime.now());
    const health = (await journal.head(SCOPE))?.health;
    const before = journal.calls.length;
    statuses.set('i-7', 'Stopped');

    await pushed(['i-7']);

    expect(await changes()).toHaveLength(1);
    const calls = journal.calls.slice(before);
    expect(calls.filter((call) => /^(?:lease|saveHealth|saveCheckpoint)/u.test(call))).toEqual([]);
    expect((await journal.head(SCOPE))?.health).toEqual(health);
    const other = { owner: 'another', untilMs };
    expect(await journal.lease(SCOPE, other, runtime.now())).toMatchObject({ owner: 'polling' });
  });

  it('is not released although ECS does not show it: that is decided by polling', async () => {
    const { statuses, pushed, changes, tick } = await aFleet();
    statuses.delete('i-7');

    const { only } = await pushed(['i-7']);
    const afterPush = await changes();
    await tick();

    expect(only?.notes).toContain('1 not shown by ECS: whether they are released, polling decides');
    expect([afterPush, await changes()]).toEqual([[], ['i-7 Running ']]);
  });

  it('is dropped where another run commits first, and found by polling', async () => {
    const { statuses, pushed, changes, during, journal, tick, runtime } = await aFleet();
    statuses.set('i-7', 'Stopped');
    const other = { instanceId: 'i-9', from: 'Running', to: 'Stopped' };
    during.push(async () => {
      statuses.set('i-9', 'Stopped');
      await journal.append(aCommit({ seq: 2, atMs: runtime.now(), changes: [other] }));
    });

    const { only } = await pushed(['i-7']);
    await tick();

    expect(only?.notes).toContain('left to polling: another run has recorded first');
    expect(only?.changes).toBe(0);
    expect(await changes()).toEqual(['i-9 Running Stopped', 'i-7 Running Stopped']);
  });

  it('is new where it was created since, and has come back where it was released', async () => {
    const { statuses, pushed, tick, changes, commits } = await aFleet();
    statuses.delete('i-7');
    await tick();
    statuses.set('i-7', 'Running');
    statuses.set('i-new', 'Pending');

    await pushed(['i-7', 'i-new']);

    expect((await changes()).slice(1).sort()).toEqual(['i-7  Running', 'i-new  Pending']);
    expect((await commits()).at(-1)?.changes).toMatchObject([
      { instanceId: 'i-7', returned: true },
      { instanceId: 'i-new' },
    ]);
  });

  it('is left to polling before there is a baseline', async () => {
    const { pushed, commits } = await aFleet({ isTicked: false });

    const { only } = await pushed(['i-7']);

    expect(only?.notes).toEqual(['left to polling: no scan has been complete yet']);
    expect(await commits()).toEqual([]);
  });
});

describe('while the release of many instances is held', () => {
  /** Ticks until 30 of 60 instances are believed to be released; `between` ticks, events come. */
  async function heldFleet(between: (fleet: Awaited<ReturnType<typeof aFleet>>) => unknown) {
    const fleet = await aFleet();
    for (let index = 0; index < 30; index += 1) fleet.statuses.delete(`i-${index}`);
    let ticks = 0;
    const isReleased = async () =>
      (await fleet.changes()).some((change) => change === 'i-3 Running ');
    for (; ticks < 12 && !(await isReleased()); ticks += 1) {
      await fleet.tick();
      await between(fleet);
    }
    return { ticks, fleet };
  }

  it('events of what is left are committed, and neither hasten nor delay what is held', async () => {
    const alone = await heldFleet(() => undefined);
    let next = 40;
    const { ticks, fleet } = await heldFleet(async ({ statuses, pushed }) => {
      statuses.set(`i-${next}`, 'Stopped');
      statuses.set(`i-new-${next}`, 'Pending');
      await pushed([`i-${next}`, `i-new-${next}`, 'i-7']);
      next += 1;
    });

    expect(alone.ticks).toBeGreaterThan(2);
    expect(ticks).toBe(alone.ticks);
    const changes = await fleet.changes();
    expect(changes.filter((change) => change.endsWith(' Running '))).toHaveLength(30);
    expect(changes).toEqual(expect.arrayContaining(['i-40 Running Stopped', 'i-new-40  Pending']));
    const notices = (await fleet.commits()).flatMap(({ notice }) => notice?.kind ?? []);
    expect(notices).toEqual(['baseline', 'suspicious-scan']);
  });

  it('an event shows that an instance of it lives, and it is no longer missing', async () => {
    const fleet = await aFleet();
    for (let index = 0; index < 30; index += 1) fleet.statuses.delete(`i-${index}`);
    await fleet.tick();
    fleet.statuses.set('i-3', 'Stopped');
    await fleet.pushed(['i-3', 'i-4']);

    for (let ticks = 0; ticks < 6; ticks += 1) await fleet.tick();

    const changes = await fleet.changes();
    expect(changes.filter((change) => change.startsWith('i-3 '))).toEqual(['i-3 Running Stopped']);
    expect(changes.filter((change) => change.endsWith(' Running '))).toHaveLength(29);
  });
});

describe('a storm of events', () => {
  it('is few calls, of 50 instances each', async () => {
    const { statuses, pushed, asked, changes } = await aFleet();
    for (const id of statuses.keys()) statuses.set(id, 'Stopped');

    const { only } = await pushed([...statuses.keys()]);

    expect(asked.map(({ length }) => length)).toEqual([50, 10]);
    expect([only?.calls, (await changes()).length]).toEqual([2, 60]);
  });

  it('ends at the calls for events, and then reads nothing any more', async () => {
    const { statuses, pushed, journal, asked, runtime } = await aFleet();
    const ids = [...statuses.keys()];

    const first = await pushed(ids, 1);
    const before = journal.calls.length;
    const second = await pushed(ids, 1);

    expect(first.only?.notes).toContain('10 left to polling: the calls for events are used up');
    expect(second.only?.notes).toEqual(['60 left to polling: the calls for events are used up']);
    expect([asked.length, journal.calls.length]).toEqual([1, before]);
    runtime.clock.advance(60_000);
    await pushed(ids, 1);
    expect(asked).toHaveLength(2);
  });

  it('leaves the journal to polling after twenty commits, until polling has ended once more', async () => {
    const { statuses, pushed, tick, changes } = await aFleet();
    for (let index = 0; index < 22; index += 1) {
      statuses.set(`i-${index}`, 'Stopped');
      await pushed([`i-${index}`], 1_000);
    }
    const { only } = await pushed(['i-21'], 1_000);
    const byEvents = (await changes()).length;
    await tick();
    statuses.set('i-30', 'Stopped');
    await pushed(['i-30'], 1_000);

    expect(byEvents).toBe(20);
    expect(only?.notes).toEqual([
      'left to polling: 20 commits were made since polling has ended last',
    ]);
    expect((await changes()).slice(20)).toEqual([
      'i-20 Running Stopped',
      'i-21 Running Stopped',
      'i-30 Running Stopped',
    ]);
  });
});
