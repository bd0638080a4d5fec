import { levelOf, lostKind, type Situation, verdictOf } from '../../../shared/view/core/verdict.ts';

const FRESH = { asOf: '2026-11-22T10:05:00.000Z', ageSeconds: 5, stale: false, healthy: true };
const SCOPE = { scope: 'main/cn-hangzhou', region: 'cn-hangzhou', ...FRESH };
const STALE = { ...SCOPE, stale: true, healthy: false };
const CHANNEL = { channel: 'dingtalk', failing: false };
const SCOPE_HEALTH = {
  scope: SCOPE.scope,
  lastGoodAt: FRESH.asOf,
  ageSeconds: 5,
  stale: false,
  healthy: true,
  failures: 0,
};

/** Every trouble at once; each case takes the worst one away. */
const WORST: Situation = {
  freshness: FRESH,
  scopes: [STALE, { ...SCOPE, scope: 'main/cn-beijing', healthy: false }],
  totals: totals({ Running: 5, Stopped: 2 }),
  justStopped: [{ instanceId: 'i-1', name: 'web-1' }],
  calmMs: 60_000,
  health: {
    scopes: [{ ...SCOPE_HEALTH, hold: { missing: 9, scans: 1, since: FRESH.asOf } }],
    channels: [{ ...CHANNEL, failing: true }],
  },
  lost: { sinceMs: 1, problem: 'no answer', status: 0, code: '' },
};

describe('the one sentence of the page', () => {
  it('names the worst that there is, and what cannot be trusted before what is bad', () => {
    const answered = { ...WORST, lost: null };
    const fresh = { ...answered, scopes: WORST.scopes.slice(1) };
    const scanned = { ...fresh, scopes: [SCOPE] };
    const delivered = { ...scanned, health: { ...WORST.health, channels: [CHANNEL] } };
    const calm = { ...delivered, justStopped: [] };
    const believed = { ...calm, health: { channels: [CHANNEL] } };
    const running = { ...believed, totals: totals({ Running: 7 }) };

    const cases = [WORST, answered, fresh, scanned, delivered, calm, believed, running];
    expect(cases.map((one) => verdictOf(one).kind)).toEqual([
      'unreachable',
      'stale',
      'failing',
      'channels',
      'just-stopped',
      'held',
      'not-running',
      'well',
    ]);
    expect(cases.map((one) => levelOf(verdictOf(one)))).toEqual([
      'alarm',
      'alarm',
      'alarm',
      'alarm',
      'alarm',
      'warning',
      'warning',
      'well',
    ]);
  });

  it('is silent about a channel that is tried again, or that is no longer configured', () => {
    const retried = { ...CHANNEL, failures: 1 };
    const abandoned = { ...CHANNEL, failures: 9, abandoned: true };
    const health = { channels: [retried, abandoned] };
    const situation = { ...WORST, lost: null, scopes: [SCOPE], health };

    expect(verdictOf(situation).kind).toBe('just-stopped');
  });

  it('says that a channel fails to a reader who may not know its name', () => {
    const situation = { ...WORST, lost: null, scopes: [SCOPE], health: { degraded: true } };

    expect(verdictOf(situation)).toEqual({ kind: 'channels', channels: [] });
    const named = { ...situation, health: { degraded: true, channels: [CHANNEL] } };
    expect(verdictOf(named).kind).toBe('just-stopped');
  });

  it('gives each scope its own age: one that was never scanned makes the others no older', () => {
    const old = { ...STALE, asOf: '2026-11-22T09:00:00.000Z' };
    const older = { ...STALE, scope: 'main/cn-beijing', asOf: '2026-11-22T08:00:00.000Z' };
    const unscanned = { ...STALE, scope: 'main/cn-shanghai', asOf: null };
    const at = (scopes: Situation['scopes'], isPast = false) =>
      verdictOf({ ...WORST, lost: null, isPast, scopes });

    expect(at([unscanned, old, older, SCOPE])).toEqual({
      kind: 'stale',
      scopes: [old.scope, older.scope],
      asOfMs: Date.parse(older.asOf),
      unscanned: [unscanned.scope],
    });
    expect(at([unscanned, SCOPE])).toEqual({
      kind: 'stale',
      scopes: [unscanned.scope],
      asOfMs: null,
      unscanned: [],
    });
    // No scan is to be waited for at a moment before the first one.
    expect(at([unscanned], true)).toEqual({ kind: 'not-yet' });
    expect(at([unscanned, SCOPE], true).kind).toBe('channels');
    expect(at([unscanned, old], true)).toMatchObject({ kind: 'stale', scopes: [old.scope] });
  });

  it.each([
    [0, '', 'silent'],
    [200, '', 'foreign'],
    [302, '', 'foreign'],
    [400, '', 'refused'],
    [401, '', 'token'],
    [403, '', 'refused'],
    [502, '', 'broken'],
    [502, 'view-unreachable', 'silent'],
    [503, '', 'store'],
  ])('takes a poll that ends with %d %s for %s', (status, code, kind) => {
    expect(lostKind({ status, code })).toBe(kind);
  });

  it('takes a moment that is refused for no failure of the view', () => {
    const lost = { sinceMs: 1, problem: 'at is in the future', status: 400, code: 'bad-request' };
    const refused = verdictOf({ ...WORST, isPast: true, lost: { ...lost, isOver: true } });

    expect(refused).toEqual({ kind: 'no-moment' });
    expect(levelOf(refused)).toBe('warning');
  });

  it('calls nothing well before anything was read, and before anything is watched', () => {
    const unread = { ...WORST, lost: null, freshness: null };

    expect(levelOf(verdictOf(unread))).toBe('unknown');
    expect(levelOf(verdictOf({ ...WORST, lost: null, scopes: [] }))).toBe('warning');
  });

  it('calls nothing well before the health of scans and channels was read', () => {
    const calm = { ...WORST, lost: null, scopes: [SCOPE], justStopped: [], health: null };
    const running = { ...calm, totals: totals({ Running: 7 }) };

    expect([calm, running].map((one) => verdictOf(one).kind)).toEqual(['loading', 'loading']);
    expect(verdictOf({ ...calm, justStopped: [{ instanceId: 'i-1', name: 'web-1' }] }).kind).toBe(
      'just-stopped',
    );
    expect(verdictOf({ ...running, health: {} }).kind).toBe('well');
  });
});

function totals(counts: Readonly<Record<string, number>>): Situation['totals'] {
  const statuses = new Map(Object.entries(counts));
  return { total: [...statuses.values()].reduce((sum, own) => sum + own, 0), statuses };
}
