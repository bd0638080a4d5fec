import type { WatchConfig } from '../shared/config/watch.ts';
import type { Scope } from '../shared/core/model.ts';
import { ecsInventory } from '../shared/ecs/inventory.ts';
import type { Runtime } from '../shared/lib/runtime.ts';
import type { Redact } from '../shared/lib/secrets.ts';
import type { Credentials } from '../shared/ports/credentials.ts';
import { reasonOf } from '../shared/ports/reason.ts';
import { accountsToList } from '../shared/watch/core/regions.ts';
import { addressesOfEcs, whyNotReached } from './reach.ts';

/** What it takes to ask ECS. */
interface Asking {
  readonly credentials: Credentials;
  readonly runtime: Runtime;
  readonly redact: Redact;
}

/** Whether ECS lets this account look at a scope. */
export interface EcsAnswer {
  readonly scope: string;
  /** Why the watcher cannot look there. */
  readonly problem: string | null;
}

const ASK_TIMEOUT_MS = 4_000;
const NO_PERMISSION =
  'Forbidden.RAM: the role may not call this: allow ecs:DescribeInstanceStatus and ecs:DescribeInstances';

/**
 * Asks ECS for one page of each scope, and for the regions where the configuration names none: a wrong key, region or host and a missing permission show at
 * once. It calls DescribeInstances, because DescribeInstanceStatus answers an empty list to an
 * account that may not look.
 */
export async function askEcs(
  { targets, ecsEndpoint }: Pick<WatchConfig, 'targets' | 'ecsEndpoint'>,
  scopes: readonly Scope[],
  asking: Asking,
): Promise<readonly EcsAnswer[]> {
  const inventory = ecsInventory({
    ...asking,
    ...(ecsEndpoint !== undefined && { endpoint: ecsEndpoint }),
  });
  const listings = accountsToList(targets).map(async (account): Promise<EcsAnswer> => {
    const what = `the list of regions of ${account}`;
    try {
      await inventory.regionIds(account, asking.runtime.now() + ASK_TIMEOUT_MS);
      return { scope: what, problem: null };
    } catch (error) {
      return { scope: what, problem: reasonOf(error) };
    }
  });
  return Promise.all([
    ...listings,
    ...scopes.map(async (scope): Promise<EcsAnswer> => {
      const [address] = addressesOfEcs([scope], ecsEndpoint);
      const unreached = address && (await whyNotReached(address));
      if (unreached !== undefined) return { scope: scope.key, problem: unreached };
      try {
        const deadlineMs = asking.runtime.now() + ASK_TIMEOUT_MS;
        const opinion = await inventory.secondOpinion(scope, undefined, deadlineMs);
        return { scope: scope.key, problem: opinion === 'refuses' ? NO_PERMISSION : null };
      } catch (error) {
        return { scope: scope.key, problem: reasonOf(error) };
      }
    }),
  ]);
}
