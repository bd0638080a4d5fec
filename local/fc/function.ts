import { randomBytes, randomUUID } from 'node:crypto';

import { seededRandom } from '../random.ts';
import { instanceEnvironment } from './environment.ts';
import { type Ending, type FunctionInstance, startFunctionInstance } from './instance.ts';
import {
  checkOptions,
  DEFAULT_MEMORY_MB,
  type FunctionOptions,
  LOCAL_ACCOUNT_ID,
  type LogLine,
  type Platform,
} from './options.ts';
import { createQueue } from './queue.ts';
import { exitError, type InvocationResult, timeoutError } from './result.ts';

/** A deployed function that can be invoked. */
export interface FunctionRuntime {
  readonly name: string;
  /** One synchronous invocation. @throws only after `close`. */
  invoke(event: Buffer, invocation?: Invocation): Promise<InvocationResult>;
  /** Accepts an event for asynchronous invocation, returns its request id. @throws after `close`. */
  enqueue(event: Buffer, acceptance?: Acceptance): string;
  /**
   * Starts the queued invocations that are due by the clock, and waits until none runs. They start
   * by themselves, too; this is for a manual clock.
   */
  drain(): Promise<void>;
  /** Kills all instances; invocations that still run end as `exited`. */
  close(): Promise<void>;
}

interface Invocation {
  readonly requestId?: string;
  readonly retryCount?: number;
}

interface Acceptance {
  readonly requestId?: string;
  /** When the event was made; its age counts from here. */
  readonly atMs?: number;
}

/** Without a reservation: the instances of an account in a region, the smaller documented number. */
const ACCOUNT_CONCURRENCY = 100;

/** @throws {RangeError} naming everything that could not be deployed. */
export function startFunction(options: FunctionOptions, platform: Platform): FunctionRuntime {
  checkOptions(options);
  const { name, timeoutSeconds, memoryMb = DEFAULT_MEMORY_MB } = options;
  const { reservedConcurrency = ACCOUNT_CONCURRENCY } = options;
  const { clock, duplicateProbability = 0, seed = 1 } = platform;
  const random = seededRandom(seed);
  const instances = new Set<FunctionInstance>();
  const idle = new Set<FunctionInstance>();
  let isClosed = false;

  const log = (stream: LogLine['stream'], text: string): void =>
    platform.onLog({ functionName: name, stream, text });

  const checkOpen = (): void => {
    if (isClosed) throw new Error(`Function ${name} is closed`);
  };

  const invoke: FunctionRuntime['invoke'] = async (event, invocation = {}) => {
    checkOpen();
    const { requestId = randomUUID(), retryCount = 0 } = invocation;
    const instance = freeInstance();
    if (instance === null) return { kind: 'throttled', requestId };

    const startedMs = performance.now();
    const context = contextOf(options, platform, requestId, retryCount);
    const ending = await instance.run({ event, context }, timeoutSeconds * 1_000);
    if (instances.has(instance)) idle.add(instance);
    const result = resultOf(ending, requestId, timeoutSeconds, performance.now() - startedMs);
    if (result.kind === 'failed') log('platform', `${requestId} ${result.error.errorMessage}`);
    return result;
  };

  /** A warm instance, else a new one, else null: an instance serves one request at a time. */
  const freeInstance = (): FunctionInstance | null => {
    const [warm] = idle;
    if (warm !== undefined) {
      idle.delete(warm);
      return warm;
    }
    return instances.size < reservedConcurrency ? coldInstance() : null;
  };

  const coldInstance = (): FunctionInstance => {
    const instanceId = `c-${randomBytes(12).toString('hex')}`;
    const environment = instanceEnvironment(options, platform, instanceId);
    const instance = startFunctionInstance({ ...options, memoryMb, environment, onLine: log });
    instances.add(instance);
    void instance.exited.then(() => {
      instances.delete(instance);
      idle.delete(instance);
    });
    return instance;
  };

  const queue = createQueue({
    clock,
    maxRetryAttempts: options.maxAsyncRetryAttempts,
    maxEventAgeSeconds: options.maxAsyncEventAgeInSeconds,
    invoke,
    onDrop: (requestId, why) => log('platform', `${requestId} event dropped: ${why}`),
  });

  return {
    name,
    invoke,
    enqueue(event, { requestId = randomUUID(), atMs = clock.now() } = {}) {
      checkOpen();
      queue.add(event, requestId, atMs);
      if (random.chance(duplicateProbability)) queue.add(event, requestId, atMs);
      return requestId;
    },
    drain: queue.drain,
    async close() {
      isClosed = true;
      queue.close();
      await Promise.all([...instances].map((instance) => instance.stop()));
    },
  };
}

function resultOf(
  ending: Ending,
  requestId: string,
  timeoutSeconds: number,
  durationMs: number,
): InvocationResult {
  switch (ending.kind) {
    case 'returned':
      return { kind: 'returned', requestId, body: ending.body };
    case 'thrown':
      return { kind: 'failed', requestId, reason: 'thrown', error: ending.error };
    case 'timeout':
      return { kind: 'failed', requestId, reason: 'timeout', error: timeoutError(timeoutSeconds) };
    case 'exited':
      return { kind: 'failed', requestId, reason: 'exited', error: exitError(durationMs) };
  }
}

/** The second argument of the handler; the loader adds the logger. */
function contextOf(
  { name, serviceName, handler, memoryMb = DEFAULT_MEMORY_MB, timeoutSeconds }: FunctionOptions,
  { credentials, region }: Platform,
  requestId: string,
  retryCount: number,
): Record<string, unknown> {
  return {
    requestId,
    credentials,
    function: { name, handler, memory: memoryMb, timeout: timeoutSeconds },
    service: {
      ...(serviceName && { name: serviceName }),
      logProject: '',
      logStore: '',
      qualifier: 'LATEST',
    },
    region,
    accountId: LOCAL_ACCOUNT_ID,
    retryCount,
    tracing: { spanContext: '', jaegerEndpoint: '', spanBaggages: {} },
  };
}
