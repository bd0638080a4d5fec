import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../../local/random.ts';
import { openDiskStore } from '../../../local/tablestore/store/disk-store.ts';
import type { Change } from '../../../local/tablestore/store/store.ts';
import { startTestTablestore } from '../../helpers/tablestore.ts';

jest.setTimeout(60_000);

const SEED = 7;

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tablestore-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** Every file below a directory, and what is in it. */
async function contents(directory: string): Promise<Record<string, string>> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const read = files.map(async ({ parentPath, name }) => [
    join(parentPath, name).slice(directory.length),
    (await readFile(join(parentPath, name))).toString('base64'),
  ]);
  return Object.fromEntries(await Promise.all(read));
}

async function expectRefusedAndUntouched(directory: string, words: RegExp): Promise<void> {
  const before = await contents(directory);

  await expect(startTestTablestore({ data: directory })).rejects.toThrow(words);

  expect(await contents(directory)).toEqual(before);
}

/** A store with tables, a log, and a manifest of several records. */
async function sound(name: string): Promise<string> {
  const directory = join(root, name);
  const random = seededRandom(SEED);
  for (let run = 0; run < 3; run += 1) {
    const store = await openDiskStore(directory);
    for (let batch = 0; batch < 20; batch += 1) {
      const changes: Change[] = Array.from({ length: 50 }, () => ({
        type: 'put',
        key: Buffer.from(`x${random.below(1_000_000)}`),
        value: Buffer.alloc(2000, random.below(256)),
      }));
      await store.write(changes);
    }
    await store.close();
  }
  return directory;
}

describe('a directory', () => {
  it('that is not a store is refused and left as it was', async () => {
    const directory = join(root, 'foreign');
    await mkdir(directory);
    await writeFile(join(directory, 'thesis.txt'), 'years of work');

    await expectRefusedAndUntouched(directory, /holds other files, and is not a store of tables/);
  });

  it('that is a file is refused and left as it was', async () => {
    const file = join(root, 'file');
    await writeFile(file, 'years of work');

    await expect(startTestTablestore({ data: file })).rejects.toThrow(/is not a directory/);
    expect(await readFile(file, 'utf8')).toBe('years of work');
  });

  it.each([
    ['{"product":"ecs-watch local tablestore","format":2,"state":"open"}', /has format 2/],
    ['{"product":"another","format":1,"state":"open"}', /is damaged/],
    ['{"product":"ecs-watch local tablestore","format":1}', /is damaged/],
    ['not JSON', /is damaged/],
    ['null', /is damaged/],
  ])('with the marker %s is refused and left as it was', async (marker, words) => {
    const directory = await mkdtemp(join(root, 'marker-'));
    await writeFile(join(directory, 'tablestore.json'), marker);

    await expectRefusedAndUntouched(directory, words);
  });

  it('in which the making of the database was interrupted gets a new one', async () => {
    const directory = join(root, 'interrupted');
    await mkdir(join(directory, 'level'), { recursive: true });
    await writeFile(join(directory, 'level', 'CURRENT'), '');
    await writeFile(
      join(directory, 'tablestore.json'),
      '{"product":"ecs-watch local tablestore","format":1,"state":"new"}',
    );

    const server = await startTestTablestore({ data: directory });
    await server.close();
  });

  it('in use is refused, and its server goes on', async () => {
    const directory = join(root, 'in-use');
    const store = await openDiskStore(directory);

    await expect(startTestTablestore({ data: directory })).rejects.toThrow(/is in use/);

    const key = Buffer.from('k');
    await store.write([{ type: 'put', key, value: key }]);
    expect(store.get(key)).toEqual(key);
    await store.close();
  });
});

describe('a database', () => {
  let original: string;
  let copies = 0;
  beforeAll(async () => {
    original = await sound('sound');
  });
  const copy = async () => {
    copies += 1;
    const directory = join(root, `copy-${copies}`);
    await cp(original, directory, { recursive: true });
    return directory;
  };
  const filesOf = async (directory: string) =>
    (await readdir(join(directory, 'level'))).filter((name) => /^\d|^MANIFEST|^CURRENT/.test(name));

  it('has tables and a log', async () => {
    const names = await filesOf(original);

    expect(names.some((name) => name.endsWith('.ldb'))).toBe(true);
    expect(names.some((name) => name.endsWith('.log'))).toBe(true);
  });

  it('with a byte changed anywhere is refused and left as it was', async () => {
    const random = seededRandom(SEED);
    for (const name of await filesOf(original)) {
      for (let round = 0; round < 2; round += 1) {
        const directory = await copy();
        const path = join(directory, 'level', name);
        const bytes = await readFile(path);
        const at = random.below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 + random.below(255));
        await writeFile(path, bytes);

        await expectRefusedAndUntouched(directory, /is damaged: .*/);
      }
    }
  });

  it('with a file cut short is refused and left as it was', async () => {
    const random = seededRandom(SEED);
    for (const name of await filesOf(original)) {
      const directory = await copy();
      const path = join(directory, 'level', name);
      await truncate(path, random.below((await readFile(path)).length));

      await expectRefusedAndUntouched(directory, /is damaged/);
    }
  });

  it('with a file missing is refused and left as it was', async () => {
    for (const name of await filesOf(original)) {
      const directory = await copy();
      await rm(join(directory, 'level', name));

      await expectRefusedAndUntouched(directory, /is damaged/);
    }
  });

  it('that a crash left in the middle of a write opens without that write', async () => {
    const directory = await copy();
    const store = await openDiskStore(directory);
    const [first, second] = [Buffer.from('first'), Buffer.from('second')];
    await store.write([{ type: 'put', key: first, value: Buffer.alloc(100) }]);
    await store.write([{ type: 'put', key: second, value: Buffer.alloc(100) }]);
    // A crash leaves what a copy of the files of an open store holds.
    const crashed = join(root, 'crashed');
    await cp(directory, crashed, { recursive: true });
    await store.close();
    const log = (await filesOf(crashed))
      .filter((name) => name.endsWith('.log'))
      .sort()
      .at(-1);
    const path = join(crashed, 'level', String(log));
    await truncate(path, (await readFile(path)).length - 10);

    const reopened = await openDiskStore(crashed);
    const found = [reopened.get(first)?.length, reopened.get(second)?.length];
    await reopened.close();

    expect(found).toEqual([100, undefined]);
  });
});
