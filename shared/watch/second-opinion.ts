import type { Snapshot } from '../core/model.ts';
import type { SecondOpinion } from '../core/second-opinion.ts';
import { InventoryError, MAX_DETAILS } from '../ports/inventory.ts';
import { isNearlyAll } from './core/guard.ts';
import type { Scan } from './core/listing.ts';
import type { Fleet } from './fleet.ts';

/** Why DescribeInstanceStatus is not believed when it does not show instances; null when it is. */
export const OPINION_FAILURES: Readonly<Record<SecondOpinion, string | null>> = {
  agrees: null,
  contradicts:
    'NotShown: DescribeInstanceStatus does not show instances that DescribeInstances shows: allow ' +
    'ecs:DescribeInstanceStatus',
  refuses:
    'NotShown: DescribeInstanceStatus shows no instances, and DescribeInstances is refused: allow ' +
    'ecs:DescribeInstanceStatus and ecs:DescribeInstances',
  unproven:
    'NotShown: ECS shows no instances, and a dry run of DescribeInstances does not answer ' +
    'DryRunOperation: ECS does not confirm that this account may see them',
  unknown:
    'NotShown: DescribeInstanceStatus shows no instances, and DescribeInstances does not answer',
};

/**
 * Asks DescribeInstances for instances that vanished together. If the scan has listed nothing, no
 * witness vouches for the answers by id, so the whole scope is asked for; but DescribeInstances
 * cannot be narrowed to a cluster. If nearly all of the fleet has vanished, ECS must also confirm
 * that this account may look.
 */
export async function opinionOnVanished(
  fleet: Fleet,
  vanished: readonly string[],
  {
    scan: { statuses },
    known,
    missing = vanished.length,
  }: { readonly scan: Scan; readonly known: number; readonly missing?: number },
): Promise<SecondOpinion> {
  const { instanceIds, clusterId } = fleet.scope;
  const isWholeScope = statuses.size === 0 && instanceIds === undefined && clusterId === undefined;
  const opinion = await ask(fleet, isWholeScope ? undefined : vanished.slice(0, MAX_DETAILS));
  if (opinion !== 'agrees' || !isNearlyAll(known, missing)) return opinion;
  return orUnknown(fleet.mayLook().then((mayLook) => (mayLook ? 'agrees' : 'unproven')));
}

/**
 * Why an empty first scan of a scope is not believed; null when it is. An account without permission
 * sees an empty list: as a baseline, it would make every instance news once there is permission.
 */
export async function whyEmptyIsDoubtful(
  fleet: Fleet,
  before: Snapshot,
  { statuses }: Scan,
): Promise<string | null> {
  if (before.baselined || before.instances.size > 0 || statuses.size > 0) return null;
  return OPINION_FAILURES[await ask(fleet, fleet.scope.instanceIds?.slice(0, MAX_DETAILS))];
}

function ask(fleet: Fleet, ids: readonly string[] | undefined): Promise<SecondOpinion> {
  return orUnknown(fleet.secondOpinion(ids));
}

async function orUnknown(opinion: Promise<SecondOpinion>): Promise<SecondOpinion> {
  try {
    return await opinion;
  } catch (error) {
    if (error instanceof InventoryError) return 'unknown';
    throw error;
  }
}
