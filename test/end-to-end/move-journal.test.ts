import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backUp, restore } from '../../commands/journal/backup.ts';
import { readExport, writeExport } from '../../commands/journal/file.ts';
import { openStore, openToRead } from '../../commands/journal/store.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import { startTablestore, type TablestoreServer } from '../../local/tablestore/index.ts';
import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { exportJournal } from '../../shared/journal/export-journal.ts';
import { importJournal } from '../../shared/journal/import-journal.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { tablestoreJournal } from '../../shared/tablestore/journal.ts';
import { aChange, aCommit, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { runCommand } from '../helpers/processes.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { roundsOf } from '../helpers/rounds.ts';

const INSTANCE = 'ecs-watch';
const COMMITS = roundsOf('EXPORTED_COMMITS', 100);

describe('a journal that moves to another store', () => {
  let folder: string;
  let product: Product;
  let other: TablestoreServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecs-watch-move-'));
    product = await startProduct({ fleetSize: 12, seed: 3 });
    other = await startTablestore({
      data: 'memory',
      instance: INSTANCE,
      accessKeys: [LOCAL_KEYS],
      clock: product.clock,
    });
  });
  afterAll(async () => {
    await product.close();
    await other.close();
    await rm(folder, { recursive: true });
  });

  it('goes on there: no second baseline, what waits is delivered once, and nothing again', async () => {
    const [first = '', second = '', third = ''] = idsOf();
    await product.tick();
    await product.stopInstances([first]);
    await product.tick();
    product.cloud.channels.setFaults('webhook', [{ kind: 'answer', status: 503 }]);
    await product.stopInstances([second]);
    await product.tick();
    product.cloud.channels.setFaults('webhook', []);
    const before = { events: changesOf(), slack: product.received('slack').length };
    const path = join(folder, 'journal.ndjson');

    const exported = await runCommand('journal', ['export', path], product.environment).finished;
    const environment = { ...product.environment, TABLESTORE_ENDPOINT: other.url };
    const imported = await runCommand('journal', ['import', path], environment).finished;
    const tick = product.anotherWatch({ TABLESTORE_ENDPOINT: other.url });
    const reports = [await tick(), await tick()];
    await product.stopInstances([third]);
    const last = await tick();

    expect(exported).toMatchObject({ code: 0, stderr: '' });
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    expect(reports[0]).toMatchObject({ ok: true, scopes: [{ changes: 0, seq: 3, instances: 12 }] });
    expect(last).toMatchObject({ ok: true, scopes: [{ changes: 1, seq: 4 }] });
    expect(before.events).toEqual([first]);
    expect(changesOf()).toEqual([first, second, third]);
    expect(product.received('slack').slice(before.slack).join('')).not.toContain('possible repeat');
    expect(product.received('slack')).toHaveLength(before.slack + 1);
  });

  it('is not taken back by a store that has gone on since', async () => {
    const path = join(folder, 'journal.ndjson');
    await product.tick();
    await product.stopInstances(idsOf().slice(0, 1));
    await product.tick();

    const { code, stderr } = await runCommand('journal', ['import', path], product.environment)
      .finished;

    expect(code).toBe(1);
    expect(stderr).toMatch(/^- main\/cn-hangzhou has commit 5 in the store, .* ends at 3$/mu);
  });

  function idsOf(): readonly string[] {
    return product.cloud.ecs.fleet
      .instances('cn-hangzhou')
      .filter(({ status }) => status === 'Running')
      .map(({ id }) => id);
  }

  /** The instances of all events with changes, in the order in which they were accepted. */
  function changesOf(): readonly string[] {
    return product
      .received('webhook')
      .map(
        (body) =>
          JSON.parse(body) as {
            type: string;
            data: { changes: readonly { instanceId: string }[] };
          },
      )
      .filter(({ type }) => type === 'ecs-watch.changes')
      .flatMap(({ data }) => data.changes.map(({ instanceId }) => instanceId));
  }
});

describe('a long journal', () => {
  it(
    `is imported whole (${COMMITS} commits), again without writing a commit, and comes back as it was`,
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-long-'));
      const accessKeys = [LOCAL_KEYS];
      const to = await startTablestore({ data: 'memory', instance: INSTANCE, accessKeys });
      try {
        const source = memoryJournal();
        for (let seq = 1; seq <= COMMITS; seq += 1) await source.append(flip(seq));
        const [there, back] = [join(folder, 'there.ndjson'), join(folder, 'back.ndjson')];

        await writeExport(there, exportJournal(source, [SCOPE]), NOW_MS, () => undefined);
        const exported = await readExport(there);
        const options = {
          importId: 'import-1',
          isOutlived: false,
          runtime: SYSTEM_RUNTIME,
          deadlineMs: Date.now() + 3_600_000,
          onProgress: () => undefined,
        };
        const imported = await importJournal(journalAt(to), exported, options);
        const again = await importJournal(journalAt(to), exported, options);
        await writeExport(back, exportJournal(journalAt(to), [SCOPE]), NOW_MS, () => undefined);

        expect([exported.commits, imported.commits, again.commits]).toEqual([COMMITS, COMMITS, 0]);
        expect((await readExport(back)).commits).toBe(COMMITS);
        // Not compared by the matcher, which would print all of both.
        expect((await commitLines(back)) === (await commitLines(there))).toBe(true);
      } finally {
        await Promise.all([to.close(), rm(folder, { recursive: true })]);
      }
    },
    60_000 + COMMITS * 20,
  );
});

describe('an export', () => {
  it('replaces no file that another process has made meanwhile, and leaves nothing unfinished', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-export-'));
    try {
      const path = join(folder, 'journal.ndjson');
      const journal = memoryJournal();
      await journal.append(flip(1));
      async function* beside() {
        yield* exportJournal(journal, [SCOPE]);
        await writeFile(path, 'of another process');
      }
      const away = join(folder, 'none', 'journal.ndjson');

      const refused = writeExport(path, beside(), NOW_MS, () => undefined);
      const unwritten = writeExport(away, exportJournal(journal, []), NOW_MS, () => undefined);

      await expect(refused).rejects.toThrow(`${path} exists: choose another name`);
      await expect(unwritten).rejects.toThrow(
        `${away} cannot be written: there is no such folder (ENOENT)`,
      );
      expect(await readFile(path, 'utf8')).toBe('of another process');
      expect(await readdir(folder)).toEqual(['journal.ndjson']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the journal of a box', () => {
  let folder: string;
  let data: string;
  let backup: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecs-watch-data-'));
    data = join(folder, 'data');
    backup = join(folder, 'backup');
    const store = await openStore({ ECS_WATCH_NAME: 'test' }, data, 'the test');
    await store.journal.append(flip(1));
    const state = { ...NEW_CHANNEL, version: 1, cursor: { [SCOPE.key]: { seq: 1, part: 0 } } };
    await store.journal.moveChannel('slack', undefined, { ...state, tickId: 'tick-1' });
    await store.close();
    await backUp(data, backup, NOW_MS);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is restored with every channel marked, whatever name the shell has', async () => {
    const restored = join(folder, 'restored');

    const { marked } = await restore(backup, restored, { id: 'restore-1', nowMs: NOW_MS });

    expect(marked).toBe(1);
    const { journal, close } = await openToRead({ ECS_WATCH_NAME: 'test' }, restored, 'the test');
    expect((await journal.channels()).get('slack')).toMatchObject({
      value: { tickId: 'restore-1', version: 2 },
    });
    await close();
  });

  it('is not read where there is none, or under another name, and nothing is made there', async () => {
    const mistyped = join(folder, 'dta');

    const nowhere = openToRead({}, mistyped, 'the test');
    const named = openToRead({}, data, 'the test');

    await expect(nowhere).rejects.toThrow(`${mistyped} holds no journal`);
    await expect(named).rejects.toThrow(
      `${data} holds no tables that begin with ecs_watch_, but those of test_: set ECS_WATCH_NAME`,
    );
    await expect(openToRead({ ECS_WATCH_NAME: 'T_' }, data, 'the test')).rejects.toThrow(
      'ECS_WATCH_NAME is not a name',
    );
    expect((await readdir(folder)).includes('dta')).toBe(false);
  });

  it('is not exported where it holds nothing', async () => {
    const items = exportJournal(memoryJournal(), []);

    await expect(items.next()).rejects.toThrow('no journal is stored in the tables');
  });
});

describe('a file that is no whole export', () => {
  it.each<[string, (lines: readonly string[]) => readonly string[], readonly RegExp[]]>([
    ['is empty', () => [], [/is cut off after line 0/u]],
    ['is cut off', (lines) => lines.slice(0, -2), [/is cut off after line \d/u]],
    [
      'is cut within a line',
      (lines) => [...lines.slice(0, 1), '{"kind":"com'],
      [/:2 is no JSON object/u],
    ],
    [
      'has a changed name',
      (lines) => lines.map((line) => line.replace('web-1', 'web-2')),
      [/:\d is the end of another text/u],
    ],
    [
      'has two bad lines',
      (lines) => [...lines.slice(0, 2), '{"kind":"channel","channel":"x"}', '7', ...lines.slice(2)],
      [/:3 state is missing/u, /:4 is no JSON object/u],
    ],
    [
      'is of another format',
      (lines) => [(lines[0] ?? '').replace('"format":1', '"format":2'), ...lines.slice(1)],
      [/:1 is not the beginning/u],
    ],
    ['goes on after its end', (lines) => [...lines, '{}'], [/:\d follows the end/u]],
  ])('names what is wrong by its line: it %s', async (_what, change, expected) => {
    const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-file-'));
    const server = await startTablestore({
      data: 'memory',
      instance: INSTANCE,
      accessKeys: [LOCAL_KEYS],
    });
    try {
      const journal = journalAt(server);
      await journal.append(flip(1));
      const path = join(folder, 'journal.ndjson');
      await writeExport(path, exportJournal(journal, [SCOPE]), NOW_MS, () => undefined);
      const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
      const changed = join(folder, 'changed.ndjson');
      await writeFile(
        changed,
        change(lines)
          .map((line) => `${line}\n`)
          .join(''),
      );

      const message = await readExport(changed).then(
        () => 'it was read',
        (error: Error) => error.message,
      );

      for (const words of expected) expect(message).toMatch(words);
    } finally {
      await Promise.all([server.close(), rm(folder, { recursive: true })]);
    }
  });
});

/** One instance that appears, and then stops and starts again. */
function flip(seq: number) {
  const [from, to] =
    seq === 1 ? [null, 'Running'] : seq % 2 === 0 ? ['Running', 'Stopped'] : ['Stopped', 'Running'];
  return aCommit({
    seq,
    atMs: NOW_MS + seq,
    changes: [aChange({ instanceId: 'i-1', name: 'web-1', from: from ?? null, to: to ?? null })],
  });
}

async function commitLines(path: string): Promise<string> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.filter((line) => line.startsWith('{"kind":"commit"')).join('\n');
}

function journalAt(server: TablestoreServer): Journal {
  return tablestoreJournal({
    endpoint: server.url,
    instance: INSTANCE,
    tablePrefix: 'ecs_watch_',
    credentials: LOCAL_KEYS,
    runtime: SYSTEM_RUNTIME,
    redact: (text) => text,
    deadlineMs: Date.now() + 3_600_000,
  });
}
