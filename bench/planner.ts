import { NEW_CHANNEL } from '../shared/core/channel-state.ts';
import type { Commit } from '../shared/core/model.ts';
import { plan } from '../shared/delivery/core/plan.ts';
import { type Section, table } from './section.ts';
import { median, ratio, timed } from './statistics.ts';

const SIZES = [1_000, 10_000, 100_000] as const;
const RUNS = 5;
const CHANGES_PER_COMMIT = 500;
/** The time and memory for each change may differ by so much between the smallest and the largest. */
const MAX_DRIFT = 2;

const SCOPE = 'main/cn-hangzhou';
const AT_MS = Date.UTC(2026, 10, 22);
const CHAT = { style: 'digest', messagesPerMinute: 18 } as const;
const STATE = { ...NEW_CHANNEL, version: 1, cursor: { [SCOPE]: { seq: 0, part: 0 } } };

/** Time and memory of planning one message of many pending changes. */
export async function planner(): Promise<Section> {
  const rows: Row[] = [];
  for (const size of SIZES) rows.push(await measure(size));
  const [least, ...larger] = rows;
  const most = larger.at(-1);
  if (least === undefined || most === undefined) throw new Error('nothing was measured');
  return {
    title: 'Planning a message',
    text: [
      `A chat's message of everything that is pending, in commits of ${CHANGES_PER_COMMIT} changes. Each ` +
        'instance has two of them. Medians of ' +
        `${RUNS} runs.`,
      '',
      table(
        ['changes', 'time', 'a change', 'memory', 'a change'],
        rows.map(({ size, ms, bytes }) => [
          size,
          `${ratio(ms)} ms`,
          `${ratio((1_000 * ms) / size)} µs`,
          `${Math.round(bytes / 1_000)} kB`,
          `${Math.round(bytes / size)} B`,
        ]),
      ),
    ].join('\n'),
    targets: [
      {
        what: `planning ${most.size} changes against ${least.size}: time a change`,
        figure: most.ms / most.size / (least.ms / least.size),
        is: 'at most',
        limit: MAX_DRIFT,
        unit: '×',
      },
      {
        what: `planning ${most.size} changes against ${least.size}: memory a change`,
        figure: most.bytes / most.size / (least.bytes / least.size),
        is: 'at most',
        limit: MAX_DRIFT,
        unit: '×',
      },
    ],
  };
}

interface Row {
  readonly size: number;
  readonly ms: number;
  readonly bytes: number;
}

async function measure(size: number): Promise<Row> {
  const pending = new Map([[SCOPE, commitsOf(size)]]);
  const planned = () => plan(CHAT, STATE, pending, { tickId: 'tick', nowMs: AT_MS });
  // The first plans are those of code that is not compiled yet.
  for (let run = 0; run < RUNS; run += 1) planned();
  const times: number[] = [];
  const sizes: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const { ms, result } = await timed(async () => planned());
    if (result.kind !== 'send') throw new Error(`the plan is ${result.kind}`);
    times.push(ms);
    sizes.push(Math.max(0, process.memoryUsage().heapUsed - before));
  }
  return { size, ms: median(times), bytes: median(sizes) };
}

function commitsOf(size: number): readonly Commit[] {
  return Array.from({ length: size / CHANGES_PER_COMMIT }, (_, index) => ({
    scope: SCOPE,
    seq: index + 1,
    atMs: AT_MS,
    previousAtMs: AT_MS,
    tickId: 'tick',
    changes: Array.from({ length: CHANGES_PER_COMMIT }, (_change, place) => ({
      instanceId: `i-${(index * CHANGES_PER_COMMIT + place) % (size / 2)}`,
      from: index * CHANGES_PER_COMMIT < size / 2 ? 'Running' : 'Stopping',
      to: index * CHANGES_PER_COMMIT < size / 2 ? 'Stopping' : 'Stopped',
    })),
  }));
}
