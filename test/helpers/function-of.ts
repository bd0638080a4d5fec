import type { FunctionRuntime } from '../../local/fc/index.ts';

/** A deployed function that runs in this process. What it throws is its failure. */
export function functionOf(
  handler: (event: Buffer) => object | string | Promise<object | string>,
): FunctionRuntime {
  const requestId = 'r-1';
  return {
    name: 'echo',
    async invoke(event) {
      try {
        const result = await handler(event);
        const body = Buffer.from(typeof result === 'string' ? result : JSON.stringify(result));
        return { kind: 'returned', requestId, body };
      } catch (thrown) {
        const { name: errorType, message: errorMessage } = thrown as Error;
        const error = { errorType, errorMessage };
        return { kind: 'failed', requestId, reason: 'thrown', error };
      }
    },
    enqueue: () => requestId,
    drain: async () => undefined,
    close: async () => undefined,
  };
}
