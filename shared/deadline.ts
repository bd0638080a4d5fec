/**
 * The result of `work`, or the error that `onTimeout` makes when it takes longer than `timeoutMs`.
 * The SDKs' own timeouts are idle times of a socket: a trickling answer outlives them, and a
 * connection that dies inside an answer may leave a promise that never settles.
 */
export async function within<T>(
  timeoutMs: number,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onTimeout()), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
