import { createHash } from 'node:crypto';
import type { Snapshot } from '../../shared/core/model.ts';
import {
  type Journal,
  JournalError,
  type JournalReader,
  type KeptCheckpoint,
} from '../../shared/ports/journal.ts';
import { clientFor, journalOver } from '../../shared/tablestore/journal.ts';
import { anInstance, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { failureOf } from '../helpers/failure-of.ts';
import { type StoredRows, storedRows } from '../helpers/stored-rows.ts';
import { CREDENTIALS, INSTANCE } from '../helpers/tablestore.ts';
import {
  startTestJournal,
  TABLE_PREFIX,
  type TablestoreJournal,
} from '../helpers/tablestore-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const INDEX = `kept:${SCOPE.key}`;
/** Of the run `tick-1`. */
const PARTS = `kept-parts:${SCOPE.key}/9/tick-1`;

const LARGE = aSnapshot(9, 3_500);

describe('a checkpoint that is kept', () => {
  let made: TablestoreJournal;
  let journal: Journal;
  let rows: StoredRows;
  beforeEach(async () => {
    made = await startTestJournal();
    journal = made.journal();
    rows = storedRows(made.server);
    // The tables are made on first use.
    await journal.head(SCOPE);
  });
  afterEach(() => made.close());

  it('is not found before all of it is stored, wherever its writer dies', async () => {
    const old = aSnapshot(5, 3);
    await journal.keepCheckpoint(SCOPE, old, 'tick-0', NOW_MS);

    let writes = 0;
    while (await dies(dyingAfter(writes).keepCheckpoint(SCOPE, LARGE, 'tick-1', NOW_MS))) {
      expect(await keptAt(journal, 9)).toMatchObject({ seq: 5 });
      writes += 1;
    }

    const kept = await keptAt(journal, 9);
    expect(await journal.keptSnapshot(SCOPE, kept)).toEqual(LARGE);
    expect(writes).toBe(kept.parts + 1);
    expect(writes).toBeGreaterThan(3);
  });

  it.each([
    ['is no JSON', '{"seq":9'],
    ['is that of another commit', { seq: 8 }],
    ['lacks its digest', { digest: undefined }],
    ['counts no parts', { parts: 0 }],
    ['is of the year 3000', { atMs: 3.3e13 }],
    ['is missing', ''],
  ])('whose row %s is passed over', async (_what, cell) => {
    await journal.keepCheckpoint(SCOPE, aSnapshot(5, 3), 'tick-0', NOW_MS);
    await journal.keepCheckpoint(SCOPE, aSnapshot(9, 3), 'tick-1', NOW_MS);
    await journal.keepCheckpoint(SCOPE, aSnapshot(12, 3), 'tick-2', NOW_MS);

    if (typeof cell === 'object') await putIndex(rows, cell);
    else await rows.putCommit(INDEX, 9, cell === '' ? { other: 'x' } : { checkpoint: cell });

    expect(await journal.keptUntil(SCOPE, 10)).toMatchObject({ seq: 5 });
    expect(await journal.keptAfter(SCOPE, 7)).toMatchObject({ seq: 12 });
  });

  it('is found for one read unit, however many there are', async () => {
    for (let seq = 1; seq <= 30; seq += 1) {
      await journal.keepCheckpoint(SCOPE, aSnapshot(seq, 3), 'tick-1', NOW_MS);
    }
    const reader = made.reader();

    await reader.keptUntil(SCOPE, 20);

    expect(reader.units.read).toBe(1);
  });

  it('keeps the fields that a newer version has put into its row', async () => {
    await journal.keepCheckpoint(SCOPE, aSnapshot(9, 3), 'tick-1', NOW_MS);

    await putIndex(rows, { later: [1] });

    const kept = await keptAt(journal, 9);
    expect(kept).toMatchObject({ later: [1] });
    expect(await journal.keptSnapshot(SCOPE, kept)).toEqual(aSnapshot(9, 3));
  });

  /** The journal of a run that dies with the write after so many. */
  function dyingAfter(writes: number): Journal {
    const options = {
      endpoint: made.server.url,
      instance: INSTANCE,
      credentials: CREDENTIALS,
      tablePrefix: TABLE_PREFIX,
      deadlineMs: NOW_MS + MINUTE_MS,
      runtime: virtualRuntime(NOW_MS),
      redact: (text: string) => text,
    };
    const client = clientFor(options);
    const putRow = client.putRow.bind(client);
    let left = writes;
    client.putRow = async (parameters) => {
      if (left === 0) throw new Error('killed');
      left -= 1;
      return putRow(parameters);
    };
    return journalOver(client, options);
  }
});

describe('a kept checkpoint of several parts', () => {
  let made: TablestoreJournal;
  let journal: Journal;
  let rows: StoredRows;
  beforeAll(async () => {
    made = await startTestJournal();
    journal = made.journal();
    rows = storedRows(made.server);
    await journal.keepCheckpoint(SCOPE, { ...LARGE, baselined: false }, 'tick-2', NOW_MS);
    await journal.keepCheckpoint(SCOPE, LARGE, 'tick-1', NOW_MS);
  });
  afterAll(() => made.close());

  it.each<[string, Damage]>([
    ['lacks a part', { part: null }],
    ['has a part that holds nothing', { part: { other: 'x' } }],
    ['has a part that is a text', { part: { data: 'x' } }],
    ['has a part of another writer', { part: 'tick-2' }],
    ['counts fewer parts than it has', { row: { parts: 2 } }],
    ['names another writer', { row: { writer: 'tick-2' } }],
    ['names a writer that has written nothing', { row: { writer: 'tick-3' } }],
  ])('and %s is called damaged, not a smaller fleet', async (_what, damage) => {
    const row = await rows.commitCells(INDEX, 9);
    const part = await rows.commitCells(PARTS, 1);
    await spoil(damage);

    const error = await failureOf(
      journal.keptSnapshot(SCOPE, await keptAt(journal, 9)),
      JournalError,
    );

    expect(error).toMatchObject({ kind: 'corrupt' });
    expect(error.message).toContain(`the kept checkpoint ${SCOPE.key}/9 cannot be read`);
    await rows.putCommit(INDEX, 9, row ?? {});
    await rows.putCommit(PARTS, 1, part ?? {});
  });

  it('is the fleet that was stored', async () => {
    const kept = await keptAt(made.reader(), 9);

    expect(kept.parts).toBeGreaterThan(2);
    expect(await made.reader().keptSnapshot(SCOPE, kept)).toEqual(LARGE);
  });

  /** Of its second part, or of the row that names it. */
  type Damage =
    | { readonly part: null | 'tick-2' | Record<string, string> }
    | { readonly row: object };

  async function spoil(damage: Damage): Promise<void> {
    if ('row' in damage) return putIndex(rows, damage.row);
    if (damage.part === null) return rows.removeCommit(PARTS, 1);
    if (damage.part !== 'tick-2') return rows.putCommit(PARTS, 1, damage.part);
    const other = await rows.commitCells(`kept-parts:${SCOPE.key}/9/tick-2`, 1);
    await rows.putCommit(PARTS, 1, other ?? {});
  }
});

async function putIndex(rows: StoredRows, fields: object): Promise<void> {
  const cells = await rows.commitCells(INDEX, 9);
  const checkpoint = { ...JSON.parse(String(cells?.checkpoint)), ...fields };
  await rows.putCommit(INDEX, 9, { checkpoint: JSON.stringify(checkpoint) });
}

async function keptAt(journal: JournalReader, seq: number): Promise<KeptCheckpoint> {
  const kept = await journal.keptUntil(SCOPE, seq);
  if (kept === undefined) throw new RangeError('none is kept');
  return kept;
}

async function dies(call: Promise<void>): Promise<boolean> {
  return call.then(
    () => false,
    () => true,
  );
}

/** Names that are long and compress badly, so that some thousand instances need several parts. */
function aSnapshot(seq: number, count: number): Snapshot {
  const instances = Array.from({ length: count }, (_, index) => {
    const name = createHash('shake256', { outputLength: 800 }).update(`${index}`).digest('base64');
    return [`i-${index}`, anInstance({ name })] as const;
  });
  return { seq, baselined: true, instances: new Map(instances), released: new Map() };
}
