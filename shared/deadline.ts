import type { World } from './ports.ts';

/**
 * The result of `work`, or the error that `onTimeout` makes when it takes longer than `timeoutMs`.
 * The SDKs' own timeouts are idle times of a socket: a trickling answer outlives them, and a
 * connection that dies inside an answer may leave a promise that never settles.
 */
export async function within<T>(
  world: Pick<World, 'alarm'>,
  timeoutMs: number,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  let silence = (): void => undefined;
  const timeout = new Promise<never>((_, reject) => {
    silence = world.alarm(timeoutMs, () => reject(onTimeout()));
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    silence();
  }
}
