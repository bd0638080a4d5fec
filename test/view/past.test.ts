import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { type Commit, EMPTY_SNAPSHOT, type Snapshot } from '../../shared/core/model.ts';
import type { JournalReader } from '../../shared/ports/journal.ts';
import type { ViewPorts } from '../../shared/view/ports.ts';
import { queryMemory } from '../../shared/view/query-memory.ts';
import { readFleetAt } from '../../shared/view/read-moment.ts';
import type { StateMemory } from '../../shared/view/state-memory.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { storedRows } from '../helpers/stored-rows.ts';
import { startTestJournal } from '../helpers/tablestore-journal.ts';
import { busiestDay, recordWeeks, weeksOf } from '../helpers/weeks.ts';
import { appeared, commitTime, HANGZHOU, moved, recorder, testView } from './helpers.ts';

const DAYS = 16;
/** Random histories whose moments are compared. */
const HISTORIES = roundsOf('PAST_HISTORIES', 1);
/** `npm run soak`: every moment of them is compared; otherwise those of every fourth commit. */
const STEP = roundsOf('PAST_MOMENTS', 0) > 0 ? 1 : 4;
/** Of the moments around a kept checkpoint that is gone, one in so many is compared. */
const SPARSE = HISTORIES === 1 ? 9 : 3;
/** Commits after which a tick stores a checkpoint at the latest. */
const MAX_TAIL = 64;

/** Each moment is read on its own, so that what it costs can be counted. */
const FORGETFUL: StateMemory = { get: () => undefined, set: () => undefined };

type Weeks = ReturnType<typeof weeksOf>;

/** The commits that a view reads to go to moments of the past. */
interface Counted {
  readonly ports: ViewPorts;
  commits: number;
}

function counted(journal: JournalReader, { commits }: Weeks): Counted {
  const nowMs = (commits.at(-1)?.atMs ?? 0) + 1;
  const counts: Counted = {
    ports: {
      journal: {
        ...journal,
        async nextAfter(scope, seq, limit) {
          const page = await journal.nextAfter(scope, seq, limit);
          counts.commits += page.length;
          return page;
        },
      },
      scopes: [HANGZHOU],
      readings: new Map(),
      queries: queryMemory(),
      states: FORGETFUL,
      now: () => nowMs,
    },
    commits: 0,
  };
  return counts;
}

/** The state of the fleet at a time, as the view has it, without the releases that it remembers. */
async function shownAt({ ports }: Counted, timeMs: number): Promise<object> {
  const views = await readFleetAt(ports, [HANGZHOU], { kind: 'time', timeMs });
  if ('problems' in views) throw new Error(views.problems.join());
  const [view] = views;
  if (view === undefined) throw new RangeError('there is no scope');
  return { ...withoutReleases(view.snapshot), asOf: view.freshness.asOf };
}

/** A state of the past does not know when its last commit was made. */
function withoutReleases({ released: _, lastAtMs: __, ...snapshot }: Snapshot): object {
  return snapshot;
}

/** What was recorded at a time. */
function truthAt({ commits, states }: Weeks, timeMs: number): object {
  const seq = commits.filter(({ atMs }) => atMs <= timeMs).length;
  const state = states[seq] ?? EMPTY_SNAPSHOT;
  return { ...withoutReleases(state), asOf: asOfAt(commits, seq, state, timeMs) };
}

function asOfAt(
  commits: readonly Commit[],
  seq: number,
  { baselined }: Snapshot,
  timeMs: number,
): string | null {
  const previousAtMs = commits[seq]?.previousAtMs;
  if (!baselined || previousAtMs === undefined || previousAtMs === null) return null;
  return new Date(Math.min(timeMs, previousAtMs)).toISOString();
}

/** At each of these commits and just before it. */
async function compare(view: Counted, weeks: Weeks, commits: readonly Commit[]): Promise<number> {
  let most = 0;
  for (const { atMs } of commits) {
    for (const timeMs of [atMs - 1, atMs]) {
      view.commits = 0;
      const [shown, truth] = [await shownAt(view, timeMs), truthAt(weeks, timeMs)];
      // Jest compares a fleet in ten times as long, and is asked only for the words of a difference.
      if (!isDeepStrictEqual(shown, truth)) expect(shown).toEqual(truth);
      most = Math.max(most, view.commits);
    }
  }
  return most;
}

function someOf(commits: readonly Commit[]): readonly Commit[] {
  return commits.filter(({ seq }) => seq % SPARSE === 0);
}

describe('a moment of the past, over random histories of weeks', () => {
  const seeds = fc.integer({ min: 1, max: 1e9 });

  it('is what was recorded, at commits and just before them, for about a day of commits', async () => {
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const weeks = weeksOf(seed, DAYS);
        const journal = memoryJournal();
        kept += (await recordWeeks(journal, weeks)).length;

        const some = weeks.commits.filter(({ seq }) => seq % STEP === 0);
        const most = await compare(counted(journal, weeks), weeks, some);

        expect(most).toBeLessThanOrEqual(busiestDay(weeks) + MAX_TAIL + 1);
      }),
      { numRuns: HISTORIES },
    );
    expect(kept).toBeGreaterThan(6 * HISTORIES);
  });

  it.each(['removed', 'damaged'] as const)(
    'is the same where any of the kept checkpoints, or all, are %s',
    async (how) => {
      let spoiled = 0;
      await fc.assert(
        fc.asyncProperty(seeds, async (seed) => {
          const weeks = weeksOf(seed, DAYS);
          const journal = memoryJournal();
          const kept = await recordWeeks(journal, weeks);
          for (const [index, seq] of kept.entries()) {
            journal.spoilKept(HANGZHOU, seq, how);
            const around = [kept[index - 1] ?? 0, kept[index + 1] ?? weeks.commits.length];
            await compare(counted(journal, weeks), weeks, someOf(weeks.commits.slice(...around)));
            journal.spoilKept(HANGZHOU, seq, 'whole');
          }
          for (const seq of kept) journal.spoilKept(HANGZHOU, seq, how);
          const some = weeks.commits.filter(({ seq }) => seq % 30 === 0);
          await compare(counted(journal, weeks), weeks, some);
          spoiled += kept.length;
        }),
        { numRuns: 1 },
      );
      expect(spoiled).toBeGreaterThan(5);
    },
  );

  it('is what was recorded over Tablestore too, whatever damages what is kept', async () => {
    const made = await startTestJournal();
    const weeks = weeksOf(7, DAYS);
    const kept = await recordWeeks(made.journal(), weeks);
    const rows = storedRows(made.server);
    const some = weeks.commits.filter(({ seq }) => seq % 120 === 0);
    try {
      const most = await compare(counted(made.reader(), weeks), weeks, some);
      for (const [index, seq] of kept.entries()) {
        if (index % 2 === 0) await rows.removeCommit(`kept:${HANGZHOU.key}`, seq);
        else await rows.putCommit(`kept:${HANGZHOU.key}`, seq, { checkpoint: '{"seq":1' });
      }
      const without = await compare(counted(made.reader(), weeks), weeks, some);

      expect(most).toBeLessThanOrEqual(busiestDay(weeks) + MAX_TAIL + 1);
      expect(without).toBeGreaterThan(2 * most);
    } finally {
      await made.close();
    }
  });
});

describe('a moment before a damaged state was made again', () => {
  const BEGUN = { kind: 'baseline', instances: 2, last: true } as const;
  const LAST = 101;
  const REBUILT = LAST + 1;
  const END = REBUILT + 302;

  /**
   * Two instances run, and one of them goes on to change. Commit 1 has expired when the stored state is
   * lost, and the other instance is gone meanwhile: the new baseline does not have it.
   */
  async function rebuilt() {
    const test = testView([HANGZHOU]);
    const { record } = recorder(test.journal, HANGZHOU);
    await record([appeared('i-1'), appeared('i-2')], BEGUN);
    await test.journal.keepCheckpoint(HANGZHOU, fleet(1, ['i-1', 'i-2']), 'tick-1', commitTime(1));
    for (let seq = 2; seq < END; seq += 2) {
      if (seq === REBUILT) await record([], { ...BEGUN, instances: 1, since: 2 });
      await record([moved('i-1', 'Running', 'Stopped')]);
      await record([moved('i-1', 'Stopped', 'Running')]);
    }
    test.journal.expire(HANGZHOU, 1);
    await test.journal.saveCheckpoint(HANGZHOU, fleet(END, ['i-1']), 'tick-2');
    test.nowMs = commitTime(END + 1);
    return test;
  }

  function fleet(seq: number, ids: readonly string[]): Snapshot {
    const running = { status: 'Running', sinceMs: commitTime(seq) };
    const instances = new Map(ids.map((id) => [id, running]));
    return { seq, baselined: true, instances, released: new Map() };
  }

  it('is reached from the kept checkpoint before it, and no moment after it is', async () => {
    const test = await rebuilt();

    const stopped = await test.json(`/instances?at=${commitTime(2)}`);
    const last = await test.json(`/instances?at=${commitTime(LAST)}`);
    const first = await test.json(`/instances?at=${commitTime(REBUILT)}`);
    const difference = await test.json(`/diff?from=${commitTime(2)}`);

    expect(stopped.counts).toEqual({ Running: 1, Stopped: 1 });
    expect(last.counts).toEqual({ Running: 2 });
    expect(first.counts).toEqual({ Running: 1 });
    expect(difference.differences).toMatchObject([
      { instanceId: 'i-1', from: 'Stopped', to: 'Running' },
      { instanceId: 'i-2', from: 'Running', to: null },
    ]);
  });

  it('is refused where nothing before it is kept, and a period across it is', async () => {
    const test = await rebuilt();
    const period = `from=${commitTime(2)}&to=${commitTime(REBUILT)}&step=1h`;

    const across = await test.json(`/counts?${period}`, 400);
    test.journal.spoilKept(HANGZHOU, 1, 'damaged');
    const before = await test.json(`/instances?at=${commitTime(LAST)}`, 400);

    for (const { detail } of [across, before])
      expect(detail).toMatch(/its stored state was damaged/u);
  });
});
