// Runs a command of package.json: installs what is missing, then runs the command's TypeScript in this
// very process. A signal for the command then reaches it. With a process in between, it
// would end that one and leave the product running.
//
//   node commands/run.mjs NAME [FLAG …]
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithNpm } from './end-with-npm.mjs';
import { loadTypeScript } from './load-typescript.mjs';
import { prepare } from './prepare.mjs';

const endIfNpmHasEnded = endWithNpm();

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...args] = process.argv.slice(2);

/**
 * Name → file, and whether it needs the development packages. `isConfigured`: it works on what `.env`
 * says. What runs on the local cloud must be the same on every machine, so it never reads that file.
 */
const COMMANDS = {
  start: { file: 'commands/start.ts', extent: 'run', isConfigured: args.includes('--real') },
  local: { file: 'commands/local.ts', extent: 'run' },
  watch: { file: 'commands/watch.ts', extent: 'run', isConfigured: true },
  doctor: { file: 'commands/doctor.ts', extent: 'run', isConfigured: true },
  notify: { file: 'commands/notify.ts', extent: 'run', isConfigured: true },
  page: { file: 'commands/page.ts', extent: 'run', isConfigured: true },
  build: { file: 'commands/build.ts', extent: 'run', isConfigured: true },
  setup: { file: 'commands/setup.ts', extent: 'all', isConfigured: true },
  teardown: { file: 'commands/teardown.ts', extent: 'all', isConfigured: true },
  journal: { file: 'commands/journal.ts', extent: 'run', isConfigured: true },
  // It reads .env itself: a line that is wrong there is one of its problems, and its values may change.
  configure: { file: 'commands/configure.ts', extent: 'all' },
  deploy: { file: 'commands/deploy.ts', extent: 'all', isConfigured: true },
  remove: { file: 'commands/remove.ts', extent: 'all', isConfigured: true },
  simulate: { file: 'test/simulation/main.ts', extent: 'run' },
  bench: { file: 'bench/index.ts', extent: 'all' },
};

const command = COMMANDS[name];
if (command === undefined) {
  console.error(`Usage: node commands/run.mjs ${Object.keys(COMMANDS).join('|')} [FLAG …]`);
  process.exit(2);
}
// The help of a command needs none of its development packages.
const isHelp = args.includes('--help') || args.includes('-h');
prepare(isHelp ? 'run' : command.extent);
endIfNpmHasEnded();
const file = join(ROOT, command.file);
process.argv = [process.execPath, file, ...args];
if (command.isConfigured && !isHelp) await readDotEnv();
await loadTypeScript(file);

async function readDotEnv() {
  const { loadDotEnv } = await loadTypeScript(join(ROOT, 'commands', 'dot-env.ts'));
  endIfNpmHasEnded();
  try {
    loadDotEnv(ROOT, process.env, (warning) => console.error(`# ${warning}`));
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}
