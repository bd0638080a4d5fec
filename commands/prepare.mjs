// Installs the dependencies if they are missing or older than package-lock.json. It runs before
// every command of package.json, so it needs nothing but Node.js and npm.
//
//   node commands/prepare.mjs run    what the product and the local cloud need
//   node commands/prepare.mjs all    what the tests and checks need, too
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const ARGUMENTS = { run: ['--omit=dev'], all: [] };

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules', '.ecs-watch-installed');
const extent = process.argv[2] === 'run' ? 'run' : 'all';

const [major] = process.versions.node.split('.');
if (Number(major) < OLDEST_NODE) {
  console.error(`ecs-watch needs Node.js ${OLDEST_NODE} or newer; this is ${process.version}.`);
  process.exit(2);
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(process.version)
  .digest('hex');
// What was installed for everything is enough to run.
const enough = extent === 'run' ? [`run ${lock}`, `all ${lock}`] : [`all ${lock}`];

if (!enough.includes(installed())) {
  console.error('Installing dependencies (npm ci) …');
  const { status } = spawnSync(
    'npm',
    ['ci', ...ARGUMENTS[extent], '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      // npm reports on standard output, which belongs to the command that follows.
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) {
    console.error('The dependencies could not be installed. Is the npm registry reachable?');
    process.exit(1);
  }
  writeFileSync(stampFile, `${extent} ${lock}`);
}

function installed() {
  try {
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined;
  }
}
