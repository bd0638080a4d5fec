import { ROOT } from './bundle.ts';
import { buildPage } from './bundle-page.ts';
import { helpOf, UsageError } from './command-line.ts';
import { problemOfView } from './page/check-view.ts';
import { LINE, parsePageFlags, TokenFileError } from './page/flags.ts';
import { servePage } from './page/serve.ts';
import { upstreamOf } from './page/upstream.ts';
import { freePorts } from './ports.ts';
import { withProgress } from './progress.ts';
import { untilStopped } from './until-stopped.ts';

const DEFAULT_PORT = 7810;

/**
 * `npm run page`: the page on this machine, for a view that is deployed elsewhere. Exit code 1: the view
 * cannot be read, 2: the command line is wrong, or a token is missing.
 */
async function main(args: readonly string[]): Promise<number> {
  // An empty variable is one that is not set.
  const flags = parsePageFlags(args, process.env.VIEW_TOKEN || undefined);
  if (flags === 'help') {
    console.log(helpOf(LINE));
    return 0;
  }
  const { view, readToken, port } = flags;
  const hasToken = (await readToken()) !== undefined;
  const upstream = upstreamOf(view, readToken);
  const problem = await withProgress(
    () => `Asking ${view.host}`,
    () => problemOfView(view, upstream, hasToken),
  );
  if (problem !== undefined) {
    console.error(problem);
    return hasToken ? 1 : 2;
  }
  const page = await withProgress(
    () => 'Building the page',
    () => buildPage(ROOT),
  );
  const server = await servePage(page, upstream, port ?? (await freePorts(DEFAULT_PORT, 1)).first);
  console.log(`The page of ${view.host} is at ${server.url}
The token stays in this command. Ctrl-C ends it.`);
  await untilStopped();
  upstream.close();
  await server.close();
  return 0;
}

// Sockets that are kept alive must not keep the command running.
void main(process.argv.slice(2))
  .catch((error: unknown) => {
    if (!(error instanceof Error)) throw error;
    console.error(error.message);
    return error instanceof UsageError || error instanceof TokenFileError ? 2 : 1;
  })
  .then((code) => process.exit(code));
