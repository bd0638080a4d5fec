import type { Commit, Scope } from '../../shared/core/model.ts';
import {
  appeared,
  BASELINE,
  type Json,
  moved,
  START_MS,
  type TestView,
  testView,
} from './helpers.ts';

/** Sixty accounts of thirty regions. */
const SCOPES: readonly Scope[] = Array.from({ length: 60 }, (_, account) =>
  Array.from({ length: 30 }, (_, region) => ({
    key: `account-${account}/cn-region-${region}`,
    account: `account-${account}`,
    regionId: `cn-region-${region}`,
  })),
).flat();

/** What is left of 4 KB for the rest of the address. */
const MAX_CHARS = 3_072;
const MINUTE_MS = 60_000;

/** Appends the next commit of a scope: its one instance takes another status. */
function writer(test: TestView) {
  const seqs = new Map<string, number>();
  const written: string[] = [];
  return {
    written,
    async write({ key }: Scope, atMs: number): Promise<void> {
      const seq = (seqs.get(key) ?? 0) + 1;
      seqs.set(key, seq);
      const id = `i-${key.replace('/', '-')}`;
      const status = (at: number): string => (at % 2 === 0 ? 'Stopped' : 'Running');
      const change = seq === 1 ? appeared(id, 'Running') : moved(id, status(seq - 1), status(seq));
      const commit: Commit = {
        scope: key,
        seq,
        atMs,
        previousAtMs: null,
        tickId: 'tick',
        changes: [change],
        ...(seq === 1 && { notice: BASELINE }),
      };
      await test.journal.append(commit);
      if (seq > 1) written.push(`${key}/${seq}/0`);
    },
  };
}

/** Commits of a long history: more than one request reads of each of so many scopes. */
const LONG = 40;

/** A fleet of 1,800 scopes of which every hundredth has a long history, half of it unread. */
async function manyScopes() {
  const test = testView(SCOPES);
  const { write, written } = writer(test);
  for (const scope of SCOPES) await write(scope, START_MS);
  for (const [index, scope] of SCOPES.entries()) {
    const count = index % 100 === 0 ? LONG : index % 3;
    for (let at = 1; at <= count; at += 1) await write(scope, START_MS + at * MINUTE_MS + index);
  }
  test.nowMs = START_MS + 200 * MINUTE_MS;
  return { test, write, written };
}

describe('1,800 scopes', () => {
  it('can be followed: each change comes once, whatever arrives in between, late or in numbers', async () => {
    const { test, write, written } = await manyScopes();
    const seen: string[] = [];
    const lengths: number[] = [];
    let cursor = '0';
    for (let turn = 0; turn < 40; turn += 1) {
      const page = await test.json(`/changes?limit=1000&since=${cursor}`);
      seen.push(...page.changes.map(({ id }: Json) => id));
      cursor = page.nextCursor;
      lengths.push(cursor.length);
      if (turn > 3 && page.more === false) break;
      if (turn > 3) continue;
      test.nowMs += MINUTE_MS;
      for (const scope of SCOPES.slice(turn * 50, turn * 50 + 20)) {
        // A slow tick writes what it saw ten minutes ago.
        await write(scope, test.nowMs - 10 * MINUTE_MS);
        await write(scope, test.nowMs);
      }
      const [busy] = SCOPES.slice(turn * 7 + 3);
      for (let at = 0; turn === 2 && busy !== undefined && at < 2 * LONG; at += 1) {
        test.nowMs += 1_000;
        await write(busy, test.nowMs);
      }
    }

    expect(seen.toSorted()).toEqual(written.toSorted());
    expect(seen.length).toBeGreaterThan(2_500);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(MAX_CHARS);
  });

  it('can be read back to the beginning', async () => {
    const { test, written } = await manyScopes();
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await test.json(`/changes?limit=900${cursor && `&before=${cursor}`}`);
      seen.push(...page.changes.map(({ id }: Json) => id));
      cursor = page.olderCursor ?? '';
      expect(cursor.length).toBeLessThanOrEqual(MAX_CHARS);
    } while (cursor !== '');

    expect(seen.toSorted()).toEqual(written.toSorted());
  });

  it('can be listed in pages of one state, while they change', async () => {
    const { test, write } = await manyScopes();
    const whole = await test.json('/instances?limit=1000');
    const truth = (await test.ask('/instances?format=csv')).body;
    const rows: Json[] = [...whole.instances];
    let cursor = whole.nextCursor;
    for (let turn = 0; cursor !== undefined; turn += 1) {
      expect(cursor.length).toBeLessThanOrEqual(MAX_CHARS);
      test.nowMs += MINUTE_MS;
      for (const scope of SCOPES.slice(0, 30)) await write(scope, test.nowMs);
      const [busy] = SCOPES.slice(-1);
      for (let at = 0; turn === 1 && busy !== undefined && at < 2 * LONG; at += 1) {
        test.nowMs += 1_000;
        await write(busy, test.nowMs);
      }
      const page = await test.json(`/instances?limit=300&cursor=${cursor}`);
      rows.push(...page.instances);
      cursor = page.nextCursor;
    }

    const given = rows.map(({ instanceId, status }) => `${instanceId} ${status}`);
    const expected = truth
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([instanceId, , , status]) => `${instanceId} ${status}`);
    expect(given).toEqual(expected);
    expect(given).toHaveLength(1_800);
  });

  it('need a new beginning when others are watched, and the answer says from when', async () => {
    const { test } = await manyScopes();
    const { nextCursor } = await test.json('/changes?limit=10');
    const other = testView(
      SCOPES.slice(1).concat({ ...SCOPES[0], key: 'new/x', account: 'new', regionId: 'x' }),
      test.journal,
    );
    other.nowMs = test.nowMs;

    const { detail } = await other.json(`/changes?since=${nextCursor}`, 400);

    expect(detail).toContain('begin again (it was given at 2026-11-22T13:20:00.000Z)');
  });
});
