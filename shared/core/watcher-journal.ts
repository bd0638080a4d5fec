import { type ChannelState, isFailing, isWorking } from './channel-state.ts';
import type { Commit, Failing, LowQuotas, Notice, Report, Scope } from './model.ts';
import { own } from './own.ts';
import { isLow, type Quota, usedAt } from './quota.ts';

/**
 * What concerns no scope, such as a channel or an account that fails, is committed to a journal of its own. It is
 * read, chained and delivered like that of a scope; ECS knows nothing of it.
 */
export const WATCHER: Scope = { key: 'watcher', account: 'watcher', regionId: '' };

/** The watcher's journal, as of its last commit. */
export interface WatcherState {
  readonly lastSeq: number;
  /** When that commit was made; absent where it has expired. */
  readonly lastAtMs?: number;
  readonly failing: Failing;
  readonly failingAccounts: Failing;
  readonly lowQuotas: LowQuotas;
  /** When it last said that ticks are recorded again; 0: never. */
  readonly resumedAtMs: number;
  /** Where the last report ended; 0: there was none, as far as the journal was read. */
  readonly reportedUntilMs: number;
}

export const NEW_WATCHER: WatcherState = {
  lastSeq: 0,
  failing: {},
  failingAccounts: {},
  lowQuotas: {},
  resumedAtMs: 0,
  reportedUntilMs: 0,
};

/** Does this commit carry the lists of what is failing, as every notice about a channel or account does? */
export function saysWhatFails({ notice }: Commit): boolean {
  return notice !== undefined && 'failing' in notice;
}

/** The state after further commits, in the order of the journal. */
export function watcherStateAfter(state: WatcherState, commits: readonly Commit[]): WatcherState {
  return commits.reduce(
    (
      { failing, failingAccounts, lowQuotas, resumedAtMs, reportedUntilMs },
      { seq, atMs, notice },
    ) => ({
      lastSeq: seq,
      lastAtMs: atMs,
      ...(notice !== undefined && 'failing' in notice
        ? listsOf(notice)
        : { failing, failingAccounts, lowQuotas }),
      resumedAtMs: notice?.kind === 'ticks-resumed' ? atMs : resumedAtMs,
      reportedUntilMs: notice?.kind === 'report' ? notice.untilMs : reportedUntilMs,
    }),
    state,
  );
}

function listsOf({
  failing,
  failingAccounts = {},
  lowQuotas = {},
}: Extract<Notice, { readonly failing: Failing }>) {
  return { failing, failingAccounts, lowQuotas };
}

/**
 * Since when were ticks missed? `attempts`: of each scope that was recorded, when the last attempt
 * was, if that is too long ago. One scope that went on proves that the store did.
 */
export function missedByAll(attempts: readonly (number | null)[]): number | null {
  const missed = attempts.filter((atMs) => atMs !== null);
  return missed.length === 0 || missed.length < attempts.length ? null : Math.max(...missed);
}

/** A time in which no tick was recorded: from the last one before it to the first one after it. */
export interface Missed {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Is it to be said that ticks are recorded again, after those of this time were missed? */
export function resumedNotices(
  { resumedAtMs }: WatcherState,
  missed: Missed | null,
): readonly Notice[] {
  // Another run, or this one before it died, may have said so.
  if (missed === null || missed.sinceMs <= resumedAtMs) return [];
  return [{ kind: 'ticks-resumed', ...missed }];
}

/** What is to be announced of these channels: each failure once, and each end of one. */
export function channelNotices(
  failing: Failing,
  channels: ReadonlyMap<string, ChannelState>,
  nowMs: number,
): readonly Notice[] {
  const notices: Notice[] = [];
  let now = failing;
  for (const [channel, state] of channels) {
    const sinceMs = own(now, channel);
    if (sinceMs === undefined && isFailing(state)) {
      const { failures, problem, deliveredAtMs } = state;
      const reason = problem ?? 'the reason is not known';
      now = { ...now, [channel]: nowMs };
      const facts = { channel, failures, reason, deliveredAtMs, failing: now };
      notices.push({ kind: 'channel-failing', ...facts });
    } else if (sinceMs !== undefined && isWorking(state)) {
      now = without(now, channel);
      notices.push({ kind: 'channel-recovered', channel, sinceMs, failing: now });
    }
  }
  return notices;
}

/**
 * What is to be announced of these accounts: alias → why it is failing; null: it works. Of an account
 * that is not among them nothing is known.
 */
export function accountNotices(
  failingAccounts: Failing,
  accounts: ReadonlyMap<string, string | null>,
  nowMs: number,
): readonly Notice[] {
  const notices: Notice[] = [];
  let now = failingAccounts;
  for (const [account, reason] of accounts) {
    const sinceMs = own(now, account);
    if (sinceMs === undefined && reason !== null) {
      now = { ...now, [account]: nowMs };
      const facts = { account, reason, failing: {}, failingAccounts: now };
      notices.push({ kind: 'account-failing', ...facts });
    } else if (sinceMs !== undefined && reason === null) {
      now = without(now, account);
      const facts = { account, sinceMs, failing: {}, failingAccounts: now };
      notices.push({ kind: 'account-recovered', ...facts });
    }
  }
  return notices;
}

/** What is to be announced of the quotas of these channels: once a month. */
export function quotaNotices(
  lowQuotas: LowQuotas,
  channels: ReadonlyMap<string, ChannelState>,
  quotas: ReadonlyMap<string, Quota>,
  nowMs: number,
): readonly Notice[] {
  const notices: Notice[] = [];
  let now = lowQuotas;
  for (const [channel, { used }] of channels) {
    const quota = quotas.get(channel);
    if (!isLow(used, quota, nowMs)) continue;
    const { period, messages } = usedAt(used, quota, nowMs);
    if (own(now, channel) === period) continue;
    now = { ...now, [channel]: period };
    const facts = { channel, used: messages, quota: quota.messages, failing: {}, lowQuotas: now };
    notices.push({ kind: 'quota-low', ...facts });
  }
  return notices;
}

function without(failing: Failing, name: string): Failing {
  return Object.fromEntries(Object.entries(failing).filter(([other]) => other !== name));
}

/** The notices about channels, accounts and quotas, each with all lists as they are then. */
export function withAllLists(
  before: WatcherState,
  ofChannels: readonly Notice[],
  ofAccounts: readonly Notice[],
  ofQuotas: readonly Notice[],
  reports: readonly Report[] = [],
): readonly Notice[] {
  const failing = lastLists(ofChannels)?.failing ?? before.failing;
  const failingAccounts = lastLists(ofAccounts)?.failingAccounts ?? before.failingAccounts;
  const accountsBefore = notEmpty('failingAccounts', before.failingAccounts);
  const quotas = notEmpty('lowQuotas', before.lowQuotas);
  const lowQuotas = lastLists(ofQuotas)?.lowQuotas ?? before.lowQuotas;
  return [
    ...ofChannels.map((notice) => ({ ...notice, ...accountsBefore, ...quotas })),
    ...ofAccounts.map((notice) => ({ ...notice, failing, ...quotas })),
    ...ofQuotas.map((notice) => ({
      ...notice,
      failing,
      ...notEmpty('failingAccounts', failingAccounts),
    })),
    ...reports.map((report) => ({
      kind: 'report' as const,
      ...report,
      failing,
      ...notEmpty('failingAccounts', failingAccounts),
      ...notEmpty('lowQuotas', lowQuotas),
    })),
  ];
}

function lastLists(notices: readonly Notice[]) {
  const last = notices.at(-1);
  return last !== undefined && 'failing' in last ? listsOf(last) : undefined;
}

/** An empty list is left out. */
function notEmpty<K extends string, T extends object>(name: K, list: T) {
  return Object.keys(list).length > 0 && ({ [name]: list } as Readonly<Record<K, T>>);
}
