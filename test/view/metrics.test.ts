import type { Scope } from '../../shared/core/model.ts';
import { METRICS } from '../../shared/view/core/metrics.ts';
import type { Family } from '../helpers/prometheus-text.ts';
import {
  appeared,
  BASELINE,
  commitTime,
  HANGZHOU,
  moved,
  recorder,
  SHANGHAI,
  testView,
} from './helpers.ts';
import { addChannel, measuredFleet, scrape } from './metrics-fixture.ts';

type Labels = Readonly<Record<string, string>>;

/** The value of the one sample with these labels among others. */
function sampleOf(families: ReadonlyMap<string, Family>, name: string, labels: Labels = {}) {
  const found = samplesOf(families, name).filter((sample) =>
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  expect({ name, labels, found: found.length }).toEqual({ name, labels, found: 1 });
  return found[0]?.value;
}

function samplesOf(families: ReadonlyMap<string, Family>, name: string) {
  return families.get(name)?.samples ?? [];
}

const IN_HANGZHOU = { scope: 'main/cn-hangzhou', account: 'main', region: 'cn-hangzhou' };
const IN_SHANGHAI = { scope: 'main/cn-shanghai', account: 'main', region: 'cn-shanghai' };
const DINGTALK = { channel: 'dingtalk' };

describe('/metrics', () => {
  it('is the text format of Prometheus, with every metric and its labels as they are described', async () => {
    const test = await measuredFleet();

    const { status, headers } = await test.ask('/metrics');
    const families = await scrape(test);

    expect([status, headers['content-type']]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(
      [...families.values()].map(({ name, type, help, samples }) => ({
        name,
        type,
        help,
        labels: Object.keys(samples[0]?.labels ?? {}),
      })),
    ).toEqual(METRICS.map(({ name, type, help, labels }) => ({ name, type, help, labels })));
  });

  // The long ones: Prometheus, config/config.go, `DefaultScrapeProtocols`, with `*/*` behind them.
  it.each([
    [''],
    ['*/*'],
    ['application/json, text/plain, */*'],
    ['text/*;q=0.1'],
    [
      'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,' +
        'text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    ],
    [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,' +
        'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    ],
  ])('answers a client that accepts %j in its one format', async (accept) => {
    const test = await measuredFleet();

    const { status, headers } = await test.ask('/metrics', {
      headers: new Map([['accept', accept]]),
    });

    expect([status, headers['content-type']]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
  });

  it.each([
    'application/openmetrics-text',
    'application/json',
    'text/plain;q=0, */*',
    '*/*;q=0',
    'text/*;q=0,*/*',
    'nonsense',
  ])('does not answer a client that accepts only %j with what it cannot read', async (accept) => {
    const test = await measuredFleet();

    const { status, body } = await test.ask('/metrics', {
      headers: new Map([['accept', accept]]),
    });

    expect([status, JSON.parse(body).type]).toEqual([406, 'urn:ecs-watch:not-acceptable']);
  });

  it('follows the naming of Prometheus', () => {
    for (const { name, type, help, labels } of METRICS) {
      expect(name).toMatch(/^ecs_watch_[a-z_]+$/u);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(help).toMatch(/^[^\\\n]+\.$/u);
      expect(labels).toEqual(labels.filter((label) => /^[a-z_]+$/u.test(label)));
    }
  });

  it('says how old, long and large the last scan of a scope is', async () => {
    const families = await scrape(await measuredFleet());

    const expected = {
      ecs_watch_scope_healthy: 1,
      ecs_watch_scope_stale: 0,
      ecs_watch_scan_age_seconds: 42,
      ecs_watch_scan_timestamp_seconds: commitTime(3) / 1000,
      ecs_watch_scan_attempt_timestamp_seconds: commitTime(3) / 1000 + 1,
      ecs_watch_scan_duration_seconds: 1.5,
      ecs_watch_scan_pages: 4,
      ecs_watch_scan_instances: 3,
      ecs_watch_scan_failures: 1,
      ecs_watch_scan_calls: 6,
      ecs_watch_scan_throttles: 2,
      ecs_watch_scan_calls_budget: 30,
      ecs_watch_scan_calls_left: 17,
      ecs_watch_calls_total: 906,
      ecs_watch_throttles_total: 41,
      ecs_watch_changes_total: 4,
      ecs_watch_scan_round_seen_ratio: 0.25,
      ecs_watch_tick_period_seconds: 60,
      ecs_watch_held_releases: 2,
      ecs_watch_instances_changed_last_hour: 2,
      ecs_watch_last_change_timestamp_seconds: commitTime(3) / 1000,
      ecs_watch_commits_total: 3,
    };
    const found = Object.keys(expected).map((name) => [
      name,
      sampleOf(families, name, IN_HANGZHOU),
    ]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('leaves out how many changes there were, as long as the stored state does not say it', async () => {
    const test = testView([HANGZHOU]);
    const past = recorder(test.journal, HANGZHOU);
    await past.record([appeared('i-1')], BASELINE);
    const running = { status: 'Running', sinceMs: commitTime(1) };
    const ofOlderVersion = {
      seq: 1,
      baselined: true,
      instances: new Map([['i-1', running]]),
      released: new Map(),
    };
    await test.journal.saveCheckpoint(HANGZHOU, ofOlderVersion, 'tick-1');
    await past.record([moved('i-1', 'Running', 'Stopped')]);
    await past.saveHealth();

    const families = await scrape(test);
    await test.journal.saveCheckpoint(HANGZHOU, { ...ofOlderVersion, seq: 2, changeCount: 1 }, 't');
    const counted = await scrape(testView([HANGZHOU], test.journal));

    expect(samplesOf(families, 'ecs_watch_changes_total')).toEqual([]);
    expect(sampleOf(families, 'ecs_watch_commits_total')).toBe(2);
    expect(sampleOf(counted, 'ecs_watch_changes_total')).toBe(1);
  });

  it('counts instances by scope, region and status, those of no instance as well', async () => {
    const families = await scrape(await measuredFleet());

    const count = (labels: Labels) => sampleOf(families, 'ecs_watch_instances', labels);
    expect(count({ ...IN_HANGZHOU, status: 'Stopped' })).toBe(1);
    expect(count({ ...IN_HANGZHOU, status: 'Running' })).toBe(0);
    expect(count({ ...IN_SHANGHAI, status: 'Running' })).toBe(1);
    expect(count({ ...IN_SHANGHAI, status: 'Expired' })).toBe(1);
  });

  it('says what a channel has still to be sent, for how long, and what became of the last attempt', async () => {
    const families = await scrape(await measuredFleet());

    const expected = {
      ecs_watch_channel_backlog_commits: 2,
      ecs_watch_channel_backlog_age_seconds: 102,
      ecs_watch_channel_failing: 1,
      ecs_watch_channel_failures: 3,
      ecs_watch_channel_wait_seconds: 55,
      ecs_watch_channel_messages_last_minute: 1,
      ecs_watch_channel_messages_last_minute_limit: 20,
      ecs_watch_channel_quota_used_messages: 412,
      ecs_watch_channel_quota_limit_messages: 5_000,
      ecs_watch_channel_delivery_timestamp_seconds: commitTime(1) / 1000,
    };
    const found = Object.keys(expected).map((name) => [name, sampleOf(families, name, DINGTALK)]);
    expect(Object.fromEntries(found)).toEqual(expected);
    expect(
      samplesOf(families, 'ecs_watch_channel_last_outcome').map(({ labels, value }) => [
        labels.outcome,
        value,
      ]),
    ).toEqual([
      ['delivered', 0],
      ['retry', 0],
      ['throttled', 1],
      ['rejected', 0],
    ]);
  });

  it('reads what waits for a channel once, however often it is scraped', async () => {
    const test = await measuredFleet();
    await scrape(test);
    test.journal.calls.length = 0;

    const families = await scrape(test);

    expect(sampleOf(families, 'ecs_watch_channel_backlog_age_seconds', DINGTALK)).toBe(102);
    expect([...test.journal.calls].sort()).toEqual([
      'channels',
      'deliveries dingtalk',
      'lastSeq watcher',
      'peek main/cn-hangzhou main/cn-shanghai',
    ]);
  });

  it('takes the oldest commit that is left where the retention has removed the one that waits', async () => {
    const test = await measuredFleet();
    await test.json('/instances');
    test.journal.expire(HANGZHOU, 2);

    const families = await scrape(test);

    expect(sampleOf(families, 'ecs_watch_channel_backlog_age_seconds', DINGTALK)).toBe(42);
  });

  it('has nothing that is not stored: before the first tick only what says so', async () => {
    const families = await scrape(testView());

    expect(sampleOf(families, 'ecs_watch_scope_healthy', IN_HANGZHOU)).toBe(0);
    expect(sampleOf(families, 'ecs_watch_scope_stale', IN_HANGZHOU)).toBe(1);
    expect(sampleOf(families, 'ecs_watch_commits_total', IN_HANGZHOU)).toBe(0);
    expect(families.has('ecs_watch_scan_age_seconds')).toBe(false);
    expect(families.has('ecs_watch_channel_failures')).toBe(false);
  });

  it('starts a quota again with its period', async () => {
    const test = await measuredFleet();
    test.nowMs = Date.UTC(2026, 11, 1);

    const families = await scrape(test);

    expect(sampleOf(families, 'ecs_watch_channel_quota_used_messages', { per: 'month' })).toBe(0);
  });

  it('is the same from every instance of the function', async () => {
    const test = await measuredFleet();
    await test.json('/instances');
    const cold = testView(test.ports.scopes, test.journal);
    cold.nowMs = test.nowMs;

    const bodies = [await test.ask('/metrics'), await cold.ask('/metrics')].map(({ body }) => body);

    expect(bodies[1]).toBe(bodies[0]);
  });

  it('takes any text as a label', async () => {
    const test = testView();
    const awkward = 'a"b\\c\nd\ud800\u0000é云';
    await recorder(test.journal, HANGZHOU).record([appeared('i-1', awkward)], BASELINE);
    await addChannel(test, awkward, {});

    const families = await scrape(test);

    const shown = 'a"b\\c\nd\ufffd\ufffdé云';
    expect(sampleOf(families, 'ecs_watch_instances', { status: shown })).toBe(1);
    expect(sampleOf(families, 'ecs_watch_channel_failures', { channel: shown })).toBe(0);
  });

  it('refuses parameters, which would be taken for a filter', async () => {
    const { detail } = await (await measuredFleet()).json('/metrics?region=cn-hangzhou', 400);

    expect(detail).toContain('unknown parameters: region');
  });
});

describe('what is over a bound', () => {
  it('is summed under one label, and the answer says so: statuses', async () => {
    const test = testView();
    const odd = Array.from({ length: 12 }, (_, index) => appeared(`i-${index}`, `Odd${index}`));
    await recorder(test.journal, HANGZHOU).record(odd, BASELINE);

    const families = await scrape(test);

    expect(sampleOf(families, 'ecs_watch_instances', { status: '_other' })).toBe(2);
    expect(samplesOf(families, 'ecs_watch_instances')).toHaveLength(5 + 10 + 1);
    expect(sampleOf(families, 'ecs_watch_limit_reached', { limit: 'statuses' })).toBe(1);
    expect(sampleOf(families, 'ecs_watch_limit_reached', { limit: 'scopes' })).toBe(0);
  });

  it('is summed under one label, and the answer says so: scopes', async () => {
    const test = testView(scopesOf(1_002));
    for (const scope of test.ports.scopes.slice(-2)) {
      const { record, saveHealth } = recorder(test.journal, scope);
      await record([appeared('i-1')], BASELINE);
      await record([appeared('i-2')]);
      await saveHealth();
    }
    test.nowMs = commitTime(3);

    const families = await scrape(test);

    const others = { scope: '_other', account: '_other', region: '_other' };
    expect(sampleOf(families, 'ecs_watch_instances', { ...others, status: 'Running' })).toBe(4);
    expect(sampleOf(families, 'ecs_watch_commits_total', others)).toBe(4);
    expect(sampleOf(families, 'ecs_watch_scan_age_seconds', others)).toBe(60);
    expect(samplesOf(families, 'ecs_watch_scope_healthy')).toHaveLength(1_001);
    expect(sampleOf(families, 'ecs_watch_limit_reached', { limit: 'scopes' })).toBe(1);
    expect(sampleOf(families, 'ecs_watch_scopes')).toBe(1_002);
  });

  it('is summed under one label, and the answer says so: channels', async () => {
    const test = testView();
    for (let index = 0; index < 103; index += 1) {
      await addChannel(test, `channel-${String(index).padStart(3, '0')}`, { failures: 1 });
    }

    const families = await scrape(test);

    expect(sampleOf(families, 'ecs_watch_channel_failures', { channel: '_other' })).toBe(3);
    expect(samplesOf(families, 'ecs_watch_channel_failures')).toHaveLength(101);
    expect(sampleOf(families, 'ecs_watch_limit_reached', { limit: 'channels' })).toBe(1);
    expect(test.journal.calls.filter((call) => call.startsWith('deliveries'))).toHaveLength(100);
  });

  it('is left out and read with the next scrape: what waits in too many journals', async () => {
    const scopes = scopesOf(101);
    const test = testView(scopes);
    for (const scope of scopes) await recorder(test.journal, scope).record([], BASELINE);
    const cursor = Object.fromEntries(scopes.map(({ key }) => [key, { seq: 0, part: 0 }]));
    await addChannel(test, 'slack', { cursor });

    const first = await scrape(test);
    const second = await scrape(test);

    expect(sampleOf(first, 'ecs_watch_limit_reached', { limit: 'backlog' })).toBe(1);
    expect(sampleOf(second, 'ecs_watch_limit_reached', { limit: 'backlog' })).toBe(0);
  });
});

function scopesOf(count: number): readonly Scope[] {
  return Array.from({ length: count }, (_, index) => ({
    ...SHANGHAI,
    key: `a${index}/cn-shanghai`,
    account: `a${index}`,
  }));
}
