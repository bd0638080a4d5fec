import type { Snapshot } from '../../shared/core/model.ts';
import { stateMemory } from '../../shared/view/state-memory.ts';
import {
  appeared,
  BASELINE,
  commitTime,
  HANGZHOU,
  type Json,
  moved,
  recorder,
  type TestView,
  testView,
} from './helpers.ts';

const INSTANCES = 4;
const COMMITS = 200;
const IDS = Array.from({ length: INSTANCES }, (_, index) => `i-${index}`);

/** A view whose clock goes on from call to call, over a day in which i-0 stops and starts. */
async function movingClock(): Promise<TestView> {
  const test = testView([HANGZHOU]);
  const { record, saveHealth } = recorder(test.journal, HANGZHOU);
  await record(
    IDS.map((id) => appeared(id)),
    BASELINE,
  );
  for (let seq = 2; seq <= COMMITS; seq += 1) {
    const [from, to] = seq % 2 === 0 ? ['Running', 'Stopped'] : ['Stopped', 'Running'];
    await record([moved('i-0', from, to)]);
  }
  await saveHealth();
  test.nowMs = commitTime(COMMITS) + 1_000;
  const now = (): number => {
    test.nowMs += 1;
    return test.nowMs;
  };
  const kept: Snapshot = {
    seq: 50,
    baselined: true,
    instances: new Map(IDS.map((id) => [id, { status: 'Running', sinceMs: commitTime(1) }])),
    released: new Map(),
  };
  const stopped = { status: 'Stopped', sinceMs: commitTime(50) };
  const instances = new Map([...kept.instances, ['i-0', stopped]]);
  await test.journal.keepCheckpoint(HANGZHOU, { ...kept, instances }, 'tick-50', commitTime(50));
  Object.assign(test, { ports: { ...test.ports, now } });
  // What the view knows of the present is read once.
  await test.json('/instances');
  test.journal.calls.length = 0;
  return test;
}

/** The reads of a request besides the look at the present. */
async function readsOf(test: TestView, address: string): Promise<readonly string[]> {
  test.journal.calls.length = 0;
  await test.json(address);
  return test.journal.calls.filter((call) => !call.startsWith('peek'));
}

describe('the reads of a request', () => {
  it.each(['/instances', `/counts?from=${commitTime(COMMITS - 2)}`, '/diff?from='])(
    'are none for the present, which %s ends with where no end is given',
    async (address) => {
      const test = await movingClock();
      const last = commitTime(COMMITS - 2);
      const isDiff = address.startsWith('/diff');
      const whole = isDiff ? `${address}${last}` : address;
      const search = isDiff || address.startsWith('/counts');

      const reads = await readsOf(test, whole);
      const given = await readsOf(test, `${whole}${search ? `&to=${last}` : ''}`);

      // The beginning is searched for once; an end that is given costs a search of its own.
      expect(reads.filter((call) => call.startsWith('after')).length).toBeLessThanOrEqual(
        search ? 12 : 0,
      );
      if (search) expect(given.length).toBeGreaterThan(reads.length);
    },
  );

  it('are those of a search and a journey for the first page of the past, and none for the others', async () => {
    const test = await movingClock();
    const address = `/instances?at=${commitTime(60)}&limit=1`;
    const pages: Json[] = [await test.json(address)];
    expect(test.journal.calls).toContain(`keptSnapshot ${HANGZHOU.key}`);

    for (const _ of IDS.slice(1)) {
      test.journal.calls.length = 0;
      const cursor: string = pages.at(-1)?.nextCursor;
      pages.push(await test.json(`${address}&cursor=${cursor}`));
      expect(test.journal.calls).toEqual([`peek ${HANGZHOU.key}`]);
    }

    expect(pages.flatMap(({ instances }) => instances)).toMatchObject(
      IDS.map((instanceId) => ({
        instanceId,
        status: instanceId === 'i-0' ? 'Stopped' : 'Running',
      })),
    );
    expect(new Set(pages.map(({ asOf }) => asOf)).size).toBe(1);
    expect(pages.at(-1)?.nextCursor).toBeUndefined();
  });
});

describe('the memory of past states', () => {
  const state = (seq: number, size: number) => {
    const instances = new Map(
      Array.from({ length: size }, (_, index) => {
        return [`i-${index}`, { status: 'Running', sinceMs: 0 }] as const;
      }),
    );
    return { snapshot: { seq, baselined: true, instances, released: new Map() }, seenAtMs: null };
  };

  it('holds 100,000 instances and forgets what was used least recently', () => {
    const memory = stateMemory();
    memory.set('a', state(1, 40_000));
    memory.set('a', state(2, 40_000));
    expect(memory.get('a', 1)?.snapshot.seq).toBe(1);

    memory.set('b', state(3, 40_000));

    expect([memory.get('a', 1)?.snapshot.seq, memory.get('a', 2)]).toEqual([1, undefined]);
    expect(memory.get('a', 3)).toBeUndefined();
    expect(memory.get('b', 3)?.snapshot.seq).toBe(3);
    memory.set('c', state(4, 100_001));
    expect(memory.get('c', 4)).toBeUndefined();
    expect(memory.get('b', 3)?.snapshot.seq).toBe(3);
  });
});
