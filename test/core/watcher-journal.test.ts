import { type ChannelState, NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { Quota } from '../../shared/core/quota.ts';
import {
  accountNotices,
  channelNotices,
  missedByAll,
  NEW_WATCHER,
  quotaNotices,
  resumedNotices,
  watcherStateAfter,
  withAllLists,
} from '../../shared/core/watcher-journal.ts';
import { aCommit, NOW_MS } from '../helpers/examples.ts';

const OTHER = { other: '2026-11' };
const WELL: ChannelState = { ...NEW_CHANNEL, version: 1, deliveredAtMs: NOW_MS - 1 };

function failing(parts: Partial<ChannelState>): ReadonlyMap<string, ChannelState> {
  return new Map([['chat', { ...WELL, problem: 'HTTP 500', ...parts }]]);
}

describe('what is announced of a channel', () => {
  it('is its failure, after three failed attempts or one refusal of everything', () => {
    const kinds = (parts: Partial<ChannelState>) =>
      channelNotices({}, failing(parts), NOW_MS).map(({ kind }) => kind);

    expect(kinds({ failures: 2 })).toEqual([]);
    expect(kinds({ failures: 3 })).toEqual(['channel-failing']);
    expect(kinds({ failures: 1 })).toEqual([]);
    expect(kinds({ failures: 1, isRefused: true })).toEqual(['channel-failing']);
    // The channel's address has changed since, and nothing was tried yet.
    expect(kinds({ failures: 0, isRefused: true })).toEqual([]);
  });

  it('is each failure once, and each end of one', () => {
    const first = channelNotices({}, failing({ failures: 3 }), NOW_MS);
    const since = { chat: NOW_MS };

    expect(first).toEqual([
      {
        kind: 'channel-failing',
        channel: 'chat',
        failures: 3,
        reason: 'HTTP 500',
        deliveredAtMs: NOW_MS - 1,
        failing: since,
      },
    ]);
    expect(channelNotices(since, failing({ failures: 4 }), NOW_MS + 1)).toEqual([]);
    expect(channelNotices(since, failing({ failures: 0 }), NOW_MS + 1)).toEqual([
      { kind: 'channel-recovered', channel: 'chat', sinceMs: NOW_MS, failing: {} },
    ]);
  });

  it('is no end while the attempt after a change of its address is under way, or it was removed', () => {
    const claim = { to: {}, tickId: 'tick-1', untilMs: 0 };

    expect(channelNotices({ chat: NOW_MS }, failing({ failures: 0, claim }), NOW_MS)).toEqual([]);
    expect(channelNotices({ chat: NOW_MS }, new Map([['chat', NEW_CHANNEL]]), NOW_MS)).toEqual([]);
    expect(channelNotices({ chat: NOW_MS }, new Map(), NOW_MS)).toEqual([]);
  });

  it('keeps the channels of other runs that share the journal', () => {
    const notices = channelNotices({ other: 1 }, failing({ failures: 3 }), NOW_MS);

    expect(notices).toMatchObject([{ failing: { other: 1, chat: NOW_MS } }]);
    const commits = notices.map((notice) => aCommit({ scope: 'watcher', seq: 8, notice }));
    const before = { ...NEW_WATCHER, lastSeq: 7, failing: { other: 1 } };
    const state = watcherStateAfter(before, commits);
    expect(state).toMatchObject({ lastSeq: 8, failing: { other: 1, chat: NOW_MS } });
  });
});

describe('that ticks are recorded again', () => {
  it('is said once, since the last attempt, and only if every scope was missed', () => {
    const missed = { sinceMs: 7, untilMs: 9 };

    expect(missedByAll([5, 7])).toBe(7);
    expect(missedByAll([5, null])).toBeNull();
    expect(missedByAll([])).toBeNull();
    expect(resumedNotices(NEW_WATCHER, missed)).toEqual([{ kind: 'ticks-resumed', ...missed }]);
    expect(resumedNotices(NEW_WATCHER, null)).toEqual([]);
    expect(resumedNotices({ ...NEW_WATCHER, resumedAtMs: 8 }, missed)).toEqual([]);
  });
});

describe('what is announced of an account', () => {
  const REASON = 'EntityNotExist.Role: gone';
  const gone = new Map<string, string | null>([['factory', REASON]]);
  const works = new Map<string, string | null>([['factory', null]]);

  it('is each failure once, and each end of one', () => {
    const failingAccounts = { factory: NOW_MS };

    expect(accountNotices({}, gone, NOW_MS)).toEqual([
      { kind: 'account-failing', account: 'factory', reason: REASON, failing: {}, failingAccounts },
    ]);
    expect(accountNotices(failingAccounts, gone, NOW_MS + 1)).toEqual([]);
    expect(accountNotices(failingAccounts, new Map(), NOW_MS + 1)).toEqual([]);
    expect(accountNotices(failingAccounts, works, NOW_MS + 1)).toEqual([
      {
        kind: 'account-recovered',
        account: 'factory',
        sinceMs: NOW_MS,
        failing: {},
        failingAccounts: {},
      },
    ]);
    expect(accountNotices({}, works, NOW_MS)).toEqual([]);
  });

  it('says what else is failing, so that the last notice is enough', () => {
    const state = {
      ...NEW_WATCHER,
      failing: { other: 1 },
      failingAccounts: { shop: 2 },
      lowQuotas: OTHER,
    };
    const low = new Map([['chat', { ...NEW_CHANNEL, used: { period: '2026-11', messages: 80 } }]]);
    const quotas = new Map([['chat', { per: 'month', messages: 100 } as const]]);
    const all = withAllLists(
      state,
      channelNotices(state.failing, failing({ failures: 3 }), NOW_MS),
      accountNotices(state.failingAccounts, gone, NOW_MS),
      quotaNotices(state.lowQuotas, low, quotas, NOW_MS),
    );
    const after = all.map((notice, index) =>
      watcherStateAfter(NEW_WATCHER, [aCommit({ seq: index + 1, notice })]),
    );

    expect(after).toMatchObject([
      { failing: { other: 1, chat: NOW_MS }, failingAccounts: { shop: 2 }, lowQuotas: OTHER },
      {
        failing: { other: 1, chat: NOW_MS },
        failingAccounts: { shop: 2, factory: NOW_MS },
        lowQuotas: OTHER,
      },
      {
        failing: { other: 1, chat: NOW_MS },
        failingAccounts: { shop: 2, factory: NOW_MS },
        lowQuotas: { ...OTHER, chat: '2026-11' },
      },
    ]);
  });
});

describe('a quota', () => {
  const MONTH = { per: 'month', messages: 100 } as const;
  const used = (messages: number, period = '2026-11') =>
    new Map([['chat', { ...NEW_CHANNEL, used: { period, messages } }]]);
  const noticesAt = (channels: ReturnType<typeof used>, said = {}, quota: Quota = MONTH) =>
    quotaNotices(said, channels, new Map([['chat', quota]]), NOW_MS);

  it('is announced as nearly used up at four fifths of a month, and once in it', () => {
    expect(noticesAt(used(79))).toEqual([]);
    expect(noticesAt(used(80))).toMatchObject([
      { kind: 'quota-low', channel: 'chat', used: 80, quota: 100, lowQuotas: { chat: '2026-11' } },
    ]);
    expect(noticesAt(used(99), { chat: '2026-11' })).toEqual([]);
    expect(noticesAt(used(99), { chat: '2026-10' })).toHaveLength(1);
  });

  it('is not announced of a month that is over, of a day, or where there is none', () => {
    expect(noticesAt(used(99, '2026-10'))).toEqual([]);
    expect(noticesAt(used(99, '2026-11-22'), {}, { per: 'day', messages: 100 })).toEqual([]);
    expect(quotaNotices({}, used(99), new Map(), NOW_MS)).toEqual([]);
  });
});
