import { once } from 'node:events';

/** Waits for Ctrl-C, or for a SIGTERM from the parent process. */
export async function untilStopped(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
