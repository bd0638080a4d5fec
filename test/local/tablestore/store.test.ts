import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLevel } from 'memory-level';
import { openDiskStore } from '../../../local/tablestore/store/disk-store.ts';
import { BYTES, levelStore } from '../../../local/tablestore/store/level-store.ts';
import { openMemoryStore } from '../../../local/tablestore/store/memory-store.ts';
import type { Change, Store } from '../../../local/tablestore/store/store.ts';

jest.setTimeout(60_000);

const bytes = (text: string) => Buffer.from(text);
const put = (key: string, value = key): Change => ({
  type: 'put',
  key: bytes(key),
  value: bytes(value),
});
const del = (key: string): Change => ({ type: 'del', key: bytes(key) });
const range = (from: string, to: string) => ({ from: bytes(from), to: bytes(to) });

function storeContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const walked = async (from: string, to: string, backward = false, chunkEntries = 2) => {
    const keys: string[] = [];
    for await (const entries of store.walk(range(from, to), { backward, chunkEntries })) {
      for (const [key] of entries) keys.push(key.toString());
    }
    return keys;
  };

  it('gives what was written last, and nothing that was deleted', async () => {
    await store.write([put('a', '1'), put('b'), put('a', '2'), del('b')]);

    expect(store.get(bytes('a'))).toEqual(bytes('2'));
    expect(store.get(bytes('b'))).toBeUndefined();
  });

  it('walks a range from its start to before its end, and back', async () => {
    await store.write(['c', 'a', 'e', 'b', 'd'].map((key) => put(key)));

    expect(await walked('b', 'e')).toEqual(['b', 'c', 'd']);
    expect(await walked('b', 'e', true)).toEqual(['d', 'c', 'b']);
    expect(await walked('x', 'z')).toEqual([]);
  });

  it('walks the entries of the moment at which it set out', async () => {
    await store.write(['a', 'b', 'c'].map((key) => put(key)));

    const keys: string[] = [];
    for await (const entries of store.walk(range('a', 'z'), { chunkEntries: 1 })) {
      await store.write([del('b'), del('c'), put('d')]);
      for (const [key] of entries) keys.push(key.toString());
    }

    expect(keys).toEqual(['a', 'b', 'c']);
  });

  it('clears a range and leaves the rest', async () => {
    await store.write(['a', 'b', 'c', 'd'].map((key) => put(key)));

    await store.clear(range('b', 'd'));

    expect(await walked('a', 'z')).toEqual(['a', 'd']);
  });

  it('finishes the writes under way before it closes', async () => {
    const written = Promise.all([store.write([put('a')]), store.write([put('b')])]);

    await store.close();

    await expect(written).resolves.toEqual([undefined, undefined]);
    store = await open();
  });
}

describe('a store in memory', () => {
  storeContract(openMemoryStore);
});

describe('a store on disk', () => {
  let root: string;
  let stores = 0;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'tablestore-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  storeContract(() => {
    stores += 1;
    return openDiskStore(join(root, String(stores)));
  });
});

describe('writes that arrive together', () => {
  const grouped = async (commit: (batch: Change[]) => Promise<void>) => {
    const level = new MemoryLevel<Buffer, Buffer>(BYTES);
    await level.open();
    return levelStore(level, commit);
  };

  it('share one commit, behind the one that is under way', async () => {
    const commits: string[][] = [];
    let finish = () => {};
    const store = await grouped(async (batch) => {
      commits.push(batch.map(({ key }) => key.toString()));
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });

    const first = store.write([put('a')]);
    const others = Promise.all([store.write([put('b'), put('c')]), store.write([put('d')])]);
    finish();
    await first;
    finish();
    await others;

    expect(commits).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('fail together, and not those after them', async () => {
    let isBroken = true;
    const store = await grouped(async () => {
      if (isBroken) throw new Error('no space left on device');
    });

    await expect(store.write([put('a')])).rejects.toThrow('no space left on device');
    isBroken = false;
    await store.write([put('b')]);
  });
});
