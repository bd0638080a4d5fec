import type { Invocation } from '../../shared/core/invocation.ts';
import type { Message } from '../../shared/core/message.ts';
import { WATCHER } from '../../shared/core/watcher-journal.ts';
import type { Inventory } from '../../shared/ports/inventory.ts';
import { InventoryError } from '../../shared/ports/inventory.ts';
import type { Invoker } from '../../shared/ports/invoker.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { type ReportSchedule, scheduleIn } from '../../shared/watch/core/periodic/schedule.ts';
import { invokeShards } from '../../shared/watch/invoke-shards.ts';
import { forgetOldest, type Memory, newMemory } from '../../shared/watch/memory.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watchShard } from '../../shared/watch/shard.ts';
import { watch } from '../../shared/watch/watch.ts';
import { aChat } from '../helpers/a-chat.ts';
import { EMPTY_INVENTORY } from '../helpers/empty-inventory.ts';
import { type EventTime, eventTime } from '../helpers/event-time.ts';
import { aScope, MINUTE_MS, NOW_MS } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import { ENVIRONMENT, inProcess } from '../helpers/shards-in-process.ts';

const REGIONS = Array.from({ length: 24 }, (_, index) => `region-${index}`);
const SCOPES = REGIONS.map(aScope);
const TICK_MS = 47_000;
const WAIT_MS = TICK_MS * 0.6;
/** More than a run is charged here: all journals count together. */
const UNITS_OF_SHARD = 1e6;

/** A watch function over 24 scopes, its shards, a chat, and the time that they share. */
function aFleet({
  aboveScopes = 8,
  report,
  regions = REGIONS,
  store = { callMs: 0 },
}: {
  aboveScopes?: number;
  report?: ReportSchedule;
  regions?: readonly string[];
  /** The time that each call of the journal takes of the processor. */
  store?: { callMs: number };
} = {}) {
  const time: EventTime = eventTime(NOW_MS, () => 0);
  const journal = memoryJournal();
  const targets = [{ account: 'main', regions, filterKey: [] }];
  const statuses = new Map(regions.map((region) => [region, 'Running']));
  const slow = new Map<string, number>();
  const refused = new Set<string>();
  const sent: Message[] = [];
  const memory = newMemory();
  const shardMemories: Memory[] = [newMemory(), newMemory(), newMemory()];
  let ticks = 0;
  let shards = 0;
  let running = 0;

  const inventory: Inventory = {
    ...EMPTY_INVENTORY,
    async page({ regionId }) {
      await time.sleep(slow.get(regionId) ?? 10);
      if (refused.has(regionId)) throw new InventoryError('refused', 'Forbidden.RAM', 'no');
      return {
        statuses: new Map([[`i-${regionId}`, statuses.get(regionId) ?? '']]),
        rows: 1,
        totalCount: 1,
        pageSize: 50,
      };
    },
  };
  const ports = {
    inventory,
    journal: onBusyProcessor(journal, time, store),
    channels: [aChat(sent)],
    runtime: time,
  };
  const common = { callsPerMinute: 1_000, guard: GUARD_LIMITS, ...(report && { report }) };
  const cloud = {
    mostRunning: 0,
    /** What becomes of an invocation in place of a run; undefined: it runs. */
    fate: (_event: string): Promise<Invocation | undefined> | undefined => undefined,
  };
  const real = inProcess(targets, async ({ scopes, heads, runId, reportInMs, endInMs }) => {
    shards += 1;
    const startMs = time.now();
    const times = { startMs, deadlineMs: startMs + endInMs, reportByMs: startMs + reportInMs };
    // With each tick, another instance gets the same scopes.
    const own = shardMemories[(shards + ticks) % shardMemories.length] ?? newMemory();
    const report = await watchShard(ports, {
      ...common,
      ...times,
      tickId: `shard-${shards}`,
      scopes,
      heads,
      ...(runId !== undefined && { runId }),
      memory: own,
    });
    return { ...report, units: { read: UNITS_OF_SHARD, write: UNITS_OF_SHARD } };
  });
  const invoker: Invoker = {
    async invoke(name, event, timeoutMs) {
      running += 1;
      cloud.mostRunning = Math.max(cloud.mostRunning, running);
      try {
        return (await cloud.fate(event)) ?? (await real.invoke(name, event, timeoutMs));
      } finally {
        running -= 1;
      }
    },
  };
  const settings = { invoker, functionName: 'scan', environment: ENVIRONMENT, aboveScopes };
  const tick = async (): Promise<WatchReport> => {
    ticks += 1;
    const startMs = time.now();
    let report: WatchReport | undefined;
    void watch(
      { ...ports, shards: settings },
      {
        ...common,
        tickId: `tick-${ticks}`,
        scopes: regions.map(aScope),
        startMs,
        deadlineMs: startMs + TICK_MS,
        memory,
      },
    ).then((made) => {
      report = made;
    });
    await time.passUntil(() => report !== undefined);
    const ended = report as unknown as WatchReport;
    await time.pass(startMs + MINUTE_MS - time.now());
    return ended;
  };
  const announced = () =>
    sent.flatMap(({ commits }) => commits.map(({ scope, seq }) => `${scope}/${seq}`));
  /** A run over one scope, beside the others. */
  const runAlone = (tickId: string, regionId: string) => {
    const startMs = time.now();
    const times = { startMs, deadlineMs: startMs + TICK_MS };
    const scopes = [aScope(regionId)];
    return watchShard(ports, { ...common, ...times, tickId, scopes, memory: newMemory() });
  };
  const made = { time, journal, statuses, slow, refused, sent, announced };
  return { ...made, cloud, tick, runAlone, shardMemories };
}

/** Its calls wait for one another, as where the processor is what there is too little of. */
function onBusyProcessor(
  journal: MemoryJournal,
  time: EventTime,
  store: { readonly callMs: number },
): MemoryJournal {
  let freeAtMs = 0;
  return new Proxy(journal, {
    get(target, name, self) {
      const own: unknown = Reflect.get(target, name, self);
      if (typeof own !== 'function') return own;
      return async (...args: unknown[]) => {
        if (store.callMs === 0) return own.apply(target, args);
        freeAtMs = Math.max(freeAtMs, time.now()) + store.callMs;
        await time.sleep(freeAtMs - time.now());
        return own.apply(target, args);
      };
    },
  });
}

const failedIn = ({ scopes }: WatchReport) =>
  scopes.flatMap(({ scope, ok }) => (ok ? [] : [scope])).sort();

describe('many scopes', () => {
  it('are scanned by shards and delivered once, and reported as if one run had done it', async () => {
    const { tick, announced, statuses, cloud } = aFleet();
    await tick();
    for (const region of REGIONS) statuses.set(region, 'Stopped');

    const report = await tick();

    expect(report).toMatchObject({ ok: true, notes: [], channels: [{ backlog: 0 }] });
    expect(report.scopes.map(({ scope }) => scope).sort()).toEqual(
      SCOPES.map(({ key }) => key).sort(),
    );
    expect(
      report.scopes.every(({ changes, seq, healthy }) => changes === 1 && seq === 2 && healthy),
    ).toBe(true);
    expect(announced().sort()).toEqual(
      SCOPES.flatMap(({ key }) => [`${key}/1`, `${key}/2`]).sort(),
    );
    expect(cloud.mostRunning).toBe(3);
    // What each shard was charged, beside what the run was charged itself.
    const { read, write } = report.units;
    expect([read, write].map((units) => Math.floor(units / UNITS_OF_SHARD))).toEqual([3, 3]);
  });

  it('cost a warm steady tick no read or write beside those of its shards', async () => {
    const { tick, journal } = aFleet();
    // Three instances of the function take turns: each has seen each scope by then.
    for (let ticks = 0; ticks < 4; ticks += 1) await tick();
    const before = journal.calls.length;

    await tick();

    const calls = journal.calls.slice(before);
    const ofScopes = calls.filter((call) => call.includes('main/region-'));
    // The lease, the last seq and the health of each scope; of the watcher's own journal, its end.
    expect(ofScopes).toHaveLength(3 * SCOPES.length);
    expect(calls.length - ofScopes.length).toBeLessThanOrEqual(2);
  });

  it('are in one periodic report, for which their instances are read once', async () => {
    const when = new Date(NOW_MS + 2 * MINUTE_MS).toISOString().slice(11, 16);
    const report = scheduleIn(`daily ${when}`, 'UTC');
    const { tick, journal, statuses } = aFleet(report && { report });
    await tick();
    statuses.set('region-3', 'Stopped');
    for (let ticks = 0; ticks < 5; ticks += 1) await tick();

    const told = await journal.after(WATCHER, 0, 10);
    const calls = journal.calls.length;
    await tick();

    expect(told).toMatchObject([
      { notice: { kind: 'report', changes: 1, instances: REGIONS.length, stopped: 1 } },
    ]);
    expect(journal.calls.length - calls).toBeLessThanOrEqual(3 * SCOPES.length + 2);
  });

  it('have no start left in their head rows once the run has served their channels', async () => {
    const { tick, journal } = aFleet();
    const startsNow = async () =>
      Promise.all(SCOPES.map(async (scope) => (await journal.head(scope))?.starts));

    await tick();
    const before = await startsNow();
    for (let ticks = 0; ticks < 3; ticks += 1) await tick();

    expect(before).toEqual(SCOPES.map(() => ({ chat: 0 })));
    expect(await startsNow()).toEqual(SCOPES.map(() => ({})));
  });

  it('have failures counted on, whichever instance of the function gets them', async () => {
    const { tick, refused, journal } = aFleet();
    for (let ticks = 0; ticks < 4; ticks += 1) await tick();
    refused.add('region-0');

    for (let ticks = 0; ticks < 3; ticks += 1) await tick();

    const [, ...commits] = await journal.after(aScope('region-0'), 0, 10);
    expect(commits).toMatchObject([{ notice: { kind: 'scans-failing', failures: 3 } }]);
  });

  it('are scanned by the run itself as long as they are few', async () => {
    const { tick, cloud } = aFleet({ aboveScopes: 24 });

    const report = await tick();

    expect([report.ok, cloud.mostRunning]).toEqual([true, 0]);
  });
});

describe('a shard that is late', () => {
  it('in the first run of all leaves its own health, whatever the run has written meanwhile', async () => {
    const { tick, slow, journal } = aFleet();
    slow.set('region-0', WAIT_MS + 2_000);

    const late = await tick();
    const first = await journal.head(aScope('region-0'));
    await tick();

    expect(late.ok).toBe(false);
    expect(first?.health).toMatchObject({ failures: 0, instances: 1 });
    expect(await journal.after(aScope('region-0'), 0, 10)).toMatchObject([
      { notice: { kind: 'baseline' } },
    ]);
  });

  it('delays no other scope, writes its own health, and its commits are in the next messages', async () => {
    const { tick, announced, statuses, slow, journal, sent, time } = aFleet();
    await tick();
    for (const region of REGIONS) statuses.set(region, 'Stopped');
    slow.set('region-0', WAIT_MS + 2_000);
    const sentBefore = sent.length;
    const startMs = time.now();

    const late = await tick();
    const own = failedIn(late);
    const head = await journal.head(aScope('region-0'));
    slow.clear();
    const next = await tick();

    expect(late.ok).toBe(false);
    expect(own).toContain('main/region-0');
    expect(own.length).toBeLessThanOrEqual(10);
    expect(late.scopes.find(({ scope }) => scope === 'main/region-0')?.error).toMatch(
      /its shard has not reported: no answer within 28 s/u,
    );
    expect(sent.length).toBeGreaterThan(sentBefore);
    // The health is that of a good scan, and no failure was written.
    expect(head?.health).toMatchObject({ failures: 0 });
    expect(head?.health.lastGoodAtMs).toBeGreaterThan(startMs + WAIT_MS);
    expect(next).toMatchObject({ ok: true, channels: [{ backlog: 0 }] });
    const all = announced();
    expect(all).toContain('main/region-0/2');
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('a shard that dies', () => {
  it('leaves what it has committed to this run, and the rest to the next', async () => {
    const fleet = aFleet();
    const { tick, statuses, cloud, announced, journal } = fleet;
    await tick();
    for (const region of REGIONS) statuses.set(region, 'Stopped');
    const killed: string[] = [];
    cloud.fate = (event) => {
      if (killed.length > 0) return undefined;
      const [first] = (JSON.parse(event) as { scopes: string[] }).scopes;
      killed.push(first ?? '');
      return (async () => {
        const region = String(first?.split('/')[1]);
        await journal.append({
          scope: String(first),
          seq: 2,
          atMs: NOW_MS + MINUTE_MS,
          previousAtMs: NOW_MS,
          tickId: 'killed',
          changes: [{ instanceId: `i-${region}`, from: 'Running', to: 'Stopped' }],
        });
        return { kind: 'failed', reason: 'Process exited unexpectedly before completing request' };
      })();
    };

    const report = await tick();
    const announcedThen = announced();
    const next = await tick();

    expect(report.ok).toBe(false);
    expect(announcedThen).toContain(`${killed[0]}/2`);
    expect(next.ok).toBe(true);
    const all = announced();
    expect(all).toHaveLength(2 * SCOPES.length);
    expect(new Set(all).size).toBe(all.length);
  });

  it('every time is announced once its scopes are stale, and never before', async () => {
    const { tick, cloud, journal, sent } = aFleet();
    await tick();
    cloud.fate = async () => ({ kind: 'failed', reason: 'out of memory' });
    const kindsIn = async () =>
      (await journal.after(aScope('region-0'), 1, 10)).map(({ notice }) => notice?.kind);

    for (let minutes = 1; minutes <= 5; minutes += 1) await tick();
    const before = await kindsIn();
    await tick();
    const after = await kindsIn();
    cloud.fate = () => undefined;
    await tick();

    expect([before, after, await kindsIn()]).toEqual([
      [],
      ['scans-failing'],
      ['scans-failing', 'scans-recovered'],
    ]);
    const kinds = sent.flatMap(({ commits }) => commits.map(({ notice }) => notice?.kind));
    expect(kinds.filter((kind) => kind === 'scans-failing')).toHaveLength(SCOPES.length);
  });
});

it.each([
  ['dies', async () => ({ kind: 'failed', reason: 'out of memory' }) as const],
  ['hangs', () => new Promise<never>(() => undefined)],
])(
  'a shard that %s every time since the first run is announced after three runs',
  async (_, fate) => {
    const { tick, cloud, journal } = aFleet();
    cloud.fate = fate;

    for (let runs = 1; runs <= 4; runs += 1) await tick();
    const failing = await journal.after(aScope('region-0'), 0, 10);
    cloud.fate = () => undefined;
    await tick();

    expect(failing).toMatchObject([{ seq: 1, notice: { kind: 'scans-failing', failures: 3 } }]);
    expect(
      (await journal.after(aScope('region-0'), 1, 10)).map(({ notice }) => notice?.kind).sort(),
    ).toEqual(['baseline', 'scans-recovered']);
  },
);

describe('a shard that never starts', () => {
  it('has its scopes called failing after three runs, in the words of Function Compute', async () => {
    const { tick, cloud, journal } = aFleet();
    await tick();
    cloud.fate = async () => ({
      kind: 'unstarted',
      reason: 'FunctionNotFound: there is no function scan',
      isBusy: false,
    });

    const reports = [await tick(), await tick(), await tick()];

    expect(reports.map(({ ok, scopes }) => [ok, scopes[0]?.healthy])).toEqual([
      [false, true],
      [false, true],
      [false, false],
    ]);
    expect(reports[0]?.scopes[0]?.error).toBe(
      'its shard did not start: FunctionNotFound: there is no function scan',
    );
    const [, ...commits] = await journal.after(aScope('region-0'), 0, 10);
    expect(commits).toMatchObject([{ notice: { kind: 'scans-failing', failures: 3 } }]);
  });

  it('for want of room is invoked again while the run waits', async () => {
    const { tick, cloud } = aFleet();
    let refusals = 0;
    cloud.fate = (_event) => {
      refusals += 1;
      const busy = { kind: 'unstarted', reason: 'ResourceExhausted: full', isBusy: true } as const;
      return refusals <= 5 ? Promise.resolve(busy) : undefined;
    };

    expect(await tick()).toMatchObject({ ok: true });
  });
});

it('a run that outlives its lease leaves that of the next run to it', async () => {
  const { runAlone, slow, time, journal } = aFleet();
  const scope = aScope('region-0');
  slow.set('region-0', 15_000);

  const first = runAlone('first', 'region-0');
  await time.pass(11_000);
  const second = runAlone('second', 'region-0');
  await time.pass(6_000);
  const { notes } = await first;
  const holder = await journal.lease(scope, { owner: 'third', untilMs: 0 }, time.now());
  await time.pass(20_000);
  await second;

  expect(notes).toEqual([
    expect.stringMatching(/^main\/region-0: not remembered: .*another tick has begun meanwhile/u),
  ]);
  expect(holder).toMatchObject({ owner: 'second' });
  // The second one was overtaken, and has saved nothing.
  expect(await journal.head(scope)).toMatchObject({ health: { instances: 1, failures: 0 } });
});

describe('a run whose shards do not start, beside a shard of another run', () => {
  /** The shard of the other run takes longer than its lease lasts, and longer than the one of region 1. */
  async function beside(scanMs: number, failedBefore = 0) {
    const fleet = aFleet();
    const { tick, runAlone, slow, time, cloud, journal } = fleet;
    await tick();
    cloud.fate = async () => ({ kind: 'unstarted', reason: 'AccessDenied: no', isBusy: false });
    for (let runs = 0; runs < failedBefore; runs += 1) await tick();
    slow.set('region-0', scanMs).set('region-1', 30_000);
    const startMs = time.now();
    void runAlone('other', 'region-0');
    await time.pass(3_000);
    // The run waits for this lease with that of region 0 in its hand.
    void runAlone('third', 'region-1');
    const report = await tick();
    const head = await journal.head(aScope('region-0'));
    const commits = await journal.after(aScope('region-0'), 1, 10);
    const { healthy } = report.scopes.find(({ scope }) => scope === 'main/region-0') ?? {};
    return { startMs, report, health: head?.health, commits, healthy, fleet };
  }

  it.each([
    ['while the run has the lease', 12_000],
    ['after the run has written a failure', 20_000],
  ])('leaves it the good health that it saves %s', async (_, scanMs) => {
    const { startMs, health } = await beside(scanMs);

    expect(health).toMatchObject({ failures: 0, reason: null, lastGoodAtMs: startMs + scanMs });
  });

  it('announces no failure where the shard has ended well meanwhile', async () => {
    const { commits, health, healthy } = await beside(12_000, 2);

    expect(commits).toEqual([]);
    expect([health?.failures, healthy]).toEqual([0, true]);
  });

  it('leaves no lease behind', async () => {
    const { fleet } = await beside(12_000);
    const scope = aScope('region-0');
    const mine = { owner: 'next', untilMs: fleet.time.now() };

    expect(await fleet.journal.lease(scope, mine, fleet.time.now() - 45_000)).toBe('mine');
  });
});

it('failures that take longer to write than a run has leave time to deliver, and are all announced in the end', async () => {
  const regions = Array.from({ length: 600 }, (_, index) => `region-${index}`);
  const store = { callMs: 0 };
  const { tick, cloud, sent, statuses, journal } = aFleet({ regions, store });
  await tick();
  store.callMs = 20;
  cloud.fate = async (event) =>
    (JSON.parse(event) as { scopes: string[] }).scopes.includes('main/region-0')
      ? undefined
      : { kind: 'unstarted', reason: 'AccessDenied: no', isBusy: false };
  const failing = new Set<string>();
  let runs = 0;
  for (; runs < 12 && failing.size < regions.length - 10; runs += 1) {
    statuses.set('region-0', runs % 2 === 0 ? 'Stopped' : 'Running');
    const before = sent.length;

    const { ms } = await tick();

    const commits = sent.slice(before).flatMap((message) => message.commits);
    expect(commits).toContainEqual(expect.objectContaining({ scope: 'main/region-0' }));
    expect(ms).toBeLessThan(TICK_MS);
    for (const { scope, notice } of commits)
      if (notice?.kind === 'scans-failing') failing.add(scope);
  }

  expect(runs).toBeGreaterThan(3);
  expect(failing.size).toBe(regions.length - 10);
  expect((await journal.head(aScope('region-0')))?.health.failures).toBe(0);
});

it('a store that leaves no time to ask ECS makes a failed scan, not one that takes several ticks', async () => {
  const store = { callMs: 0 };
  const { tick, journal } = aFleet({ regions: ['region-0'], store });
  const tickWith = (callMs: number) => {
    store.callMs = callMs;
    return tick();
  };

  const reports = [await tickWith(10_000), await tickWith(10_000), await tickWith(10_000)];
  await tickWith(0);
  await tickWith(10_000);
  await tickWith(0);

  expect(reports.flatMap(({ scopes }) => scopes)).toMatchObject(
    Array(3).fill({
      ok: false,
      pages: 0,
      error: 'OutOfTime: the deadline of this tick has come',
    }),
  );
  expect(
    (await journal.after(aScope('region-0'), 0, 10)).map(({ notice }) => notice?.kind).sort(),
  ).toEqual(['baseline', 'scans-failing', 'scans-recovered']);
});

it('each shard has its turn where there is time for some of them only', async () => {
  const time = eventTime(NOW_MS, () => 0);
  const shards = Array.from({ length: 32 }, (_, index) => [aScope(`region-${index}`)]);
  const started = new Map<string, number>();
  const invoker: Invoker = {
    async invoke(_name, event) {
      const [key = ''] = (JSON.parse(event) as { scopes: string[] }).scopes;
      started.set(key, (started.get(key) ?? 0) + 1);
      await time.sleep(WAIT_MS - 1_000);
      return { kind: 'answered', body: '' };
    },
  };
  const settings = { invoker, functionName: 'scan', environment: ENVIRONMENT, aboveScopes: 8 };
  const late: number[] = [];
  for (let minute = 0; minute < 8; minute += 1) {
    const startMs = NOW_MS + minute * MINUTE_MS;
    const tick = { tickId: 'tick', startMs, deadlineMs: startMs + TICK_MS, memory: newMemory() };
    let known: readonly Invocation[] | undefined;
    void invokeShards({ runtime: time }, tick, settings, shards).then((all) => {
      known = all;
    });
    await time.passUntil(() => known !== undefined);
    late.push((known ?? []).filter(({ kind }) => kind !== 'answered').length);
    await time.pass(startMs + MINUTE_MS - time.now());
  }

  // Twice ten are invoked, and the second ten do not answer in time.
  expect(late).toEqual(Array(8).fill(22));
  expect(started.size).toBe(shards.length);
});

it('a function instance forgets the scopes that it has not seen for longest, to make room for a shard', async () => {
  const { tick, shardMemories } = aFleet();
  for (let ticks = 0; ticks < 4; ticks += 1) await tick();
  const [memory = newMemory()] = shardMemories;
  const known = [...memory.scopes.keys()];
  const [oldest = ''] = known;

  forgetOldest(memory, [aScope(oldest.split('/')[1] ?? '')], known.length - 2);

  expect(known.length).toBeGreaterThan(3);
  expect([...memory.scopes.keys()]).toEqual([oldest, ...known.slice(3)]);
});
