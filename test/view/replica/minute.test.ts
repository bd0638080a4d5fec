import type { Health } from '../../../shared/core/health.ts';
import type { Scope } from '../../../shared/core/model.ts';
import { JournalError } from '../../../shared/ports/journal.ts';
import { apiCallIn } from '../../../shared/view/replica/core/call.ts';
import { minuteOf, momentOf } from '../../../shared/view/replica/core/minute.ts';
import {
  type ReplicaMemory,
  replica,
  replicaMemory,
} from '../../../shared/view/replica/replica.ts';
import { aScope } from '../../helpers/examples.ts';
import { memoryJournal } from '../../helpers/memory-journal.ts';
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
} from '../helpers.ts';
import { libcloudParameters, REPLICA_KEY, signedTime } from './helpers.ts';

const MINUTE_MS = 60_000;

/** What one instance of the function answers to a call that is signed at its time. */
async function ask(
  test: Pick<TestView, 'nowMs'> & {
    readonly ports: TestView['ports'] & { readonly account?: string };
  },
  parameters: Readonly<Record<string, string>> = {},
  memory: ReplicaMemory = replicaMemory(),
): Promise<Json> {
  const query = libcloudParameters({
    Format: 'JSON',
    Timestamp: signedTime(test.nowMs),
    Action: 'DescribeInstanceStatus',
    RegionId: 'cn-hangzhou',
    ...parameters,
  });
  const call = apiCallIn({
    method: 'GET',
    path: [],
    query: new Map(Object.entries(query)),
    headers: new Map([['host', 'view']]),
    body: Buffer.alloc(0),
  });
  if (call === undefined) throw new Error('no call');
  const reply = await replica({ ...test.ports, key: REPLICA_KEY, memory }, call, 'r-1');
  return 'content' in reply ? JSON.parse(String(reply.content)) : reply;
}

/** `i-1 Running, i-2 Stopped`, or the code of the error. */
function shown(answer: Json): string {
  if (answer.Code !== undefined) return answer.Code;
  return answer.InstanceStatuses.InstanceStatus.map(
    ({ InstanceId, Status }: Json) => `${InstanceId} ${Status}`,
  ).join(', ');
}

/** What one warm function answers to three requests at once, and the reads that it takes. */
async function askThrice(test: TestView): Promise<{ answers: readonly string[]; calls: number }> {
  const memory = replicaMemory();
  const before = test.journal.calls.length;
  const answers = await Promise.all(Array.from({ length: 3 }, () => ask(test, {}, memory)));
  return { answers: answers.map(shown), calls: test.journal.calls.length - before };
}

/** A baseline of one instance, which then changes with every minute: commit 2 stops it, and so on. */
async function changing(commits: number, health?: Partial<Health>): Promise<TestView> {
  const test = testView();
  const { record, saveHealth } = recorder(test.journal, HANGZHOU);
  await record([appeared('i-1', 'Status1')], BASELINE);
  for (let seq = 2; seq <= commits; seq += 1) {
    await record([moved('i-1', `Status${seq - 1}`, `Status${seq}`)]);
  }
  await saveHealth(health);
  return test;
}

describe('a clock minute', () => {
  it.each([0, 1, 59_999])('%i ms after its beginning shows 90 s before its beginning', (ms) => {
    const beginMs = Date.parse('2026-11-22T10:05:00Z');

    expect(new Date(momentOf(minuteOf(beginMs + ms))).toISOString()).toBe(
      '2026-11-22T10:03:30.000Z',
    );
  });

  it('shows the same state from its first to its last moment, and the next minute a later one', async () => {
    const test = await changing(6);
    const beginMs = commitTime(6);
    const answers: string[] = [];
    for (const ms of [0, 30_000, 59_999, 60_000]) {
      test.nowMs = beginMs + ms;
      answers.push(shown(await ask(test)));
    }

    expect(answers).toEqual(['i-1 Status4', 'i-1 Status4', 'i-1 Status4', 'i-1 Status5']);
  });

  it('shows the same to a warm and to a cold function, whatever is committed meanwhile', async () => {
    const test = testView();
    const { record, saveHealth } = recorder(test.journal, HANGZHOU);
    await record([appeared('i-1'), appeared('i-2')], BASELINE);
    for (const to of ['Stopping', 'Stopped', 'Starting']) {
      const before = (await test.journal.before(HANGZHOU, 99, 1))[0]?.changes[0]?.to ?? '';
      await record([moved('i-1', before, to)]);
    }
    await saveHealth();
    test.nowMs = commitTime(5) + 1_000;
    const warm = replicaMemory();
    const first = await ask(test, {}, warm);

    await record([moved('i-1', 'Starting', null), appeared('i-3')]);
    await saveHealth();
    test.nowMs += 50_000;
    const again = await ask(test, {}, warm);
    Object.assign(test, { ports: { ...test.ports, readings: new Map() } });
    const cold = await ask(test);

    expect([first, again, cold].map(shown)).toEqual(Array(3).fill('i-1 Stopped, i-2 Running'));
  });

  it('reads nothing more after its first answer', async () => {
    const test = await changing(6);
    test.nowMs = commitTime(6);
    const memory = replicaMemory();
    await ask(test, {}, memory);
    const before = test.journal.calls.length;

    await ask(test, { PageNumber: '2' }, memory);

    expect(test.journal.calls).toHaveLength(before);
  });

  it('reads two commits of a scope as a rule, and more each time where there were more', async () => {
    const test = await changing(40);
    const { before } = test.journal;
    const limits: number[] = [];
    test.journal.before = async (scope, seq, limit) => {
      limits.push(limit);
      return before(scope, seq, limit);
    };
    test.nowMs = commitTime(42);
    await ask(test);
    expect(limits).toEqual([2]);
    limits.length = 0;

    test.nowMs = commitTime(30);
    const answer = shown(await ask(test));

    expect([answer, limits]).toEqual(['i-1 Status28', [2, 4, 8]]);
  });

  it('is read once for requests that come at the same time', async () => {
    const test = await changing(6);
    test.nowMs = commitTime(6);
    // What the view remembers of the journal is known: both read what a new minute asks for.
    await ask(test);
    const before = test.journal.calls.length;
    await ask(test);
    const reads = test.journal.calls.length - before;

    const { answers, calls } = await askThrice(test);

    expect(answers).toEqual(Array(3).fill('i-1 Status4'));
    expect(calls).toBe(reads);
  });

  it('is read by each of them where the first reading fails', async () => {
    const test = await changing(6);
    test.nowMs = commitTime(6);
    const { head } = test.journal;
    let failures = 1;
    test.journal.head = async (scope) => {
      if (failures === 0) return head(scope);
      failures -= 1;
      throw new JournalError('failed', 'OTSServerBusy', 'the store is busy');
    };

    const { answers } = await askThrice(test);

    expect(answers).toEqual(['ServiceUnavailable', 'i-1 Status4', 'i-1 Status4']);
  });

  it('goes back over as many commits as there are', async () => {
    const test = await changing(60);
    test.nowMs = commitTime(60) - 55 * MINUTE_MS;

    expect(shown(await ask(test))).toBe('i-1 Status3');
  });
});

describe('a state that is not known to be the present one is not shown:', () => {
  it('before the first complete scan is as old as the state that would be shown', async () => {
    const test = await changing(1);
    const codes: string[] = [];
    for (const minutes of [0, 1, 2]) {
      test.nowMs = commitTime(1) + minutes * MINUTE_MS;
      codes.push(shown(await ask(test)));
    }

    expect(codes).toEqual(['ServiceUnavailable', 'ServiceUnavailable', 'i-1 Status1']);
  });

  it('where nothing is recorded at all', async () => {
    expect(shown(await ask(testView()))).toBe('ServiceUnavailable');
  });

  it('once the last complete scan is too old, also within a minute', async () => {
    const test = await changing(6, { lastGoodAtMs: commitTime(6) + 10_000 });
    const memory = replicaMemory();
    const answers: string[] = [];
    for (const ms of [10_000, 10_001]) {
      test.nowMs = commitTime(6) + 5 * MINUTE_MS + ms;
      answers.push(shown(await ask(test, {}, memory)));
    }

    expect(answers).toEqual(['i-1 Status6', 'ServiceUnavailable']);
  });

  it('right after an outage, when the newest scan is fresh but the state before it is not', async () => {
    const test = testView();
    const { record, saveHealth } = recorder(test.journal, HANGZHOU);
    await record([appeared('i-1')], BASELINE);
    const endMs = commitTime(30);
    await test.journal.append({
      scope: HANGZHOU.key,
      seq: 2,
      atMs: endMs,
      previousAtMs: commitTime(1),
      tickId: 'tick-2',
      changes: [moved('i-1', 'Running', 'Stopped')],
    });
    await saveHealth({ lastGoodAtMs: endMs });
    const answers: string[] = [];
    for (const minutes of [0, 1, 2]) {
      test.nowMs = endMs + minutes * MINUTE_MS;
      answers.push(shown(await ask(test)));
    }

    expect(answers).toEqual(['ServiceUnavailable', 'ServiceUnavailable', 'i-1 Stopped']);
  });

  it('but it is after hours without a change, which scans have confirmed', async () => {
    const test = testView();
    const { record, saveHealth } = recorder(test.journal, HANGZHOU);
    await record([appeared('i-1')], BASELINE);
    const changeMs = commitTime(300);
    await test.journal.append({
      scope: HANGZHOU.key,
      seq: 2,
      atMs: changeMs,
      previousAtMs: commitTime(299),
      tickId: 'tick-2',
      changes: [moved('i-1', 'Running', 'Stopped')],
    });
    await saveHealth({ lastGoodAtMs: changeMs });
    test.nowMs = changeMs + 1_000;

    expect(shown(await ask(test))).toBe('i-1 Running');
  });

  it('when the journal cannot be read', async () => {
    const test = await changing(6);
    test.nowMs = commitTime(6);
    test.journal.failure = new JournalError('failed', 'OTSServerBusy', 'the store is busy');

    const answer = await ask(test);

    expect(answer).toMatchObject({
      Code: 'ServiceUnavailable',
      Message: expect.stringContaining('OTSServerBusy'),
      HostId: 'view',
      RequestId: 'R-1',
    });
  });
});

describe('what the watcher does not know is not answered:', () => {
  const viewOf = async (scopes: readonly Scope[], zoneId?: string): Promise<TestView> => {
    const test = testView(scopes, memoryJournal());
    for (const scope of scopes) {
      const { record, saveHealth } = recorder(test.journal, scope);
      const id = `i-${scope.account}`;
      await record([{ ...appeared(id), ...(zoneId !== undefined && { zoneId }) }], BASELINE);
      await saveHealth();
    }
    test.nowMs = commitTime(1) + 3 * MINUTE_MS;
    return test;
  };

  it('the zone of an instance whose details are missing', async () => {
    const asked = { ZoneId: 'cn-hangzhou-h' };

    expect(shown(await ask(await viewOf([HANGZHOU]), asked))).toBe('ServiceUnavailable');
    expect(shown(await ask(await viewOf([HANGZHOU], 'cn-hangzhou-h'), asked))).toBe(
      'i-main Running',
    );
    expect(shown(await ask(await viewOf([HANGZHOU], 'cn-hangzhou-i'), asked))).toBe('');
    const narrowed = { ...HANGZHOU, zoneId: 'cn-hangzhou-h' };
    expect(shown(await ask(await viewOf([narrowed]), asked))).toBe('i-main Running');
  });

  it('a cluster, unless the scope is narrowed to one', async () => {
    const narrowed = { ...HANGZHOU, clusterId: 'cl-1' };

    expect(shown(await ask(await viewOf([HANGZHOU]), { ClusterId: 'cl-1' }))).toBe(
      'ServiceUnavailable',
    );
    expect(shown(await ask(await viewOf([narrowed]), { ClusterId: 'cl-1' }))).toBe(
      'i-main Running',
    );
    expect(shown(await ask(await viewOf([narrowed]), { ClusterId: 'cl-2' }))).toBe('');
  });

  it('a region that is not watched', async () => {
    expect(shown(await ask(await viewOf([HANGZHOU]), { RegionId: 'cn-beijing' }))).toBe(
      'InvalidRegionId.NotFound',
    );
  });

  it('but several accounts are answered together', async () => {
    const other = { ...aScope('cn-hangzhou'), key: 'shop/cn-hangzhou', account: 'shop' };

    expect(shown(await ask(await viewOf([HANGZHOU, other])))).toBe(
      'i-main Running, i-shop Running',
    );
  });

  it('and of several accounts only the one that the key stands for, if there is one', async () => {
    const other = { ...aScope('cn-hangzhou'), key: 'shop/cn-hangzhou', account: 'shop' };
    const test = await viewOf([HANGZHOU, other]);
    const askFor = (account: string, parameters = {}) =>
      ask({ ...test, ports: { ...test.ports, account } }, parameters);

    expect(shown(await askFor('shop'))).toBe('i-shop Running');
    expect(shown(await askFor('shop', { 'InstanceId.1': 'i-main' }))).toBe('');
    expect(shown(await askFor('gone'))).toBe('InvalidRegionId.NotFound');
  });
});
