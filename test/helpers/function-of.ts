import type { FunctionRuntime } from '../../local/fc/index.ts';

/** A deployed function that runs in this process. */
export function functionOf(handler: (event: Buffer) => object | Promise<object>): FunctionRuntime {
  return {
    name: 'echo',
    invoke: async (event) => ({
      kind: 'returned',
      requestId: 'r-1',
      body: Buffer.from(JSON.stringify(await handler(event))),
    }),
    enqueue: () => 'r-1',
    drain: async () => undefined,
    close: async () => undefined,
  };
}
