import type { Invoker } from '../ports/invoker.ts';

/**
 * An invoker whose code is in a file of its own, loaded by the first invocation. Where that file was not
 * deployed, no function is invoked, and the run that wanted to goes on and says so.
 */
export function loadedInvoker(load: () => Promise<Invoker>): Invoker {
  return {
    async invoke(...invocation) {
      const invoker = await load().catch((error: unknown) => error as Error);
      if (!(invoker instanceof Error)) return invoker.invoke(...invocation);
      // Its further lines name folders of the machine.
      const [reason = ''] = invoker.message.split('\n');
      return {
        kind: 'unstarted',
        reason: `the client of Function Compute 2.0 was not loaded: ${reason}; deploy all files of dist/watch`,
        isBusy: false,
      };
    },
  };
}
