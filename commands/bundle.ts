import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { fileOfView, type WatchFile } from '../shared/config/watch-file.ts';
import { bundlePage, DEFINE_CHANNEL_NAMES } from './bundle-page.ts';
import { makeWritable, notWritable } from './writable.ts';

const FUNCTIONS = ['watch', 'view'] as const;
type FunctionName = (typeof FUNCTIONS)[number];
export const ROOT = join(__dirname, '..');

/** Loaded by a function that has no role, and by no other: it stays out of the main bundle. */
const CREDENTIAL_CHAIN = 'credential-chain';
/** The same for a watch function that is one of FC 2.0. */
const FC2_INVOKER = 'fc2-invoker';

/** The page for browsers, which the view reads when one asks for it. */
const PAGE = 'page.html';

interface BundleFile {
  /** In the output folder, e.g. `watch/index.js`. */
  readonly path: string;
  readonly bytes: number;
  /** The sources that it is made of. */
  readonly inputs: readonly string[];
}

/**
 * Bundles functions into `OUT_DIR/NAME/index.js`, each with what few of them load in files beside it,
 * and with what it needs of the file at WATCH_CONFIG.
 * @throws when a bundle cannot be built
 */
export async function bundleFunctions(
  outDir: string = join(ROOT, 'dist'),
  functions: readonly FunctionName[] = FUNCTIONS,
  file?: WatchFile,
): Promise<readonly BundleFile[]> {
  await empty(outDir);
  return (await Promise.all(functions.map((name) => bundleFunction(name, outDir, file)))).flat();
}

const ADVICE = 'Remove it as the user that made it, or use a clone of your own.';

async function empty(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch((cause) => {
    throw notWritable(folder, ADVICE, cause);
  });
  await makeWritable(folder, ADVICE);
}

async function bundleFunction(
  name: FunctionName,
  outDir: string,
  file: WatchFile | undefined,
): Promise<readonly BundleFile[]> {
  const embedded = file && (name === 'view' ? fileOfView(file) : file);
  const entryPoints = {
    index: `functions/${name}/index.ts`,
    [CREDENTIAL_CHAIN]: `shared/fc/${CREDENTIAL_CHAIN}.ts`,
    ...(name === 'watch' && { [FC2_INVOKER]: `shared/fc/${FC2_INVOKER}.ts` }),
  };
  const define = {
    ...(name === 'view' && DEFINE_CHANNEL_NAMES),
    ...(embedded && { EMBEDDED_WATCH_FILE: JSON.stringify(embedded) }),
  };
  const files = await bundleSources(entryPoints, join(outDir, name), define);
  if (name !== 'view') return files;
  const bytes = await bundlePage(ROOT, join(outDir, name, PAGE));
  return [...files, { path: `${name}/${PAGE}`, bytes, inputs: [] }];
}

/** Bundles sources, each with its name as a file in `outdir`, as functions are bundled. */
export async function bundleSources(
  entryPoints: Readonly<Record<string, string>>,
  outdir: string,
  define: Readonly<Record<string, string>> = {},
): Promise<readonly BundleFile[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    plugins: [besideBundle],
    // A package inside asks for it when a proxy is set, which no function does.
    external: ['proxy-agent'],
    define,
    // Minified SDK bundles load more slowly, and their stack traces say nothing.
    minify: false,
    metafile: true,
    logLevel: 'error',
    // A package inside still calls `Buffer()`. Node.js would warn about it in the log of each cold
    // start, and no reader of the log could do anything about it.
    banner: { js: 'process.noDeprecation = true;' },
    // The tablestore package assigns variables that it never declares, and esbuild would make
    // the whole bundle strict because our own sources are.
    tsconfigRaw: { compilerOptions: { alwaysStrict: false, target: 'es2023' } },
  });
  return Object.entries(metafile.outputs).map(([output, { bytes, inputs }]) => ({
    path: `${basename(outdir)}/${basename(output)}`,
    bytes,
    inputs: Object.keys(inputs),
  }));
}

const CHAIN_PACKAGE = '@alicloud/credentials';
const BESIDE_OR_CHAIN = new RegExp(
  `/(?:${CREDENTIAL_CHAIN}|${FC2_INVOKER})\\.ts$|^${CHAIN_PACKAGE}$`,
);

/**
 * Keeps what few functions load out of the main bundle. The functions import it from a file beside.
 * The OpenAPI client imports the package as well, for keys that it is given; the ECS adapter gives it
 * none and signs in its own gateway, so there the package may be empty.
 */
const besideBundle: Plugin = {
  name: 'beside-bundle',
  setup({ onResolve, onLoad }) {
    // A question for every import would take longer than everything else that a build does.
    onResolve({ filter: BESIDE_OR_CHAIN }, ({ kind, path, importer }) => {
      const beside = [CREDENTIAL_CHAIN, FC2_INVOKER].find((name) => path.endsWith(`/${name}.ts`));
      if (beside !== undefined && kind === 'dynamic-import') {
        return { path: `./${beside}.js`, external: true };
      }
      const isOfClient = path === CHAIN_PACKAGE && !importer.endsWith(`/${CREDENTIAL_CHAIN}.ts`);
      return isOfClient ? { path, namespace: 'empty' } : undefined;
    });
    onLoad({ filter: /./, namespace: 'empty' }, () => ({ contents: '' }));
  },
};
