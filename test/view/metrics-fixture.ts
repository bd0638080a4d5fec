import { type ChannelState, NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { Health } from '../../shared/core/health.ts';
import type { Outcome } from '../../shared/core/message.ts';
import { WATCHER } from '../../shared/core/watcher-journal.ts';
import { type Family, parsePrometheusText } from '../helpers/prometheus-text.ts';
import {
  appeared,
  BASELINE,
  commitTime,
  HANGZHOU,
  moved,
  recorder,
  SHANGHAI,
  type TestView,
  testView,
} from './helpers.ts';

/** What only some scopes have: a scan over several ticks, held releases, calls that are left. */
const UNUSUAL: Partial<Health> = {
  lastAttemptAtMs: commitTime(3) + 1_000,
  pages: 4,
  instances: 3,
  scanMs: 1_500,
  periodMs: 60_000,
  failures: 1,
  callsLeft: { calls: 17, atMs: commitTime(3) },
  lastCalls: { calls: 6, throttles: 2, budgetPerMinute: 30 },
  hold: { missing: 2, scans: 1, sinceMs: commitTime(2) },
  round: {
    startMs: commitTime(2),
    lastPartAtMs: commitTime(3),
    parts: 1,
    nextPage: 2,
    pages: 4,
    totalCount: 200,
    isSteady: true,
    seen: { bits: '', digest: '' },
    seenCount: 50,
  },
};

/** A fleet and its channels in which every metric has a value, 42 seconds after the last commit. */
export async function measuredFleet(): Promise<TestView> {
  const test = testView([HANGZHOU, SHANGHAI]);
  const hangzhou = recorder(test.journal, HANGZHOU);
  await hangzhou.record([appeared('i-1', 'Running', 'web-1'), appeared('i-2')], BASELINE);
  await hangzhou.record([moved('i-1', 'Running', 'Stopping'), moved('i-2', 'Running', 'Stopped')]);
  await hangzhou.record([moved('i-1', 'Stopping', 'Stopped'), moved('i-2', 'Stopped', null)]);
  await hangzhou.saveHealth(UNUSUAL, { calls: 906, throttles: 41 });
  const shanghai = recorder(test.journal, SHANGHAI);
  await shanghai.record([appeared('i-8')], BASELINE);
  await shanghai.record([appeared('i-9', 'Expired')]);
  await shanghai.saveHealth({ lastGoodAtMs: commitTime(3) });
  await recorder(test.journal, WATCHER).record([], {
    kind: 'ticks-resumed',
    sinceMs: commitTime(0),
    untilMs: commitTime(1),
  });
  test.nowMs = commitTime(3) + 42_000;
  await addChannel(test, 'dingtalk', {
    cursor: { [HANGZHOU.key]: { seq: 1, part: 0 }, [SHANGHAI.key]: { seq: 2, part: 0 } },
    attemptedAtMs: test.nowMs - 5_000,
    deliveredAtMs: commitTime(1),
    notBeforeMs: test.nowMs + 55_000,
    sentAtMs: [test.nowMs - 61_000, test.nowMs - 59_000],
    used: { period: '2026-11', messages: 412 },
    limits: { messagesPerMinute: 20, quota: { per: 'month', messages: 5_000 } },
    failures: 3,
  });
  await addAttempt(test, 'dingtalk', 'throttled');
  return test;
}

export async function addChannel(
  test: TestView,
  name: string,
  state: Partial<ChannelState>,
): Promise<void> {
  await test.journal.moveChannel(name, undefined, { ...NEW_CHANNEL, version: 1, ...state });
}

export async function addAttempt(
  test: TestView,
  channel: string,
  verdict: Outcome['kind'],
): Promise<void> {
  const record = {
    channel,
    seq: test.nowMs * 1_000,
    atMs: test.nowMs,
    tickId: 'tick-1',
    commits: ['main/cn-hangzhou/2'],
    commitCount: 1,
    changeCount: 1,
    attempt: 3,
    isRepeat: false,
    verdict,
    reason: null,
  };
  await test.journal.recordDelivery(record, test.nowMs);
}

/** The families of a real answer. */
export async function scrape(test: TestView): Promise<ReadonlyMap<string, Family>> {
  const { status, body } = await test.ask('/metrics');
  expect({ status, body }).toEqual({ status: 200, body });
  return parsePrometheusText(body);
}
