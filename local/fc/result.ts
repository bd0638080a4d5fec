/** The result of one invocation. A failure of the function is a result, not an exception. */
export type InvocationResult =
  | { readonly kind: 'returned'; readonly requestId: string; readonly body: Buffer }
  | {
      readonly kind: 'failed';
      readonly requestId: string;
      readonly reason: 'thrown' | 'timeout' | 'exited';
      readonly error: FunctionError;
    }
  | { readonly kind: 'throttled'; readonly requestId: string };

/**
 * What a caller sees of a failure; only an error that the handler threw has a type and a stack.
 * https://www.alibabacloud.com/help/en/functioncompute/fc/error-handling-nodejs
 */
export interface FunctionError {
  readonly errorMessage: string;
  readonly errorType?: string;
  readonly stackTrace?: readonly string[];
}

/** `X-Fc-Error-Type` of an answer whose function failed. Source: the pages for Python and PHP beside that page. */
export const UNHANDLED_ERROR_TYPE = 'UnhandledInvocationError';

/**
 * What an asynchronous invocation may carry; a synchronous one carries any HTTP body, 32 MB.
 * https://www.alibabacloud.com/help/doc-detail/2527064.html
 */
export const MAX_ASYNC_EVENT_BYTES = 128 * 1024;

/** Memory is not measured here; the platform's own example of a process that exits at once says 0MB, too. */
const MEMORY_USAGE = 'maxMemoryUsage: 0MB';

export function timeoutError(timeoutSeconds: number): FunctionError {
  return { errorMessage: `Function timed out after ${timeoutSeconds} seconds (${MEMORY_USAGE})` };
}

export function exitError(durationMs: number): FunctionError {
  const duration = `duration: ${Math.round(durationMs)}ms`;
  return {
    errorMessage: `Process exited unexpectedly before completing request (${duration}, ${MEMORY_USAGE})`,
  };
}
