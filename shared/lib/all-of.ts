/**
 * The results of all, once none of them is under way any more; then the first error, if there was
 * one. `Promise.all` throws at once, and what goes on behind its back would go on after the tick: a
 * function that is frozen then carries it into the next one.
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
