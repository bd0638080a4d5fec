/**
 * The results of all work, or its first error, once every part has ended. `Promise.all` throws at
 * once, and the other parts could go on after the tick: a frozen function would carry them into the
 * next one.
 */
export async function allOf<const T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const outcomes = await Promise.allSettled(work);
  const results = outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  return results as { -readonly [K in keyof T]: Awaited<T[K]> };
}
