import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { devDependencies } from '../../package.json';

const ROOT = join(__dirname, '../..');
/** A command of `commands/run.mjs`. */
const COMMAND = /^ {2}(?<name>\w+): \{ file: '(?<file>[^']+)'/gmu;
/** An import that is there when the program runs: neither of types only nor inside a function. */
const IMPORT = /^(?:import|export) (?!type )(?:(?<what>[^;']*?) from )?'(?<from>[^']+)';/gmu;
const ONLY_TYPES = /^\{\s*(?:type \w+(?: as \w+)?,?\s*)+\}$/u;

/**
 * A machine that only runs the product has no development packages (`npm ci --omit=dev`), and `--help`
 * installs none. What needs one imports it where it is used.
 */
describe('no development package is loaded by the start of', () => {
  const commands = [...readFileSync(join(ROOT, 'commands/run.mjs'), 'utf8').matchAll(COMMAND)];

  it('fifteen commands', () => expect(commands).toHaveLength(15));

  it.each(commands.map(({ groups }) => [groups?.name, groups?.file ?? '']))('%s', (_, file) => {
    expect(developmentPackages(join(ROOT, file))).toEqual([]);
  });
});

/** Each with the file that imports it. */
function developmentPackages(main: string): readonly string[] {
  const found: string[] = [];
  const files = new Set([main]);
  for (const file of files) {
    for (const from of importsOf(file)) {
      const path = join(dirname(file), from);
      if (from.startsWith('.') && existsSync(path)) files.add(path);
      const name = Object.keys(devDependencies).find((each) => `${from}/`.startsWith(`${each}/`));
      if (name !== undefined) found.push(`${name} in ${file.slice(ROOT.length + 1)}`);
    }
  }
  return found;
}

function importsOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].flatMap(({ groups }) =>
    ONLY_TYPES.test(groups?.what ?? '') ? [] : [groups?.from ?? ''],
  );
}
