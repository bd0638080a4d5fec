import { loadRatio } from '../cold-start.ts';
import { withFolder } from '../function-process.ts';
import { withCloud } from '../local-cloud.ts';
import { type Section, type Target, table } from '../section.ts';
import { median, ratio, spread } from '../statistics.ts';
import { type ColdAnswer, measureCold } from './cold.ts';
import { type Growth, measureGrowth } from './memory.ts';
import { buildPrograms, type Programs, startServer } from './processes.ts';
import { type Measured, measureRatios, type Pair } from './ratios.ts';
import { settledWatch } from './settled-watch.ts';

const FLEET = 10_000;
const PAIRS = 5;
const COLD_FLEETS: readonly number[] = [10_000, 100_000];
/** Memory after 100,000 requests against that after 10,000: a leak of 1 kB a request is 90 MB. */
const MAX_GROWTH = 1.2;
const CHANGES_PER_TICK = 5;
const MAX_LOAD_RATIO = 0.2;

/** What the view costs beside a bare HTTP server, and beside the store that it reads. */
export async function view(): Promise<Section> {
  return withFolder(async (folder) => {
    const programs = await buildPrograms(folder);
    const load: Target = {
      what: 'loading the view bundle',
      figure: await loadRatio(programs.view),
      is: 'at most',
      limit: MAX_LOAD_RATIO,
      unit: '× plain import',
    };
    const { measured, growth } = await warm(programs);
    const cold: ColdAnswer[] = [];
    for (const fleet of COLD_FLEETS) cold.push(await measureCold(programs, fleet));
    return {
      title: 'The view',
      text: [ratiosText(measured), growthText(growth), coldText(cold)].join('\n\n'),
      targets: [...measured.flatMap(targetsOf), ...growthTargets(growth), load],
    };
  });
}

function warm(
  programs: Programs,
): Promise<{ readonly measured: readonly Measured[]; readonly growth: Growth }> {
  return withCloud(FLEET, async (cloud) => {
    const tick = await settledWatch(cloud);
    const [function_, bare] = await Promise.all([
      startServer(programs, 'view', cloud),
      startServer(programs, 'bare', cloud),
    ]);
    const measured = await measureRatios(function_, bare, tick, PAIRS);
    const growth = await measureGrowth(function_, async () => {
      const churn = { releases: CHANGES_PER_TICK, creations: CHANGES_PER_TICK, times: 1 };
      await cloud.setFaults([{ kind: 'churn', ...churn }]);
      await tick();
    });
    await Promise.all([function_.stop(), bare.stop()]);
    return { measured, growth };
  });
}

type Side = Exclude<keyof Pair, 'view'>;

/** The rate of the view by that of a bare server, pair by pair. */
function ratios({ pairs }: Measured, side: Side): readonly number[] {
  return pairs.map((pair) => pair.view.perSecond / pair[side].perSecond);
}

/** The same by the time that the processes were computing, which no other process lengthens. */
function cpuRatios({ pairs }: Measured, side: Side): readonly number[] {
  return pairs.map((pair) => pair[side].cpuMicroseconds / pair.view.cpuMicroseconds);
}

function ratiosText(measured: readonly Measured[]): string {
  const rate = ({ pairs }: Measured, side: keyof Pair) =>
    Math.round(median(pairs.map((pair) => pair[side].perSecond)));
  return [
    `The built function behind a node:http server, in a process with the heap of the deployed function, ${FLEET} instances, ` +
      `${PAIRS} runs of each in turns, one request at a time, as a runtime of Function Compute sends them. _Bare_ is a node:http server that answers the same bytes ` +
      'with the same headers from memory. _Reading_ is the same server, which first makes the same reads of the ' +
      'same rows through the same SDK: what any program pays that looks at the store before it calls its answer ' +
      'fresh. The view looks at every request; only the replica, whose pages are of one moment for a clock ' +
      'minute, looks once a minute. _CPU_ is the same ratio of the time that the processes were computing.',
    '',
    table(
      [
        'answer',
        'bytes',
        'view, /s',
        'bare, /s',
        'reading, /s',
        'view ÷ bare',
        'CPU',
        'view ÷ reading',
        'CPU',
      ],
      measured.map((each) => [
        each.case.what,
        each.bytes,
        rate(each, 'view'),
        rate(each, 'bare'),
        each.case.reads === null ? 'reads nothing' : rate(each, 'reading'),
        spread(ratios(each, 'bare')),
        ratio(median(cpuRatios(each, 'bare'))),
        spread(ratios(each, 'reading')),
        ratio(median(cpuRatios(each, 'reading'))),
      ]),
    ),
  ].join('\n');
}

/**
 * Beside a server that reads nothing, and beside one that makes the same reads: the first is what was
 * promised, and the second what a program can reach that looks at the store before it answers.
 */
function targetsOf(measured: Measured): readonly Target[] {
  const { what, target: limit, reads } = measured.case;
  if (limit === null) return [];
  const beside = (other: 'bare' | 'reading', unit: string): Target => {
    const figure = median(ratios(measured, other));
    return { what: `the view: ${what}`, figure, is: 'at least', limit, unit };
  };
  const bare = beside('bare', '× bare server');
  return reads === null ? [bare] : [bare, beside('reading', '× server that makes the same reads')];
}

function growthText({ requests, early, late }: Growth): string {
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  return (
    `Memory over ${requests} requests of all kinds, each hundredth a list that was not asked for before, while ` +
    `ticks commit changes: ${megabytes(early.heapUsed)} of heap and ${megabytes(early.rss)} resident after ` +
    `10000 requests, ${megabytes(late.heapUsed)} and ${megabytes(late.rss)} after all.`
  );
}

function growthTargets({ early, late }: Growth): readonly Target[] {
  return (['heapUsed', 'rss'] as const).map((kind) => ({
    what: `the view: ${kind === 'rss' ? 'resident memory' : 'heap'} after 100,000 requests`,
    figure: late[kind] / early[kind],
    is: 'at most',
    limit: MAX_GROWTH,
    unit: '× that after 10,000',
  }));
}

function coldText(cold: readonly ColdAnswer[]): string {
  return [
    'The first answer of a fresh process, a filtered page of 100, and what it read of the store:',
    '',
    table(
      ['instances', 'ms', 'requests', 'read units'],
      cold.map(({ fleet, ms, requests, readUnits }) => [
        fleet,
        Math.round(ms),
        requests,
        readUnits,
      ]),
    ),
  ].join('\n');
}
