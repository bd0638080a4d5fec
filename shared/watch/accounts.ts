import { conditionOf } from '../core/health.ts';
import type { Scope } from '../core/model.ts';
import type { Accounts } from '../ports/accounts.ts';
import { reasonOf } from '../ports/reason.ts';
import type { Ports } from './ports.ts';
import type { ScopeResult } from './scope-result.ts';
import type { Tick } from './tick.ts';

/** Is it the account of a scope that cannot be entered, so far as this tick knows? */
export function failsToEnter(accounts: Accounts | undefined, { account }: Scope): boolean {
  return (accounts?.states().get(account) ?? null) !== null;
}

/**
 * What a tick has seen of the accounts: alias → why it cannot be entered, null: it can. A refusal
 * counts at once. What may pass counts when a scope of the account is unhealthy because of it.
 */
export function accountsSeen(
  { accounts, runtime }: Ports,
  { healthLimits }: Tick,
  results: readonly ScopeResult[],
): ReadonlyMap<string, string | null> {
  const isUnhealthy = (alias: string): boolean =>
    results.some((result) => {
      if (result.kind !== 'recorded' || result.scope.account !== alias) return false;
      const condition = conditionOf(result.nextHealth.health, runtime.now(), healthLimits);
      return condition === 'failing' || condition === 'stale';
    });
  const seen = new Map<string, string | null>();
  for (const [alias, problem] of accounts?.states() ?? []) {
    if (problem === null) seen.set(alias, null);
    else if (problem.kind === 'refused' || isUnhealthy(alias)) seen.set(alias, reasonOf(problem));
  }
  return seen;
}
