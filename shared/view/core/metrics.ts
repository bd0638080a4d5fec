import { WATCHER } from '../../core/watcher-journal.ts';
import type { ScopeView } from './fleet.ts';
import {
  CHANNEL_METRICS,
  type ChannelRows,
  channelFacts,
  MAX_CHANNELS,
} from './metrics-channel.ts';
import {
  hasTooManyStatuses,
  MAX_SCOPES,
  SCOPE_METRICS,
  type ScopeFacts,
  type ScopeLabels,
  scopeFacts,
} from './metrics-scope.ts';
import { add, type Metric, type MetricDescription, metricLines } from './metrics-text.ts';

/** All that is stored and that the metrics of one moment are made of. */
export interface MetricsFacts {
  readonly nowMs: number;
  readonly views: readonly ScopeView[];
  readonly channels: readonly ChannelRows[];
  /** The last commit of the watcher's own journal; 0: there is none. */
  readonly watcherSeq: number;
  /** Some of what waits for a channel was not read for its age. */
  readonly isBacklogCut: boolean;
}

/**
 * The metrics as text. They are made of stored rows only: what an instance of the function counts by
 * itself would jump between the instances that answer.
 */
export function metricsText(facts: MetricsFacts): string {
  const scopes = scopeFacts(facts.views, facts.nowMs);
  const channels = channelFacts(facts.channels, facts.nowMs);
  return [
    ...SCOPE_METRICS.map((metric) => metricLines(metric, scopes)),
    metricLines(COMMITS, journalsOf(scopes, facts)),
    ...CHANNEL_METRICS.map((metric) => metricLines(metric, channels)),
    ...VIEW_METRICS.map((metric) => metricLines(metric, [{ ...facts, scopes }])),
  ].join('');
}

interface JournalFacts {
  readonly labels: ScopeLabels;
  readonly seq: number;
}

/** Commits are numbered from 1 without a gap, so the last number counts them all. */
const COMMITS: Metric<JournalFacts> = {
  name: 'ecs_watch_commits_total',
  type: 'counter',
  help: 'Commits of the journal of a scope, and of the journal about the watcher itself.',
  labels: ['scope', 'account', 'region'],
  merge: add,
  samples: ({ labels, seq }) => [{ labels: { ...labels }, value: seq }],
};

function journalsOf(
  scopes: readonly ScopeFacts[],
  { watcherSeq }: MetricsFacts,
): readonly JournalFacts[] {
  const own = { labels: { scope: WATCHER.key, account: '', region: '' }, seq: watcherSeq };
  return [
    ...scopes.map(({ labels, view }) => ({ labels, seq: view.snapshot.seq })),
    ...(watcherSeq === 0 ? [] : [own]),
  ];
}

interface ViewFacts extends Omit<MetricsFacts, 'views'> {
  readonly scopes: readonly ScopeFacts[];
}

const VIEW_METRICS: readonly Metric<ViewFacts>[] = [
  {
    name: 'ecs_watch_scopes',
    type: 'gauge',
    help: 'Scopes that this answer is about.',
    labels: [],
    merge: add,
    samples: ({ scopes }) => [{ labels: {}, value: scopes.length }],
  },
  {
    name: 'ecs_watch_limit_reached',
    type: 'gauge',
    help: '1 where the answer sums what is over a bound under the label _other, or leaves it out.',
    labels: ['limit'],
    merge: add,
    samples: (facts) =>
      Object.entries(limitsReached(facts)).map(([limit, isReached]) => ({
        labels: { limit },
        value: Number(isReached),
      })),
  },
];

function limitsReached({ scopes, channels, isBacklogCut }: ViewFacts) {
  return {
    scopes: scopes.length > MAX_SCOPES,
    statuses: scopes.some(hasTooManyStatuses),
    channels: channels.length > MAX_CHANNELS,
    backlog: isBacklogCut,
  };
}

/** Every metric, in the order of the answer. */
export const METRICS: readonly MetricDescription[] = [
  ...SCOPE_METRICS,
  COMMITS,
  ...CHANNEL_METRICS,
  ...VIEW_METRICS,
];
