import { execFileSync } from 'node:child_process';
import { once } from 'node:events';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const CHECK_MS = 500;

/**
 * Waits for Ctrl-C, for a signal to end, or for the end of npm, where npm started this process: npm
 * passes a signal on to its shell at most, and a shell passes none on.
 */
export async function untilStopped(): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const signals = SIGNALS.map((name) => once(process, name, { signal }));
  try {
    await Promise.race([...signals, endOfNpm(signal)]);
  } finally {
    waiting.abort();
    await Promise.allSettled(signals);
  }
}

function endOfNpm(signal: AbortSignal): Promise<void> {
  const ancestors = npmAncestors();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (ancestors.some((pid) => !isAlive(pid))) resolve();
    }, CHECK_MS);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  });
}

/** The shell that npm started, and npm; none where this process was started without npm. */
function npmAncestors(): readonly number[] {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return [];
  const shell = process.ppid;
  try {
    const npm = Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(shell)]).toString());
    return npm > 1 ? [shell, npm] : [shell];
  } catch {
    // Without `ps`, the end of the shell is noticed, and that of npm is not.
    return [shell];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
