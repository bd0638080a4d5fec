export { type FunctionCompute, startFunctionCompute } from './control/index.ts';
export { type FunctionRuntime, startFunction } from './function.ts';
export { startHttpTrigger } from './http-trigger.ts';
export { startInvokeApi } from './invoke-api.ts';
export type { FunctionOptions, LogLine, Platform } from './options.ts';
export type { InvocationResult } from './result.ts';
export { startTimer, type Timer } from './timer.ts';
