import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = resolve(__dirname, '..', '..');
const IMPORT_OF_REAL = /^import (?:type )?\* as real from '(?<path>.+)';$/mu;

export interface Plantable {
  readonly name: string;
  readonly file: string;
}

/** The functions of a real module that a mistake replaces. */
interface Replacement extends Plantable {
  readonly real: string;
  readonly functions: readonly string[];
}

/**
 * Plants mistakes, all in one bundle, since loading a bundle takes longer than noticing a mistake.
 * The file of a mistake is a module that imports a module of the product, or of the simulation, as
 * `real` and exports functions of the same names and types. While `planted.ts` names the mistake,
 * every other importer of the real module calls these in place of the real ones; the mistake itself
 * may call the real ones.
 *
 * @throws when a real module is gone or no longer exports a function that a mistake replaces
 */
export async function planting(mistakes: readonly Plantable[]): Promise<Plugin> {
  const replacements = await replacementsOf(mistakes);
  const replacementsIn = (path: string) => replacements.filter(({ real }) => real === path);
  return {
    name: 'planting',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, importer }) => {
        const real = resolve(resolveDir, path);
        const all = replacementsIn(real);
        const mayCallReal = all.length === 0 || all.some(({ file }) => file === importer);
        return mayCallReal ? undefined : { path: real, namespace: 'planted' };
      });
      onLoad({ filter: /./, namespace: 'planted' }, ({ path }) => ({
        contents: dispatcher(path, replacementsIn(path)),
        resolveDir: dirname(path),
      }));
    },
  };
}

/** A module in place of a real one: each replaced function calls that of the planted mistake. */
function dispatcher(real: string, replacements: readonly Replacement[]): string {
  const text = JSON.stringify;
  const replaced = new Set(replacements.flatMap(({ functions }) => functions));
  return [
    `import { planted } from ${text(join(__dirname, 'planted.ts'))};`,
    `import * as real from ${text(real)};`,
    ...replacements.map(({ file }, index) => `import * as mistake${index} from ${text(file)};`),
    // What a module exports by name comes before what it exports of all of another module.
    `export * from ${text(real)};`,
    ...[...replaced].map((name) => {
      const cases = replacements.flatMap((replacement, index) =>
        replacement.functions.includes(name)
          ? [`case ${text(replacement.name)}: return mistake${index}.${name}(...args);`]
          : [],
      );
      return `export function ${name}(...args) {
        switch (planted.mistake) {
          ${cases.join('\n')}
          default: return real.${name}(...args);
        }
      }`;
    }),
  ].join('\n');
}

async function replacementsOf(mistakes: readonly Plantable[]): Promise<readonly Replacement[]> {
  const found = await Promise.all(
    mistakes.map(async (mistake) => ({ ...mistake, real: await realModuleOf(mistake.file) })),
  );
  const exported = await exportsOf(found.flatMap(({ file, real }) => [file, real]));
  return found.map((mistake) => {
    const [file, real] = [basename(mistake.file), shown(mistake.real)];
    const functions = exported.get(mistake.file) ?? [];
    const known = exported.get(mistake.real) ?? [];
    const unknown = functions.filter((name) => !known.includes(name));
    if (functions.length === 0) throw new Error(`${file} replaces nothing`);
    if (unknown.length > 0) {
      throw new Error(`${file} replaces ${unknown}, which ${real} does not export`);
    }
    return { ...mistake, functions };
  });
}

async function realModuleOf(file: string): Promise<string> {
  const path = IMPORT_OF_REAL.exec(await readFile(file, 'utf8'))?.groups?.path;
  if (path === undefined) throw new Error(`${basename(file)} imports no module as \`real\``);
  const real = resolve(dirname(file), path);
  if (existsSync(real)) return real;
  throw new Error(`${basename(file)} replaces functions of ${shown(real)}, which does not exist`);
}

/** The names that modules export. */
async function exportsOf(
  files: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [...new Set(files)],
    // Nothing is written there, but several outputs must have a folder.
    outdir: ROOT,
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  return new Map(
    Object.values(metafile.outputs).map(({ entryPoint = '', exports }) => [
      resolve(ROOT, entryPoint),
      exports,
    ]),
  );
}

function shown(file: string): string {
  return relative(ROOT, file);
}
