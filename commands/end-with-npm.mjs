// Ends a command when the npm that started it ends. npm passes a signal on to its shell at most, and a
// shell passes none on, so the command itself has to notice it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const CHECK_MS = 500;
const INIT = 1;

/**
 * From now on, this process gets a SIGTERM when npm or its shell has ended. The answer checks it at
 * once, for after work during which no timer fires. Call it first: only a parent that was seen can
 * be missed. A process that was started without npm is left alone.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32')
    return () => {};
  const shell = process.ppid;
  const npm = parentOf(shell);
  // The parent of an orphan is process 1. In a container, npm itself may be that process.
  const isOrphan = (shell === INIT || npm === INIT) && !isPackageManager(INIT);
  const hasEnded = () => process.ppid !== shell || (npm !== undefined && !isAlive(npm));
  const check = () => {
    if (!isOrphan && !hasEnded()) return;
    clearInterval(timer);
    // A command that has servers to close listens for it; any other ends here.
    process.kill(process.pid, 'SIGTERM');
  };
  const timer = setInterval(check, CHECK_MS).unref();
  check();
  return check;
}

/** Undefined where neither `/proc` nor `ps` knows. */
function parentOf(pid) {
  try {
    // "PID (NAME) STATE PARENT …", and a name may hold anything.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return Number(parent);
  } catch {
    return Number(psOf(pid, 'ppid')) || undefined;
  }
}

function isPackageManager(pid) {
  const command = psOf(pid, 'args');
  return command === undefined || /npm|yarn|bun/u.test(command);
}

/** @returns undefined where there is no `ps`, as in small containers, or no such process */
function psOf(pid, column) {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString();
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch ({ code }) {
    // EPERM: it runs, as another user.
    return code === 'EPERM';
  }
}
