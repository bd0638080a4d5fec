import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { CHANNEL_NAMES } from '../shared/channels/index.ts';

/** What the view and its page know of the kinds of channels. */
export const DEFINE_CHANNEL_NAMES = { EMBEDDED_CHANNEL_NAMES: JSON.stringify(CHANNEL_NAMES) };

/** Writes the page into a file. */
export async function bundlePage(root: string, outFile: string): Promise<number> {
  const page = await buildPage(root);
  await writeFile(outFile, page);
  return Buffer.byteLength(page);
}

/**
 * Builds the page of `web/` into one document that needs nothing else: its script and its style sheet
 * are in it, so that they can be named by their hashes in its content security policy.
 */
export async function buildPage(root: string): Promise<string> {
  const web = join(root, 'web');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { page: join(web, 'main.tsx') },
    outdir: root,
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
    tsconfig: join(web, 'tsconfig.json'),
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    charset: 'utf8',
    define: DEFINE_CHANNEL_NAMES,
    logLevel: 'error',
  });
  const textOf = (ending: string): string =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.text.trim() ?? '';
  const template = await readFile(join(web, 'index.html'), 'utf8');
  return (
    template
      .replace('/* style */', () => textOf('.css'))
      // A text of the page must not end its script.
      .replace('/* script */', () => textOf('.js').replaceAll('</script', '<\\/script'))
  );
}
