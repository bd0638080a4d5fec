import type { Invocation } from '../../shared/core/invocation.ts';
import type { Target } from '../../shared/core/target.ts';
import type { Invoker } from '../../shared/ports/invoker.ts';
import { type AcceptedOrder, acceptOrder } from '../../shared/watch/core/shard-order.ts';
import type { ShardReport } from '../../shared/watch/core/shard-report.ts';

export const ENVIRONMENT = 'ecs-watch-test';

/** An invoker whose function runs in this process; what it throws is its failure. */
export function inProcess(
  targets: readonly Target[],
  run: (order: AcceptedOrder) => Promise<ShardReport>,
): Invoker {
  return {
    async invoke(_functionName, event): Promise<Invocation> {
      try {
        const report = await run(acceptOrder(event, ENVIRONMENT, targets));
        return { kind: 'answered', body: JSON.stringify(report) };
      } catch (error) {
        const { name: type, message } = error as Error;
        return { kind: 'failed', reason: `${type}: ${message}`, type };
      }
    },
  };
}
