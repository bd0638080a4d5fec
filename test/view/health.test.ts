import { type ChannelState, NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { view } from '../../shared/view/view.ts';
import {
  BROWSER,
  commitTime,
  HANGZHOU,
  isoCommitTime,
  type Json,
  START_MS,
  smallFleet,
  testView,
} from './helpers.ts';
import { measuredFleet } from './metrics-fixture.ts';

const NEW_HEAD = { checkpoint: null, health: NEW_HEALTH, starts: {} };

describe('/healthz', () => {
  const SLACK: ChannelState = {
    ...NEW_CHANNEL,
    version: 1,
    tickId: 't',
    cursor: { 'main/cn-hangzhou': { seq: 1, part: 0 }, 'main/cn-shanghai': { seq: 2, part: 0 } },
    failures: 2,
    failingSinceMs: commitTime(2),
    problem: 'HTTP 500 from hooks.slack.com',
    attemptedAtMs: commitTime(3),
    deliveredAtMs: commitTime(1),
  };

  it('is healthy while the last complete scan of every scope is recent', async () => {
    const test = await smallFleet();
    await test.journal.moveChannel('slack', undefined, SLACK);

    expect(await test.json('/healthz')).toEqual({
      ok: true,
      degraded: false,
      scopes: [
        {
          scope: 'main/cn-hangzhou',
          lastGoodAt: isoCommitTime(3),
          ageSeconds: 42,
          stale: false,
          healthy: true,
          failures: 0,
        },
        expect.objectContaining({ scope: 'main/cn-shanghai', stale: false }),
      ],
      channels: [
        {
          channel: 'slack',
          backlog: 2,
          failures: 2,
          failingSince: isoCommitTime(2),
          failing: false,
          problem: 'HTTP 500 from hooks.slack.com',
          deliveredAt: isoCommitTime(1),
        },
      ],
    });
  });

  it('reads no commit, and remembers its rows for five seconds', async () => {
    const test = await smallFleet();
    await test.json('/healthz');
    const calls = [...test.journal.calls];
    test.nowMs += 4_999;

    expect((await test.json('/healthz')).scopes[0].ageSeconds).toBe(46);

    expect(calls.filter((call) => /^(?:before|after) /u.test(call))).toEqual([]);
    expect(test.journal.calls).toEqual(calls);
    test.nowMs += 1;
    await test.json('/healthz');
    expect(test.journal.calls.length).toBeGreaterThan(calls.length);
  });

  it('names what a receiver never took, for a week, and so does the page', async () => {
    const test = await smallFleet();
    const event = { scope: HANGZHOU.key, seq: 2, atMs: commitTime(2), reason: 'HTTP 400' };
    await test.journal.moveChannel('slack', undefined, { ...SLACK, setAside: [event] });

    const { channels } = await test.json('/healthz');
    const { body } = await test.ask('/', { headers: BROWSER });
    test.nowMs += 7 * 24 * 60 * 60_000;
    const later = await test.json('/healthz', 503);

    expect(channels).toMatchObject([{ setAside: ['main/cn-hangzhou/2'] }]);
    expect(body).toContain('never taken by the receiver: main/cn-hangzhou/2');
    expect(body).toMatch(
      /failing since <time datetime="2026-11-22T10:02:[^<]*<\/time>, 1 min ago/u,
    );
    expect(later.channels[0]).not.toHaveProperty('setAside');
  });

  it('is degraded, and still well, while a channel is failing', async () => {
    const test = await smallFleet();
    const refused = { ...SLACK, failures: 1, isRefused: true, attemptedAtMs: test.nowMs };
    await test.journal.moveChannel('slack', undefined, refused);

    const { channels: now, ...rest } = await test.json('/healthz');
    expect(rest).toMatchObject({ ok: true, degraded: true });
    expect(now).toMatchObject([{ failing: true }]);
    // A channel that is not tried any more is not configured any more.
    test.nowMs += 3 * 60 * 60 * 1000;
    const { channels: later, ...degraded } = await test.json('/healthz', 503);
    expect(degraded).toMatchObject({ degraded: false });
    expect(later).toMatchObject([{ failing: false, abandoned: true }]);
  });

  it('says why a health cannot be read, to those with the token, and so does the page', async () => {
    const test = await smallFleet();
    const error = new JournalError('corrupt', 'CorruptRow', 'health.failures is -1');
    test.journal.head = async () => ({ ...NEW_HEAD, unreadable: { health: { error } } });

    const { scopes } = await test.json('/healthz', 503);
    const { body } = await test.ask('/', { headers: BROWSER });

    expect(scopes[0]).toMatchObject({ stale: true, reason: 'CorruptRow: health.failures is -1' });
    expect(body).toContain('CorruptRow: health.failures is -1');
  });

  it('says the calls of the last tick, and how long the last complete scan took, to those with the token, and so does / for programs', async () => {
    const test = await measuredFleet();
    const lastScan = { calls: 6, throttles: 2, callsPerMinute: 30, callsLeft: 17, scanMs: 1_500 };

    const { scopes } = await test.json('/healthz');
    const stranger = await test.ask('/healthz', { access: 'refused' });
    const home = await test.json('/');

    expect(scopes.map((scope: Json) => scope.lastScan)).toEqual([lastScan, undefined]);
    expect(stranger.body).not.toContain('lastScan');
    expect(home.scopes.map((scope: Json) => scope.lastScan)).toEqual([lastScan, undefined]);
  });

  it('counts a channel that has nothing but starts', async () => {
    const test = await smallFleet();
    const starts = { slack: 1 };
    await test.journal.saveStarts(HANGZHOU, {}, starts);

    expect((await test.json('/healthz')).channels).toEqual([
      { channel: 'slack', backlog: 2, failures: 0, failing: false, deliveredAt: null },
    ]);
  });

  it('is unhealthy when the last complete scan is more than five minutes ago', async () => {
    const test = await smallFleet();

    test.nowMs = commitTime(3) + 300_000;
    expect((await test.json('/healthz')).ok).toBe(true);
    test.nowMs += 1;
    expect((await test.json('/healthz', 503)).ok).toBe(false);
  });

  it('is unhealthy everywhere as soon as three scans in a row have failed', async () => {
    const test = await smallFleet();
    const failing = { ...NEW_HEALTH, lastGoodAtMs: commitTime(3), reason: 'Forbidden.RAM' };

    await test.journal.saveHealth(HANGZHOU, { ...failing, failures: 2 });
    expect(await test.json('/healthz')).toMatchObject({ ok: true });
    await test.journal.saveHealth(HANGZHOU, { ...failing, failures: 3 });
    // What was read is remembered for some seconds.
    test.nowMs += 5_000;

    const unhealthy = { stale: false, healthy: false };
    expect(await test.json('/healthz', 503)).toMatchObject({ ok: false, scopes: [unhealthy, {}] });
    for (const address of ['/', '/instances', '/changes', '/instances/i-1']) {
      expect(await test.json(address)).toMatchObject(unhealthy);
    }
    const page = (await test.ask('/', { headers: BROWSER })).body;
    expect(page).toContain('<title>⚠ scans fail · ecs-watch</title>');
    expect(page).toContain('Scans of main/cn-hangzhou fail');
  });

  it('is unhealthy after as many failures, or at such an age, as the configuration says', async () => {
    const test = await smallFleet();
    const ask = async (staleMs: number) => {
      const ports = { ...test.ports, healthLimits: { failures: 3, staleMs } };
      const request = { method: 'GET', path: ['healthz'], query: new Map(), headers: new Map() };
      const access = 'granted' as const;
      return (await view(ports, { ...request, body: Buffer.alloc(0), access })).status;
    };

    expect([await ask(42_000), await ask(41_999)]).toEqual([200, 503]);
  });

  it('is unhealthy before the first scan', async () => {
    expect(await testView().json('/healthz', 503)).toMatchObject({
      ok: false,
      scopes: [{ lastGoodAt: null, ageSeconds: null, stale: true }],
      channels: [],
    });
  });

  it('gives no names and no reasons to callers without the token', async () => {
    const test = await smallFleet();
    await test.journal.moveChannel('slack', undefined, SLACK);
    await test.journal.saveHealth(HANGZHOU, {
      ...NEW_HEALTH,
      failures: 2,
      reason: 'Forbidden.RAM for i-1',
      hold: { missing: 12, scans: 1, sinceMs: START_MS },
    });

    const stranger = (await test.ask('/healthz', { access: 'refused' })).body;
    const trusted = (await test.ask('/healthz')).body;

    expect(JSON.parse(stranger)).toEqual({ ok: false, degraded: expect.any(Boolean) });
    expect(JSON.parse(trusted).scopes[0]).toMatchObject({
      hold: { missing: 12, scans: 1, since: '2026-11-22T10:00:00.000Z' },
    });
    expect(trusted).toMatch(/Forbidden\.RAM for i-1.*hooks\.slack/su);
  });

  it('is unhealthy when the journal cannot be read, and gives the reason only with the token', async () => {
    const test = await smallFleet();
    test.journal.failure = new JournalError('failed', 'OTSAuthFailed', 'the access key is wrong');

    const stranger = await test.ask('/healthz', { access: 'closed' });
    const trusted = await test.json('/healthz', 503);

    expect([stranger.status, stranger.body.includes('OTSAuthFailed')]).toEqual([503, false]);
    expect(stranger.problem).toContain('OTSAuthFailed');
    expect(trusted).toMatchObject({ ok: false, reason: 'OTSAuthFailed: the access key is wrong' });
  });
});
