import { join } from 'node:path';
import { addressesOf } from '../../commands/addresses.ts';
import { bundleFunctions } from '../../commands/bundle.ts';
import type { Handler as ViewHandler } from '../../functions/view/index.ts';
import { watchHandler } from '../../functions/watch/index.ts';
import { type ManualClock, manualClock } from '../../local/clock.ts';
import { startHttpTrigger } from '../../local/fc/index.ts';
import { LOCAL_KEYS, startLocalCloud } from '../../local/index.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { withFolder } from '../function-process.ts';
import { environmentOf } from '../local-cloud.ts';

/** The built view with its page, over a fleet of the local cloud. All of them have one clock. */
export interface ServedFleet {
  readonly url: string;
  readonly clock: ManualClock;
  /** Requests of pages for what has changed. */
  readonly polls: number;
  /** Releases so many instances, creates as many, and lets the watcher see it. */
  tick(changes: number): Promise<void>;
  /** Waits until no page has asked for anything for a while. */
  idle(): Promise<void>;
}

const QUIET_MS = 30;

export async function withServedFleet<T>(
  fleetSize: number,
  measure: (served: ServedFleet) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    await bundleFunctions(folder, ['view']);
    const clock = manualClock(Date.now());
    const runtime = {
      ...SYSTEM_RUNTIME,
      now: clock.now,
      sleep: async (ms: number) => clock.advance(ms),
    };
    const cloud = await startLocalCloud({ fleetSize, clock });
    const environment = environmentOf(addressesOf(cloud));
    const watch = watchHandler(environment, () => undefined, runtime);
    const { createHandler } = require(join(folder, 'view', 'index.js')) as BuiltView;
    const view = createHandler({ ...environment, VIEW_PUBLIC: 'true' }, () => undefined, runtime);
    let polls = 0;
    let underWay = 0;
    let lastAskedMs = 0;
    const trigger = await startHttpTrigger({
      clock,
      target: {
        name: 'view',
        async invoke(event, { requestId = '' } = {}) {
          underWay += 1;
          const response = await view(event, { requestId, credentials: LOCAL_KEYS });
          underWay -= 1;
          lastAskedMs = performance.now();
          if (IS_POLL.test(event.toString())) polls += 1;
          return { kind: 'returned', requestId, body: Buffer.from(JSON.stringify(response)) };
        },
        enqueue: () => '',
        drain: async () => undefined,
        close: async () => undefined,
      },
    });
    try {
      return await measure({
        url: trigger.url,
        clock,
        get polls() {
          return polls;
        },
        async tick(changes) {
          const churn = { kind: 'churn', releases: changes, creations: changes, times: 1 } as const;
          if (changes > 0) cloud.ecs.setFaults([churn]);
          const report = await watch(Buffer.from('{}'), { credentials: LOCAL_KEYS });
          if (!report.ok) throw new Error(`a tick failed: ${JSON.stringify(report)}`);
        },
        async idle() {
          lastAskedMs = performance.now();
          while (underWay > 0 || performance.now() - lastAskedMs < QUIET_MS) {
            await SYSTEM_RUNTIME.sleep(QUIET_MS / 3);
          }
        },
      });
    } finally {
      await trigger.close();
      await cloud.close();
    }
  });
}

interface BuiltView {
  createHandler(
    environment: Readonly<Record<string, string>>,
    write: (line: string) => void,
    runtime: typeof SYSTEM_RUNTIME,
  ): ViewHandler;
}

const IS_POLL = /"rawPath":"\/changes".*"since":/u;
