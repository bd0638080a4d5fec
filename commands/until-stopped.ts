import { once } from 'node:events';

/** Waits for Ctrl-C, or for whoever started this to end it. */
export async function untilStopped(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
