import { join } from 'node:path';
import { ConfigError } from '../shared/config/environment.ts';
import { bundleFunctions, ROOT } from './bundle.ts';
import { type CommandLine, helpOf, readFlags, UsageError } from './command-line.ts';
import { isOfDeployment } from './deploy/build-of.ts';
import { holdingDist } from './hold-dist.ts';
import { withProgress } from './progress.ts';
import { deployedVariables } from './watch-file/deployed.ts';
import { prepareFile } from './watch-file/prepare.ts';

const LINE: CommandLine = {
  command: 'npm run build',
  does:
    'Writes each function into a self-contained folder in dist/, as it is deployed. Checks the file\n' +
    'that WATCH_CONFIG names, and embeds it, with the values that it refers to, encrypted, if\n' +
    'WATCH_CONFIG_KEY is set. Exit code 2: something is wrong, and nothing was written.',
  flags: [],
  example: 'npm run build',
};

/** `npm run build`: one self-contained folder a function, as `s deploy` uploads it. */
async function main(args: readonly string[]): Promise<void> {
  if (readFlags(LINE, args, {}) === 'help') {
    console.log(helpOf(LINE));
    return;
  }
  // The CLI builds once more before it uploads: two builds need not be the same to the last byte.
  if (isOfDeployment(join(ROOT, 'dist'), process.env)) {
    console.log('dist/ holds what this deployment has built.');
    return;
  }
  const { file, variables } = prepareFile(process.env, deployedVariables(ROOT));
  const files = await withProgress(
    () => 'Bundling',
    () => holdingDist(() => bundleFunctions(undefined, undefined, file)),
  );
  for (const { path, bytes } of files) {
    console.log(`dist/${path}  ${Math.round(bytes / 1024)} KB`);
  }
  if (variables.length > 0) console.log(`WATCH_CONFIG needs ${variables.join(', ')}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof UsageError || error instanceof ConfigError ? 2 : 1);
});
