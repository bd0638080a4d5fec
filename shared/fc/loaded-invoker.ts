import type { Invoker } from '../ports/invoker.ts';

/**
 * An invoker whose code is in a file of its own, loaded by the first invocation. Where that file was not
 * deployed, no function is invoked, and the run that wanted to goes on and says so.
 */
export function loadedInvoker(load: () => Promise<Invoker>): Invoker {
  return {
    async invoke(...invocation) {
      let invoker: Invoker;
      try {
        invoker = await load();
      } catch (error) {
        return { kind: 'unstarted', reason: withoutClient(error), isBusy: false };
      }
      return invoker.invoke(...invocation);
    },
  };
}

function withoutClient(error: unknown): string {
  // Further lines name folders of the machine.
  const [reason = ''] = String((error as Partial<Error>).message).split('\n');
  return `the client of Function Compute 2.0 was not loaded: ${reason}; deploy all files of dist/watch`;
}
