import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const IMPORT_OF_REAL = /^import (?:type )?\* as real from '(?<path>.+)';$/mu;

/**
 * Plants a mistake. `file` is a module that imports a module of the product, or of the simulation,
 * as `real` and exports functions of the same names and types. Every other importer of the real
 * module gets these in place of the real ones; the mistake itself may call the real ones.
 *
 * @throws when the real module is gone or no longer exports a function that the mistake replaces
 */
export async function planting(file: string): Promise<Plugin> {
  const real = await realModuleOf(file);
  const replaced = await exportsOf(file);
  const exported = await exportsOf(real);
  const unknown = replaced.filter((name) => !exported.includes(name));
  if (replaced.length === 0) throw new Error(`${basename(file)} replaces nothing`);
  if (unknown.length > 0) {
    throw new Error(`${basename(file)} replaces ${unknown}, which ${shown(real)} does not export`);
  }
  return {
    name: 'planting',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, importer }) =>
        resolve(resolveDir, path) === real && importer !== file
          ? { path: real, namespace: 'planted' }
          : undefined,
      );
      // What a module exports by name comes before what it exports of all of another module.
      onLoad({ filter: /./, namespace: 'planted' }, () => ({
        contents:
          `export * from ${JSON.stringify(real)};` +
          `export { ${replaced} } from ${JSON.stringify(file)};`,
        resolveDir: dirname(real),
      }));
    },
  };
}

async function realModuleOf(file: string): Promise<string> {
  const path = IMPORT_OF_REAL.exec(await readFile(file, 'utf8'))?.groups?.path;
  if (path === undefined) throw new Error(`${basename(file)} imports no module as \`real\``);
  const real = resolve(dirname(file), path);
  if (existsSync(real)) return real;
  throw new Error(`${basename(file)} replaces functions of ${shown(real)}, which does not exist`);
}

async function exportsOf(file: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [file],
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  return Object.values(metafile.outputs).flatMap((output) => output.exports);
}

function shown(file: string): string {
  return relative(resolve(__dirname, '..', '..'), file);
}
