import type { ChannelState } from '../../../../shared/core/channel-state.ts';
import type { Change, Commit } from '../../../../shared/core/model.ts';
import { SETTLING } from '../../../../shared/core/settling.ts';
import { claimMessage } from '../../../../shared/delivery/core/claim.ts';
import { digestOf } from '../../../../shared/delivery/core/message/digest.ts';
import { dueSummary } from '../../../../shared/delivery/core/news/muted-news.ts';
import type { Mute } from '../../../../shared/delivery/core/policy/mutes.ts';
import { settle } from '../../../../shared/delivery/core/settle.ts';
import type { Plan } from '../../../../shared/delivery/core/stages/stage.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS, WORDING } from '../../../helpers/examples.ts';
import { aState, at, CHAT, HANGZHOU, SHANGHAI } from '../attempts.ts';
import {
  aMute,
  delivered,
  messageOf,
  named,
  namesIn,
  passed,
  planAt,
  served,
} from '../policies.ts';

const HOUR_MS = 60 * MINUTE_MS;
const WEB = { name: 'web', match: { name: ['web-*'] }, channels: ['ops'] };
const LOST = { kind: 'retry', reason: 'no answer', lost: true } as const;
/** The mute begins while the good news before it waits. */
const BEFORE_MS = NOW_MS - 2 * MINUTE_MS;
const RIPE_MS = BEFORE_MS + SETTLING.goodMs;
const END_MS = NOW_MS + HOUR_MS;

const manner = served(CHAT, { routes: [WEB], mutes: [night({ routes: ['web'] })] });
const started = moved(12, BEFORE_MS, 'web-1', 'Stopped', 'Running');

describe('what is held back when a mute begins', () => {
  it('waits for its end, however ripe it is, and is sent then', () => {
    const state = waiting();

    expect(state.held).toHaveLength(1);
    expect(planAt(manner, state, [], RIPE_MS)).toEqual({ kind: 'idle' });
    expect(namesIn(planAt(manner, state, [], END_MS))).toEqual(['web-1']);
  });

  it('is part of the summary if more happens to the instance, in its order', () => {
    const stopped = moved(13, NOW_MS, 'web-1', 'Running', 'Stopped');
    const state = passed(manner, waiting(), [stopped]);
    const next = planAt(manner, state, [started, stopped], END_MS);

    expect(digestOf(messageOf(next), WORDING, END_MS)).toMatchObject({
      lines: [
        { symbol: '🔕' },
        { name: 'web-1', text: expect.stringMatching(/^stopped again.*in between: running/u) },
      ],
    });
    expect(messageOf(next).isRepeat).toBe(false);
    expect(delivered(manner, state, next, END_MS).held.flatMap(({ changes }) => changes)).toEqual(
      [],
    );
  });

  it('stays held back while the summary speaks of others', () => {
    const state = passed(manner, waiting(), [named(13, 'web-2')]);
    const next = planAt(manner, state, [started, named(13, 'web-2')], END_MS);
    const after = delivered(manner, state, next, END_MS);

    expect(namesIn(next)).toEqual(['web-2']);
    expect(namesIn(planAt(manner, after, [], END_MS))).toEqual(['web-1']);
  });

  it('does not keep back what no mute covers, and goes along with it', () => {
    const renamed = moved(13, NOW_MS, 'db-1', 'Running', 'Stopped', 'i-web-1');

    expect(namesIn(planAt(manner, waiting(), [renamed]))).toEqual(['web-1', 'db-1']);
    expect(namesIn(planAt(manner, waiting(), [named(13, 'db-2')]))).toEqual(['db-2']);
  });

  it('is sent in spite of the mute, labelled, if it may have arrived before', () => {
    const open = served(CHAT, { routes: [WEB] });
    const state = passed(open, aState(), [started], BEFORE_MS);
    const first = planAt(open, state, [], RIPE_MS);
    const later = served(CHAT, {
      routes: [WEB],
      mutes: [night({ routes: ['web'], fromMs: RIPE_MS + 1 })],
    });

    const next = planAt(later, lost(state, first, RIPE_MS), [], RIPE_MS + MINUTE_MS);

    expect(namesIn(next)).toEqual(['web-1']);
    expect(messageOf(next).isRepeat).toBe(true);
  });

  it('labels the summary that takes it along, if it may have arrived before', () => {
    const open = served(CHAT, { routes: [WEB] });
    const state = passed(open, aState(), [started], BEFORE_MS);
    const doubtful = lost(state, planAt(open, state, [], RIPE_MS), RIPE_MS);
    const stopped = moved(13, NOW_MS, 'web-1', 'Running', 'Stopped');
    const muted = {
      nights: { policy: 'v1', fromMs: NOW_MS, untilMs: END_MS, after: { [HANGZHOU]: 12 } },
    };
    const cursor = { [HANGZHOU]: { seq: 13, part: 0 } };

    const next = planAt(manner, { ...doubtful, cursor, muted }, [stopped], END_MS);

    expect(messageOf(next).commits.map(({ seq }) => seq)).toEqual([12, 13]);
    expect(messageOf(next).isRepeat).toBe(true);
  });
});

describe('a state that would be news if it lasted', () => {
  const stopping = moved(12, NOW_MS, 'web-1', 'Running', 'Stopping');
  const stopped = moved(13, NOW_MS + MINUTE_MS, 'web-1', 'Stopping', 'Stopped');
  const LATER_MS = NOW_MS + 10 * MINUTE_MS;

  it.each([
    [
      'routes send its end elsewhere',
      { routes: [{ ...WEB, match: { to: ['Stopped'] }, channels: [] }] },
    ],
    [
      'a mute holds its end back',
      {
        routes: [{ ...WEB, match: { to: ['Stopped'] } }],
        mutes: [night({ routes: ['web'], untilMs: LATER_MS + HOUR_MS })],
      },
    ],
  ])('is not said to last when %s', (_why, rules) => {
    const ruled = served(CHAT, rules);
    const waits = passed(ruled, aState(), [stopping]);
    expect(waits.held).toHaveLength(1);
    const together = passed(ruled, aState(), [stopping, stopped]);
    const oneByOne = passed(ruled, waits, [stopped]);

    for (const state of [together, oneByOne])
      expect(planAt(ruled, state, [], LATER_MS)).toEqual({ kind: 'idle' });
    // It would be, if it went on.
    expect(planAt(ruled, waits, [], LATER_MS)).toMatchObject({ kind: 'send' });
  });

  it('is held back while a message that may have arrived comes before its end', () => {
    const ruled = served(CHAT, {
      routes: [{ ...WEB, match: { to: ['Stopped'], name: ['web-*'] }, channels: [] }],
    });
    const other = moved(13, NOW_MS, 'db-1', 'Running', 'Stopped');
    const waits = passed(ruled, aState(), [stopping]);
    const doubtful = lost(waits, planAt(ruled, waits, [other]), NOW_MS);
    const both = [other, { ...stopped, seq: 14 }];

    const repeated = planAt(ruled, doubtful, both);

    expect(namesIn(repeated)).toEqual(['db-1']);
    expect(delivered(ruled, doubtful, repeated).held).toMatchObject([
      { instanceId: 'i-web-1', changes: [{ seq: 12 }] },
      { instanceId: 'i-db-1' },
    ]);
  });
});

describe('the summary of a mute that holds some states only', () => {
  const STOPS = { name: 'stops', match: { to: ['Stopped'] }, channels: ['ops'] };
  const ruled = served(CHAT, { routes: [STOPS], mutes: [night({ routes: ['stops'] })] });
  const stopped = moved(12, NOW_MS, 'web-1', 'Running', 'Stopped');
  const restarted = moved(13, NOW_MS + MINUTE_MS, 'web-1', 'Stopped', 'Running');

  it.each([
    ['was sent', NOW_MS + 30 * MINUTE_MS],
    ['is held back', NOW_MS + MINUTE_MS],
  ])('ends with what has happened since, although that %s', (_what, sentMs) => {
    const night1 = passed(ruled, aState(), [stopped]);
    const held = passed(ruled, night1, [restarted], NOW_MS + MINUTE_MS);
    const state = passed(ruled, held, [restarted], sentMs);

    const summary = planAt(ruled, state, [stopped, restarted], END_MS);

    expect(messageOf(summary).commits.map(({ seq }) => seq)).toEqual([12, 13]);
    expect(digestOf(messageOf(summary), WORDING, END_MS).lines[1]).toMatchObject({
      name: 'web-1',
      text: expect.stringMatching(/^running again/u),
    });
    expect(delivered(ruled, state, summary, END_MS).held.flatMap(({ changes }) => changes)).toEqual(
      [],
    );
  });
});

it('labels a summary that may have arrived before the mute went on again', () => {
  const nights = aMute({
    periods: [],
    weekly: [{ days: [0, 1, 2, 3, 4, 5, 6], from: 10 * 60, until: 11 * 60 }],
  });
  const nightly = served(CHAT, { mutes: [nights] });
  const [first, second] = [named(12, 'web-1'), named(13, 'web-2')];
  const DAY_MS = 24 * HOUR_MS;
  const held = passed(nightly, aState(), [first], NOW_MS);
  const doubtful = lost(held, planAt(nightly, held, [first], NOW_MS + HOUR_MS), NOW_MS + HOUR_MS);

  const again = passed(nightly, doubtful, [second], NOW_MS + DAY_MS);
  const summary = planAt(nightly, again, [first, second], NOW_MS + DAY_MS + HOUR_MS);

  expect(namesIn(summary)).toEqual(['web-1', 'web-2']);
  expect(messageOf(summary).isRepeat).toBe(true);
});

it('may have any name', () => {
  const ruled = served(CHAT, {
    routes: [WEB],
    mutes: [night({ name: 'constructor', routes: ['web'] })],
  });
  const commits = [named(12, 'web-1'), named(13, 'db-1')];
  const state = passed(ruled, aState(), commits);

  expect(namesIn(planAt(ruled, state, commits, END_MS))).toEqual(['web-1']);
});

it('what a mute held is left to one that began before its end', () => {
  const early = night({});
  const late = night({ name: 'work', fromMs: NOW_MS + 30 * MINUTE_MS, untilMs: END_MS + HOUR_MS });
  const both = served(CHAT, { mutes: [early, late] });
  const commit = named(12, 'web-1');
  const held = passed(both, aState(), [commit]);

  const left = delivered(both, held, planAt(both, held, [commit], END_MS), END_MS);

  expect(left.muted).toEqual({ work: expect.objectContaining({ after: { [HANGZHOU]: 11 } }) });
  expect(namesIn(planAt(both, left, [commit], END_MS + HOUR_MS))).toEqual(['web-1']);
});

it('is said without a label by the later one if that one held it from the beginning', () => {
  const longer = night({ name: 'work', untilMs: END_MS + HOUR_MS });
  const both = served(CHAT, { mutes: [night({}), longer] });
  const commit = named(12, 'web-1');
  const held = passed(both, aState(), [commit]);

  const left = delivered(both, held, planAt(both, held, [commit], END_MS), END_MS);
  const summary = planAt(both, left, [commit], END_MS + HOUR_MS);

  expect(namesIn(summary)).toEqual(['web-1']);
  expect(messageOf(summary).isRepeat).toBe(false);
});

it('a summary of scopes that a run does not serve is left to the run that does', () => {
  const state = passed(manner, aState(), [named(12, 'web-1')]);

  expect(dueSummary(state, manner, END_MS, new Set([SHANGHAI]))).toBeNull();
  expect(dueSummary(state, manner, END_MS, new Set([HANGZHOU]))).not.toBeNull();
});

function night({
  fromMs = NOW_MS - MINUTE_MS,
  ...parts
}: Partial<Mute> & { fromMs?: number; untilMs?: number }): Mute {
  return aMute({ name: 'nights', fromMs, ...parts });
}

/** The state in which the good news of `started` is held back. */
function waiting(): ChannelState {
  return passed(manner, aState(), [started], BEFORE_MS);
}

function moved(
  seq: number,
  atMs: number,
  name: string,
  from: string,
  to: string,
  instanceId = `i-${name}`,
): Commit {
  const change: Change = aChange({ instanceId, name, from, to });
  return aCommit({ seq, atMs, changes: [change] });
}

function lost(state: ChannelState, next: Plan, nowMs: number): ChannelState {
  if (next.kind !== 'send') throw new Error(next.kind);
  const claimed = claimMessage(state, next, at(nowMs));
  return {
    ...settle(claimed, LOST, manner, { ...at(nowMs), jitter: 0 }, next),
    notBeforeMs: 0,
  };
}
