/** How a call fails, as an error of this class. @throws where it does not fail so */
export async function failureOf<E extends Error>(
  call: Promise<unknown>,
  kind: abstract new (...args: never[]) => E,
): Promise<E> {
  const result = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(result instanceof kind)) throw new Error(`no ${kind.name}: ${result}`);
  return result;
}
