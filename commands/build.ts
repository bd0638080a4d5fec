import { bundleFunctions } from './bundle.ts';
import { type CommandLine, helpOf, readFlags, UsageError } from './command-line.ts';
import { withProgress } from './progress.ts';

const LINE: CommandLine = {
  command: 'npm run build',
  does: 'Writes each function into a self-contained folder in dist/, as it is deployed.',
  flags: [],
  example: 'npm run build',
};

/** `npm run build`: one self-contained folder a function, as `s deploy` uploads it. */
async function main(args: readonly string[]): Promise<void> {
  if (readFlags(LINE, args, {}) === 'help') {
    console.log(helpOf(LINE));
    return;
  }
  const files = await withProgress(
    () => 'Bundling',
    () => bundleFunctions(),
  );
  for (const { path, bytes } of files) {
    console.log(`dist/${path}  ${Math.round(bytes / 1024)} KB`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof UsageError ? 2 : 1);
});
