import type { RequestListener } from 'node:http';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { TablestoreFault } from '../../local/tablestore/index.ts';
import { type ChannelState, NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import { MAX_CHANGES_BYTES } from '../../shared/core/journal.ts';
import type { Snapshot } from '../../shared/core/model.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import {
  type Journal,
  JournalError,
  type LeaseOwners,
  type SentCalls,
} from '../../shared/ports/journal.ts';
import {
  aChange,
  aCommit,
  anInstance,
  aScope,
  MINUTE_MS,
  NOW_MS,
  SCOPE,
} from '../helpers/examples.ts';
import { failureOf } from '../helpers/failure-of.ts';
import { withServer } from '../helpers/http-server.ts';
import { propertyRuns } from '../helpers/rounds.ts';
import { storedRows } from '../helpers/stored-rows.ts';
import { CREDENTIALS, columns, condition, key, officialClient } from '../helpers/tablestore.ts';
import {
  startTestJournal,
  TABLE_PREFIX,
  type TablestoreJournal,
} from '../helpers/tablestore-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const SHANGHAI = aScope('cn-shanghai');
const JOURNAL_TABLE = `${TABLE_PREFIX}journal`;
const STATE_TABLE = `${TABLE_PREFIX}state`;

/** What the journal over Tablestore promises beyond the port: trouble with the wire and the service. */
describe('the journal over Tablestore', () => {
  let made: TablestoreJournal;
  let journal: Journal;
  beforeEach(async () => {
    made = await startTestJournal();
    journal = made.journal();
  });
  afterEach(() => made.close());

  describe('a look at many scopes', () => {
    const places = [SCOPE, SHANGHAI].map((scope) => ({ scope, seq: 0, head: undefined }));

    it('is one request of two read units a scope, whatever their commits weigh', async () => {
      const changes = Array.from({ length: 500 }, (_, index) =>
        aChange({ instanceId: `i-${index}`, from: null }),
      );
      for (const { scope } of places) {
        await journal.append(aCommit({ scope: scope.key, seq: 1, changes }));
        await journal.saveHealth(scope, NEW_HEALTH);
      }
      const reader = made.reader();
      const before = made.server.usage.requests;

      const peeked = await reader.peek(places);

      const { requests } = made.server.usage;
      expect([...peeked.values()].map(({ isFollowed }) => isFollowed)).toEqual([true, true]);
      expect(reader.units).toEqual({ read: 4, write: 0 });
      expect(requests).toEqual({ ...before, BatchGetRow: 1 });
    });

    it('finds nothing in tables that were never made', async () => {
      const peeked = await made.reader().peek(places);

      const nothing = { head: undefined, isFollowed: false };
      expect([...peeked.values()]).toEqual([nothing, nothing]);
    });

    it('asks again for the row of a busy partition, and is not lost with it', async () => {
      await journal.append(aCommit({ seq: 1 }));
      made.server.setFaults([{ kind: 'busy-partition', partition: SCOPE.key, times: 3 }]);

      const peeked = await made.reader().peek(places);

      expect(peeked.get(SCOPE.key)).toEqual({ head: undefined, isFollowed: true });
    });

    it('fails where a row cannot be read', async () => {
      made.server.setFaults([{ kind: 'busy-partition', partition: SCOPE.key }]);
      await journal.saveHealth(SHANGHAI, NEW_HEALTH);

      const error = await failure(made.reader().peek(places));

      expect(error).toMatchObject({ kind: 'failed', code: 'OTSNotEnoughCapacityUnit' });
    });

    it('reads row by row where the policy is that of an older version, which knows no batches', async () => {
      await journal.append(aCommit({ seq: 1 }));
      made.server.setFaults([
        { kind: 'error', code: 'OTSNoPermissionAccess', operations: ['BatchGetRow'] },
      ]);

      const peeked = await made.reader().peek(places);

      expect(peeked.get(SCOPE.key)?.isFollowed).toBe(true);
    });

    it('shows a head that cannot be read as such', async () => {
      await journal.saveHealth(SCOPE, NEW_HEALTH);
      const client = officialClient(made.server);
      await client.updateRow({
        tableName: STATE_TABLE,
        condition: condition('IGNORE'),
        primaryKey: key({ scope: SCOPE.key, item: 'head' }),
        updateOfAttributeColumns: [{ PUT: columns({ health: '{' }) }],
      });

      const peeked = await made.reader().peek(places);

      expect(peeked.get(SCOPE.key)?.head?.unreadable?.health?.error).toMatchObject({
        kind: 'corrupt',
      });
    });
  });

  describe('tables', () => {
    it.each<[string, () => Promise<unknown>]>([
      ['a commit', () => journal.append(aCommit())],
      ['a lease', () => journal.lease(SCOPE, { owner: 'mine', untilMs: NOW_MS }, NOW_MS)],
      ['a look', () => journal.after(SCOPE, 0, 10)],
    ])('are made with the first %s, also by several processes at once', async (_what, use) => {
      await Promise.all([use(), made.journal().head(SCOPE), made.journal().channel('slack')]);

      const client = officialClient(made.server);
      const [ofJournal, ofState] = await Promise.all(
        [JOURNAL_TABLE, STATE_TABLE].map((tableName) => client.describeTable({ tableName })),
      );
      const days = 24 * 60 * 60;
      expect(ofJournal.tableOptions).toMatchObject({ timeToLive: 90 * days, maxVersions: 1 });
      expect(ofState.tableOptions).toMatchObject({ timeToLive: -1, maxVersions: 1 });
    });

    it('are not made by those who only read: what was never made holds nothing', async () => {
      const reader = made.reader();

      expect(await reader.head(SCOPE)).toBeUndefined();
      expect(await reader.after(SCOPE, 0, 10)).toEqual([]);
      expect(await reader.before(SCOPE, 10, 10)).toEqual([]);
      expect(await reader.channel('slack')).toBeUndefined();
      expect((await officialClient(made.server).listTable({})).tableNames).toEqual([]);
    });

    it('that are not ready yet are waited for', async () => {
      const runtime = virtualRuntime(NOW_MS);
      made.server.setFaults([{ kind: 'table-not-ready', table: JOURNAL_TABLE, times: 12 }]);

      const result = await made.journal({ runtime }).append(aCommit());

      expect(result).toBe('appended');
      expect(runtime.sleptMs).toBeGreaterThan(1_000);
      expect(runtime.sleptMs).toBeLessThan(MINUTE_MS);
    });

    it('that never get ready are waited for no longer than the tick lasts', async () => {
      const runtime = virtualRuntime(NOW_MS);
      made.server.setFaults([{ kind: 'table-not-ready', table: JOURNAL_TABLE }]);

      const error = await failure(made.journal({ runtime }).append(aCommit()));

      expect(error).toMatchObject({ kind: 'failed', code: 'OTSTableNotReady' });
      expect(runtime.sleptMs).toBeLessThan(MINUTE_MS);
    });

    it('of two installations lie side by side', async () => {
      const another = made.journal({ tablePrefix: 'another_' });
      await journal.append(aCommit({ seq: 1 }));

      expect(await another.after(SCOPE, 0, 10)).toEqual([]);
      expect(await another.append(aCommit({ seq: 1 }))).toBe('appended');
    });
  });

  describe('a write whose answer is lost', () => {
    beforeEach(() => journal.moveChannel('slack', undefined, aChannel(1)));

    it.each<[string, TablestoreFault, boolean]>([
      ['the answer is lost', { kind: 'lost-answer' }, true],
      ['the request is lost', { kind: 'reset' }, false],
      ['Tablestore gives up', { kind: 'error', code: 'OTSTimeout' }, false],
      ['Tablestore fails', { kind: 'error', code: 'OTSInternalServerError' }, false],
      ['Tablestore is away', { kind: 'error', code: 'OTSServerUnavailable' }, false],
    ])('is not called done or undone when %s', async (_what, fault, isApplied) => {
      await journal.append(aCommit({ seq: 1 }));
      made.server.setFaults([{ ...fault, operations: ['PutRow', 'UpdateRow'] }]);

      const append = await failure(journal.append(aCommit({ seq: 2 })));
      const move = await failure(journal.moveChannel('slack', aChannel(1), aChannel(2)));

      made.server.setFaults([]);
      expect([append.kind, move.kind]).toEqual(['unknown', 'unknown']);
      expect((await journal.commitAt(SCOPE, 2)) !== undefined).toBe(isApplied);
      expect((await journal.channel('slack'))?.version).toBe(isApplied ? 2 : 1);
    });

    it('is unknown as well when the answer does not come in time', async () => {
      await journal.append(aCommit({ seq: 1 }));
      const hurried = made.journal({ deadlineMs: NOW_MS + 30 });
      made.server.setFaults([{ kind: 'latency', latencyMs: 200, operations: ['PutRow'] }]);

      const error = await failure(hurried.append(aCommit({ seq: 2 })));

      expect(error).toMatchObject({ kind: 'unknown', code: 'NetworkError' });
    });

    it('is unknown as well when the connection dies inside the answer', async () => {
      const answerHalf: RequestListener = (request, response) => {
        request.resume().on('end', () => {
          response.writeHead(200, { 'content-length': '1000' });
          response.write('half', () => request.socket.destroy());
        });
      };
      await withServer(answerHalf, async (endpoint) => {
        const elsewhere = made.journal({ endpoint, deadlineMs: NOW_MS + 100 });

        const error = await failure(elsewhere.append(aCommit()));

        expect(error).toMatchObject({ kind: 'unknown', code: 'NetworkError' });
      });
    });

    it('is repeated where that does no harm', async () => {
      const lease = { owner: 'mine', untilMs: NOW_MS + 10_000 };
      await journal.lease(SCOPE, { owner: 'other', untilMs: NOW_MS - 1 }, NOW_MS - 2);
      made.server.setFaults([{ kind: 'lost-answer', operations: ['UpdateRow'], times: 1 }]);
      expect(await journal.lease(SCOPE, lease, NOW_MS)).toBe('mine');

      made.server.setFaults([{ kind: 'lost-answer', operations: ['UpdateRow'], times: 1 }]);
      const ref = await journal.saveCheckpoint(SCOPE, aSnapshot(1, 3), 'tick-1');

      made.server.setFaults([{ kind: 'lost-answer', operations: ['UpdateRow'], times: 1 }]);
      const saved = { ...NEW_HEALTH, instances: 3 };
      expect(await journal.saveHealth(SCOPE, saved, undefined, ['mine'])).toBe('saved');

      expect(ref).toEqual({ seq: 1, parts: 1, writer: 'tick-1' });
      expect(await journal.head(SCOPE)).toMatchObject({
        checkpoint: ref,
        health: { instances: 3 },
      });
    });

    it('never leads to a wrong answer, whatever goes wrong between two writers', async () => {
      await journal.append(aCommit({ seq: 1 }));
      const share = fc.double({ min: 0, max: 0.5, noNaN: true });
      const of = <const Kind extends string>(kind: Kind) => ({
        kind: fc.constant(kind),
        operations: fc.constant(['PutRow']),
        probability: share,
      });
      const code = fc.constantFrom('OTSTimeout', 'OTSServerBusy', 'OTSRowOperationConflict');
      const faults = fc.tuple(
        fc.record({ ...of('error'), code }),
        fc.record(of('reset')),
        fc.record(of('lost-answer')),
      );
      let seq = 1;
      await fc.assert(
        fc.asyncProperty(faults, async (own) => {
          seq += 1;
          const tickIds = ['one', 'other'];
          made.server.setFaults(own);
          const results = await Promise.all(
            tickIds.map((tickId) => made.journal().append(aCommit({ seq, tickId })).catch(kindOf)),
          );
          made.server.setFaults([]);

          const stored = await journal.commitAt(SCOPE, seq);
          for (const [index, result] of results.entries()) {
            const isMine = stored?.tickId === tickIds[index];
            if (result === 'appended') expect(isMine).toBe(true);
            if (result === 'taken' || result === 'failed') expect(isMine).toBe(false);
            if (result === 'taken') expect(tickIds).toContain(stored?.tickId);
          }
        }),
        { numRuns: propertyRuns(60) },
      );
    });
  });

  describe('a request that Tablestore refuses', () => {
    it.each([
      'OTSServerBusy',
      'OTSPartitionUnavailable',
      'OTSRowOperationConflict',
      'OTSNotEnoughCapacityUnit',
    ])('for a while (%s) is made again', async (errorCode) => {
      await journal.append(aCommit({ seq: 1 }));
      made.server.setFaults([{ kind: 'error', code: errorCode, times: 4 }]);

      expect(await journal.append(aCommit({ seq: 2 }))).toBe('appended');
    });

    it('for ever is given up, and nothing was written', async () => {
      await journal.append(aCommit({ seq: 1 }));
      made.server.setFaults([{ kind: 'error', code: 'OTSServerBusy' }]);

      const error = await failure(journal.append(aCommit({ seq: 2 })));

      made.server.setFaults([]);
      expect(error).toMatchObject({ kind: 'failed', code: 'OTSServerBusy' });
      expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/u);
      expect(await journal.commitAt(SCOPE, 2)).toBeUndefined();
    });

    it('is not made again past the end of the tick', async () => {
      await journal.append(aCommit({ seq: 1 }));
      const runtime = virtualRuntime(NOW_MS);
      const hurried = made.journal({ runtime, deadlineMs: NOW_MS + 5_000 });
      made.server.setFaults([{ kind: 'error', code: 'OTSServerBusy' }]);

      await failure(hurried.head(SCOPE));

      expect(runtime.sleptMs).toBeLessThan(5_000);
    });

    it.each([
      [
        'a wrong secret',
        { ...CREDENTIALS, accessKeySecret: 'wrong' },
        'Signature mismatch. (the secret of the access key is wrong)',
      ],
      [
        'an unknown key',
        { ...CREDENTIALS, accessKeyId: 'unknown' },
        'The AccessKeyID does not exist. (the access key id is wrong, or the key was deleted)',
      ],
    ])('for %s says what to do', async (_what, credentials, message) => {
      const error = await failure(made.journal({ credentials }).append(aCommit()));

      expect(error).toMatchObject({ kind: 'failed', code: 'OTSAuthFailed' });
      expect(error.message).toBe(message);
    });

    it('for a missing permission says what to do', async () => {
      // A message of two texts, as the service encodes it.
      const field = (tag: number, text: string): string =>
        String.fromCharCode(tag, text.length) + text;
      const body = field(0x0a, 'OTSNoPermissionAccess') + field(0x12, 'You have no permission.');
      const refuse: RequestListener = (request, response) => {
        request.resume().on('end', () => response.writeHead(403).end(body));
      };
      await withServer(refuse, async (endpoint) => {
        const error = await failure(made.journal({ endpoint }).append(aCommit()));

        expect(error).toMatchObject({ kind: 'failed', code: 'OTSNoPermissionAccess' });
        expect(error.message).toContain('policy');
      });
    });

    it('because it is no Tablestore says so', async () => {
      const notFound: RequestListener = (request, response) => {
        request.resume().on('end', () => response.writeHead(404).end('<html>nothing here</html>'));
      };
      await withServer(notFound, async (endpoint) => {
        const error = await failure(made.journal({ endpoint }).append(aCommit()));

        expect(error).toMatchObject({ kind: 'failed', code: 'HTTP404' });
        expect(error.message).toContain('not a Tablestore endpoint');
      });
    });

    it('leaves no secret in its error', async () => {
      const credentials = {
        accessKeyId: 'id-of-a-stranger',
        accessKeySecret: 'secret-of-a-stranger',
        securityToken: 'token-of-a-stranger',
      };
      const redact = redactor(Object.values(credentials));
      const errors = [await failure(made.journal({ credentials, redact }).append(aCommit()))];
      const nowhere = made.journal({ credentials, redact, deadlineMs: NOW_MS + 30 });
      made.server.setFaults([{ kind: 'latency', latencyMs: 200 }]);
      errors.push(await failure(nowhere.append(aCommit())));

      for (const error of errors) {
        const { name, message, code, stack = '' } = error;
        for (const shown of [name, message, code, stack]) {
          expect(shown).not.toContain('of-a-stranger');
        }
        expect(inspect(error, { depth: 10 })).not.toContain('secret-of-a-stranger');
      }
    });
  });

  describe('rows', () => {
    it('come back whole from ranges that end early', async () => {
      const commits = Array.from({ length: 30 }, (_, index) => aCommit({ seq: index + 1 }));
      for (const commit of commits) await journal.append(commit);

      for (const selected of [{ maxRows: 1 }, { maxRows: 7 }, { probability: 0.7 }]) {
        made.server.setFaults([{ kind: 'short-range', ...selected }]);

        expect(await journal.after(SCOPE, 0, 1_000)).toEqual(commits);
        expect(await journal.after(SCOPE, 3, 11)).toEqual(commits.slice(3, 14));
        expect(await journal.before(SCOPE, 31, 12)).toEqual(commits.slice(18).toReversed());
      }
    });

    it('come a page at a time where only the next ones are asked for', async () => {
      const commits = Array.from({ length: 5 }, (_, index) => aCommit({ seq: index + 1 }));
      for (const commit of commits) await journal.append(commit);
      made.server.setFaults([{ kind: 'short-range', maxRows: 2 }]);

      expect(await journal.nextAfter(SCOPE, 0, 10)).toEqual(commits.slice(0, 2));
      expect(await journal.nextAfter(SCOPE, 4, 10)).toEqual(commits.slice(4));
      expect(await journal.nextAfter(SCOPE, 5, 10)).toEqual([]);
    });

    it('hold as many changes as a commit may', async () => {
      const change = aChange({ name: '支付网关'.repeat(16) });
      const count = Math.floor(MAX_CHANGES_BYTES / Buffer.byteLength(JSON.stringify(change)));
      const commit = aCommit({ changes: Array.from({ length: count }, () => change) });

      expect(await journal.append(commit)).toBe('appended');

      expect((await journal.commitAt(SCOPE, 12))?.changes).toHaveLength(count);
    });

    it('are several for a checkpoint that is large, of which none is left by the next one', async () => {
      const large = aSnapshot(10, 40_000);

      const ref = await journal.saveCheckpoint(SCOPE, large, 'tick-1');
      const restored = await journal.checkpoint(SCOPE, ref);
      const parts = await stateItems();
      await journal.saveCheckpoint(SCOPE, aSnapshot(11, 1), 'tick-2');

      expect(ref.parts).toBeGreaterThan(1);
      expect(parts.filter((item) => item.startsWith('part/'))).toHaveLength(ref.parts);
      expect(restored.instances.size).toBe(40_000);
      expect(restored.instances.get('i-39999')).toEqual(large.instances.get('i-39999'));
      expect((await stateItems()).filter((item) => item.startsWith('part/'))).toHaveLength(1);
    });

    it('that are missing end the reading of a checkpoint of many', async () => {
      const reader = made.reader();

      const error = await failure(reader.checkpoint(SCOPE, { seq: 9, parts: 64, writer: 'w' }));

      expect(error.message).toContain(
        `part 1 of 64 of checkpoint ${SCOPE.key}/9 cannot be read: data is missing`,
      );
      expect(reader.units.read).toBeLessThan(10);
    });

    it('left behind by a tick that died before its checkpoint was current are removed by the next', async () => {
      made.server.setFaults([{ kind: 'error', code: 'OTSServerBusy', operations: ['UpdateRow'] }]);
      await journal.head(SCOPE);
      await failure(journal.saveCheckpoint(SCOPE, aSnapshot(3, 2), 'died'));
      made.server.setFaults([]);

      const ref = await made.journal().saveCheckpoint(SCOPE, aSnapshot(4, 2), 'tick-2');

      expect((await stateItems()).filter((item) => item.startsWith('part/'))).toHaveLength(1);
      expect(await journal.checkpoint(SCOPE, ref)).toEqual(aSnapshot(4, 2));
    });

    it('of which the column checkpointSeq is damaged do not stop the next checkpoint', async () => {
      const first = await journal.saveCheckpoint(SCOPE, aSnapshot(3, 2), 'tick-1');
      for (const checkpointSeq of [9_000_000_000_000_000n, 'a text']) {
        await storedRows(made.server).setHead(SCOPE.key, { checkpointSeq });
        const { checkpoint } = (await journal.head(SCOPE)) ?? {};
        const seq = (checkpoint ?? first).seq + 1;

        const next = await journal.saveCheckpoint(
          SCOPE,
          aSnapshot(seq, 2),
          'tick-2',
          checkpoint ?? undefined,
        );

        expect(next).toEqual({ seq, parts: 1, writer: 'tick-2' });
        expect(await journal.head(SCOPE)).toMatchObject({ checkpoint: next });
      }
    });

    it.each<[string, object, string]>([
      ['no time', { tickId: 'tick-1', changes: '[]' }, 'at is missing'],
      ['no tick', { at: 1n, changes: '[]' }, 'tickId is missing'],
      ['no changes', { at: 1n, tickId: 'tick-1' }, 'changes is missing'],
      [
        'half of its changes',
        { at: 1n, tickId: 'tick-1', changes: '[{"instanceId"' },
        'changes is not JSON: ',
      ],
      [
        'a broken notice',
        { at: 1n, tickId: 'tick-1', changes: '[]', notice: '{' },
        'notice is not JSON: ',
      ],
    ])('that hold %s are called corrupt, not empty', async (_what, values, problem) => {
      await journal.append(aCommit({ seq: 1 }));
      await officialClient(made.server).putRow({
        tableName: JOURNAL_TABLE,
        condition: condition(),
        primaryKey: key({ scope: SCOPE.key, seq: 2n }),
        attributeColumns: columns(values as Parameters<typeof columns>[0]),
      });

      expect(await failure(journal.after(SCOPE, 0, 10))).toMatchObject({ kind: 'corrupt' });
      const { kind, message } = await failure(journal.commitAt(SCOPE, 2));
      expect(kind).toBe('corrupt');
      expect(message).toContain(`the commit ${SCOPE.key}/2 cannot be read: ${problem}`);
      expect(message).toContain(
        `(table ${JOURNAL_TABLE}, scope ${SCOPE.key}, seq 2; npm run doctor says what to do)`,
      );
    });
  });

  it('gives the last seq for one read unit, however large the last commit is', async () => {
    const changes = Array.from({ length: 4_000 }, () => aChange({ name: '支付网关'.repeat(16) }));
    await journal.append(aCommit({ seq: 1, changes }));
    const reader = made.reader();

    expect(await reader.lastSeq(SCOPE)).toBe(1);

    expect(reader.units.read).toBe(1);
  });

  it('counts the capacity units that Tablestore charges, failed conditions included', async () => {
    await journal.append(aCommit({ seq: 1 }));
    await journal.append(aCommit({ seq: 1, tickId: 'late' }));
    await journal.append(aCommit({ seq: 2, changes: [aChange({ name: '支付'.repeat(2_000) })] }));
    await journal.after(SCOPE, 0, 10);
    await journal.lease(SCOPE, { owner: 'mine', untilMs: NOW_MS + 1 }, NOW_MS);
    await journal.saveCheckpoint(SCOPE, aSnapshot(2, 50), 'tick-1');
    await journal.saveHealth(SCOPE, NEW_HEALTH);
    await journal.moveChannel('slack', undefined, aChannel(1));
    await journal.channel('slack');

    const charged = Object.values(made.server.usage.tables);
    expect(journal.units).toEqual({
      read: charged.reduce((sum, { read }) => sum + read, 0),
      write: charged.reduce((sum, { write }) => sum + write, 0),
    });
    expect(journal.units.write).toBeGreaterThan(8);
  });

  it('is charged no more for a health that only its lease’s owner may save', async () => {
    const sent = { calls: 1, throttles: 0 };
    const charged = async (save: () => Promise<unknown>) => {
      const { read, write } = { ...journal.units };
      await save();
      return [journal.units.read - read, journal.units.write - write];
    };
    const save = (...saving: [sent: SentCalls, owners?: LeaseOwners]) =>
      charged(() => journal.saveHealth(SCOPE, NEW_HEALTH, ...saving));
    await journal.lease(SCOPE, { owner: 'mine', untilMs: NOW_MS + 1 }, NOW_MS);

    expect(await save({ leave: sent }, ['mine'])).toEqual([0, 1]);
    expect(await save({ add: sent })).toEqual([1, 1]);
    expect(await save({ add: sent }, ['mine', 'run'])).toEqual([1, 1]);
  });

  /** The second key of every row of the state table. */
  async function stateItems(): Promise<readonly string[]> {
    const { INF_MAX, INF_MIN } = await import('tablestore');
    const { rows } = await officialClient(made.server).getRange({
      tableName: STATE_TABLE,
      direction: 'FORWARD',
      inclusiveStartPrimaryKey: key({ scope: INF_MIN, item: INF_MIN }),
      exclusiveEndPrimaryKey: key({ scope: INF_MAX, item: INF_MAX }),
      columnsToGet: ['scope'],
    });
    return rows.map((row: { primaryKey: { value: string }[] }) => row.primaryKey[1]?.value ?? '');
  }
});

function failure(call: Promise<unknown>): Promise<JournalError> {
  return failureOf(call, JournalError);
}

function kindOf(error: unknown): JournalError['kind'] {
  if (!(error instanceof JournalError)) throw error;
  return error.kind;
}

/** Names that compress badly, so that many instances need several parts. */
function aSnapshot(seq: number, count: number): Snapshot {
  const instances = Array.from({ length: count }, (_, index) => {
    const name = Array.from({ length: 16 }, (_digits, place) =>
      Math.imul(index * 16 + place + 1, 0x9e3779b1).toString(36),
    ).join('');
    return [`i-${index}`, anInstance({ name })] as const;
  });
  return { seq, baselined: true, instances: new Map(instances), released: new Map() };
}

function aChannel(version: number): ChannelState {
  return {
    ...NEW_CHANNEL,
    version,
    tickId: `tick-${version}`,
    cursor: { [SCOPE.key]: { seq: 7, part: 0 } },
  };
}
