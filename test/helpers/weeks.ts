import { seededRandom } from '../../local/random.ts';
import { checkpointIsDue, EMPTY_TAIL, extendTail } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT, STATUSES } from '../../shared/core/model.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { keepCheckpoints } from '../../shared/watch/keep-checkpoints.ts';
import { MINUTE_MS, NOW_MS, SCOPE } from './examples.ts';
import { historyOf, type Sight } from './histories.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;

/** How many ticks of a day see a change: from quiet days to busy ones. */
const TICKS_A_DAY = [0, 1, 4, 20, 40, 90] as const;

/** A random history of several weeks, and the time of each of its ticks. */
export function weeksOf(seed: number, days: number) {
  const random = seededRandom(seed);
  const fleet = new Map<string, string>();
  const sights: Sight[] = [];
  const timesMs: number[] = [];
  for (let day = 0; day < days; day += 1) {
    const ticks = random.pick(TICKS_A_DAY);
    for (let tick = 0; tick < ticks; tick += 1) {
      for (let changes = 1 + random.below(2); changes > 0; changes -= 1) {
        const id = `i-${random.below(30)}`;
        if (random.chance(0.1)) fleet.delete(id);
        else fleet.set(id, random.pick(STATUSES));
      }
      const name = `name-${random.below(1_000)}`;
      sights.push({
        statuses: new Map(fleet),
        details: [{ name }],
        hasNotice: random.chance(0.05),
      });
      timesMs.push(NOW_MS + day * DAY_MS + Math.floor(((tick + random.next()) / ticks) * DAY_MS));
    }
  }
  return historyOf(sights, (tick) => timesMs[tick] ?? 0);
}

/** Writes a history as ticks would, with the checkpoints that they keep. Returns the commits of those. */
export async function recordWeeks(
  journal: Journal,
  { commits, states }: ReturnType<typeof weeksOf>,
): Promise<readonly number[]> {
  const kept: number[] = [];
  let tail = EMPTY_TAIL;
  for (const [index, commit] of commits.entries()) {
    await journal.append(commit);
    tail = extendTail(tail, [commit]);
    const isLast = commits[index + 1]?.tickId !== commit.tickId;
    if (!isLast || !checkpointIsDue(tail, commit.atMs)) continue;
    tail = EMPTY_TAIL;
    const { tickId, atMs, seq } = commit;
    const snapshot = states[index + 1] ?? EMPTY_SNAPSHOT;
    const ports = { journal, runtime: { now: () => atMs } };
    await keepCheckpoints(ports, { tickId, deadlineMs: atMs + 1 }, [{ scope: SCOPE, snapshot }]);
    if ((await journal.keptUntil(SCOPE, seq))?.seq === seq) kept.push(seq);
  }
  return kept;
}

/** The most commits that a UTC day of a history holds. */
export function busiestDay({ commits }: ReturnType<typeof weeksOf>): number {
  const perDay = new Map<number, number>();
  for (const { atMs } of commits) {
    const day = Math.floor(atMs / DAY_MS);
    perDay.set(day, (perDay.get(day) ?? 0) + 1);
  }
  return Math.max(...perDay.values());
}
