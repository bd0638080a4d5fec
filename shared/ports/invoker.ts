import type { Invocation } from '../core/invocation.ts';

/** The functions of this account and region. */
export interface Invoker {
  /**
   * Invokes a function and waits for its answer, `timeoutMs` at most: tried once. Function Compute may
   * go on with an invocation that is not waited for any more. Nothing makes this throw.
   */
  invoke(functionName: string, event: string, timeoutMs: number): Promise<Invocation>;
}
