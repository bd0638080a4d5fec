import type { Runtime } from './runtime.ts';

/**
 * The result of `work`, or the error that `onTimeout` makes when it takes longer than `timeoutMs`.
 * The SDKs' own timeouts are idle times of a socket: an answer that trickles in outlives them, and
 * a connection that breaks inside an answer may leave a promise that never settles.
 */
export async function within<T>(
  runtime: Pick<Runtime, 'setTimer'>,
  timeoutMs: number,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  let cancel = (): void => undefined;
  const timeout = new Promise<never>((_, reject) => {
    cancel = runtime.setTimer(timeoutMs, () => reject(onTimeout()));
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    cancel();
  }
}
