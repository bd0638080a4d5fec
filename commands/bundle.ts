import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const FUNCTIONS = ['watch', 'view'] as const;
export const ROOT = join(__dirname, '..');

/** Bundles functions into `OUT_DIR/NAME/index.js`. @throws when a bundle cannot be built */
export async function bundleFunctions(
  outDir: string = join(ROOT, 'dist'),
  functions: readonly (typeof FUNCTIONS)[number][] = FUNCTIONS,
): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
  await rm(outDir, { recursive: true, force: true });
  return Promise.all(
    functions.map(async (name) => {
      const outfile = join(outDir, name, 'index.js');
      const { metafile } = await build({
        absWorkingDir: ROOT,
        entryPoints: [join(ROOT, 'functions', name, 'index.ts')],
        outfile,
        bundle: true,
        platform: 'node',
        target: 'node20',
        format: 'cjs',
        // Minified SDK bundles load more slowly, and their stack traces say nothing.
        minify: false,
        keepNames: true,
        metafile: true,
        logLevel: 'error',
        // A package inside still calls `Buffer()`: Node.js would say so in the log of each cold
        // start, where nobody can do anything about it.
        banner: { js: 'process.noDeprecation = true;' },
        // The tablestore package assigns variables that it never declares, and esbuild would make
        // the whole bundle strict because our own sources are.
        tsconfigRaw: { compilerOptions: { alwaysStrict: false, target: 'es2023' } },
      });
      const [output] = Object.values(metafile.outputs);
      return { name, bytes: output?.bytes ?? 0 };
    }),
  );
}
