import type { WatchConfig } from '../shared/config/watch.ts';
import type { Scope } from '../shared/core/model.ts';
import { accountKeys } from '../shared/ecs/account-keys.ts';
import { ecsInventory } from '../shared/ecs/inventory.ts';
import type { Sessions } from '../shared/ecs/sessions.ts';
import type { Runtime } from '../shared/lib/runtime.ts';
import type { Redact } from '../shared/lib/secrets.ts';
import type { Accounts } from '../shared/ports/accounts.ts';
import type { Credentials } from '../shared/ports/credentials.ts';
import { InventoryError } from '../shared/ports/inventory.ts';
import { reasonOf } from '../shared/ports/reason.ts';
import type { Role } from '../shared/ports/role.ts';
import { accountsToList } from '../shared/watch/core/regions.ts';
import type { RegionListing } from './doctor/core/ecs.ts';
import { addressesOfEcs, whyNotReached } from './reach.ts';

/** What it takes to ask ECS. */
interface Asking {
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly runtime: Runtime;
  readonly redact: Redact;
}

/** Whether the watcher may look at a scope, or enter an account at all. */
export interface EcsAnswer {
  /** The key of the scope; `ALIAS/*` of an account that cannot be entered. */
  readonly scope: string;
  /** Why the watcher cannot look there. */
  readonly problem: string | null;
}

const ASK_TIMEOUT_MS = 4_000;
const RIGHTS = 'allow ecs:DescribeInstanceStatus and ecs:DescribeInstances';

/** `role`: of another account; undefined: the watcher's own key was refused. */
function noPermission(role: Role | undefined): string {
  return role === undefined
    ? `Forbidden.RAM: this key may not call DescribeInstances: ${RIGHTS}`
    : `Forbidden.RAM: the role ${role.arn} may not call DescribeInstances: ${RIGHTS} to it, in its account`;
}

/**
 * Asks ECS for one page of each scope, and for the regions where the configuration names none: a wrong key, region or host and a missing permission show at
 * once. It calls DescribeInstances, because DescribeInstanceStatus answers an empty list to an
 * account that may not look.
 */
export async function askEcs(
  { targets, ecsEndpoint, stsEndpoint, roles }: WatchConfig,
  scopes: readonly Scope[],
  asking: Asking,
): Promise<readonly EcsAnswer[]> {
  const accounts = accountKeys({
    ...asking,
    own: asking.credentials,
    roles,
    sessions: asking.sessions,
    ...(stsEndpoint !== undefined && { endpoint: stsEndpoint }),
  });
  const inventory = ecsInventory({
    ...asking,
    accounts,
    ...(ecsEndpoint !== undefined && { endpoint: ecsEndpoint }),
  });
  const listings = accountsToList(targets).map(async (account): Promise<EcsAnswer> => {
    const scope = `${account}/all`;
    try {
      await inventory.regionIds(account, asking.runtime.now() + ASK_TIMEOUT_MS);
      return { scope, problem: null };
    } catch (error) {
      return { scope, problem: reasonOf(error) };
    }
  });
  const answers = await Promise.all([
    ...listings,
    ...scopes.map(async (scope): Promise<EcsAnswer> => {
      const [address] = addressesOfEcs([scope], ecsEndpoint);
      const unreached = address && (await whyNotReached(address));
      if (unreached !== undefined) return { scope: scope.key, problem: unreached };
      try {
        const deadlineMs = asking.runtime.now() + ASK_TIMEOUT_MS;
        const opinion = await inventory.secondOpinion(scope, undefined, deadlineMs);
        const problem = opinion === 'refuses' ? noPermission(roles.get(scope.account)) : null;
        return { scope: scope.key, problem };
      } catch (error) {
        return { scope: scope.key, problem: reasonOf(error) };
      }
    }),
  ]);
  return oncePerAccount(answers, accounts);
}

/** An account that cannot be entered is one problem, however many scopes it has. */
function oncePerAccount(answers: readonly EcsAnswer[], accounts: Accounts): readonly EcsAnswer[] {
  const failing = [...accounts.states()].flatMap(([alias, problem]) =>
    problem === null ? [] : [{ scope: `${alias}/*`, problem: reasonOf(problem) }],
  );
  const isOfThem = ({ scope }: EcsAnswer): boolean =>
    failing.some(({ scope: all }) => scope.startsWith(all.slice(0, -1)));
  return [...failing, ...answers.filter((answer) => !isOfThem(answer))];
}

/** The ids of the regions that an account has, or why they could not be listed. */
export async function listRegions(
  account: string,
  { ecsEndpoint }: Pick<WatchConfig, 'ecsEndpoint'>,
  asking: Omit<Asking, 'sessions'>,
): Promise<RegionListing> {
  const options = ecsEndpoint === undefined ? asking : { ...asking, endpoint: ecsEndpoint };
  try {
    const deadlineMs = asking.runtime.now() + ASK_TIMEOUT_MS;
    return { kind: 'listed', ids: await ecsInventory(options).regionIds(account, deadlineMs) };
  } catch (error) {
    // A region that is watched and refused is a problem of its own.
    const isRefused = error instanceof InventoryError && error.code.startsWith('Forbidden');
    return { kind: isRefused ? 'refused' : 'unanswered', words: reasonOf(error) };
  }
}
