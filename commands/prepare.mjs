// Installs the dependencies that are missing. Every command of package.json starts here, so this file
// needs nothing but Node.js and npm.
//
//   node commands/prepare.mjs run    what the product and the local cloud need
//   node commands/prepare.mjs all    what the tests and checks need, too
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [20, 12];
/** npm says nothing while it installs them. */
const MANY_PACKAGES = 300;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');

/** `run`: packages for running; `all`: development packages as well. Exits when that fails. */
export function prepare(extent) {
  checkNode();
  const missing = missingPackages(extent);
  if (missing.length === 0) return;
  checkOwner();
  // A comment, for a shell that reads what `npm run local` says on standard error.
  console.error(
    missing.length < MANY_PACKAGES
      ? `# Installing ${missing.length} package${missing.length === 1 ? '' : 's'} (npm) …`
      : `# Installing ${missing.length} packages (npm); this takes a minute or two, once …`,
  );
  const { status } = spawnSync('npm', installArguments(extent), {
    cwd: ROOT,
    // Standard output belongs to the command that follows, and what npm says there is not needed.
    stdio: ['ignore', 'ignore', 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error('The dependencies could not be installed: npm says above what failed.');
  console.error('Without a network, copy node_modules from a machine with the same system.');
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  console.error(
    `ecs-watch needs Node.js ${OLDEST_NODE.join('.')} or newer; this is ${process.version}.`,
  );
  process.exit(2);
}

/** npm fails on a folder of another user with a stack trace in which the reason is hard to find. */
function checkOwner() {
  try {
    accessSync(existsSync(MODULES) ? MODULES : ROOT, constants.W_OK);
  } catch {
    console.error(`Packages are missing, and ${ROOT} is not writable: use a clone of your own.`);
    process.exit(1);
  }
}

/** The packages that package-lock.json asks for here and that are not in node_modules. */
function missingPackages(extent) {
  const wanted = packagesIn(join(ROOT, 'package-lock.json'));
  const installed = packagesIn(join(MODULES, '.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && !entry.link && isNeeded(entry, extent))
    .filter(
      ([path, { version }]) =>
        installed[path]?.version !== version || !existsSync(join(ROOT, path, 'package.json')),
    )
    .map(([path]) => path);
}

/** npm writes into node_modules which packages, in which versions, it has put there. */
function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

function isNeeded({ dev, devOptional, optional, os, cpu, libc }, extent) {
  if (extent === 'run' && (dev || devOptional)) return false;
  if (!optional) return true;
  // Of the builds for many systems, the one for this system is needed.
  const isNamed = os !== undefined || cpu !== undefined;
  return (
    isNamed && libc === undefined && includes(os, process.platform) && includes(cpu, process.arch)
  );
}

function includes(names, own) {
  return names === undefined || names.includes(own);
}

/**
 * A first installation is exact (`npm ci`). Later, what is missing is added, without removing anything
 * that a running program may be using: development packages stay once they are there.
 */
function installArguments(extent) {
  const isFirst = !existsSync(join(MODULES, '.package-lock.json'));
  const isOnlyForRunning = extent === 'run' && !hasDevelopmentPackages();
  return [
    ...(isFirst ? ['ci'] : ['install', '--no-save']),
    ...(isOnlyForRunning ? ['--omit=dev'] : []),
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    // npm's own pauses (10 s and more) leave a machine without a network silent for over a minute.
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=4000',
  ];
}

function hasDevelopmentPackages() {
  return existsSync(join(MODULES, 'typescript'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  prepare(process.argv[2] === 'run' ? 'run' : 'all');
}
