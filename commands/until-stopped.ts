import { once } from 'node:events';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Waits for Ctrl-C or a signal to end. The end of npm is one of them: see end-with-npm.mjs. */
export async function untilStopped(): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const signals = SIGNALS.map((name) => once(process, name, { signal }));
  try {
    await Promise.race(signals);
  } finally {
    waiting.abort();
    await Promise.allSettled(signals);
  }
}
