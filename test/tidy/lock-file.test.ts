import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
}

describe('package-lock.json', () => {
  it('pins the content of every package', () => {
    const text = readFileSync(join(__dirname, '..', '..', 'package-lock.json'), 'utf8');
    const { packages } = JSON.parse(text) as LockFile;

    const unpinned = Object.entries(packages).filter(
      ([path, { integrity }]) => path !== '' && integrity === undefined,
    );

    expect(unpinned.map(([path]) => path)).toEqual([]);
  });
});
