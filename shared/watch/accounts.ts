import type { Scope } from '../core/model.ts';
import type { Accounts } from '../ports/accounts.ts';
import { reasonOf } from '../ports/reason.ts';
import type { Ports } from './ports.ts';
import { conditionAfter, type ScopeResult } from './scope-result.ts';
import type { Tick } from './tick.ts';

/** Is it the account of a scope that cannot be entered, so far as this tick knows? */
export function failsToEnter(accounts: Accounts | undefined, { account }: Scope): boolean {
  return (accounts?.states().get(account) ?? null) !== null;
}

/**
 * What a tick has seen of the accounts: alias → why it cannot be watched, null: it can. A refusal
 * counts at once, and so does an account of which no region is known, or left. What may pass counts
 * when a scope of the account is unhealthy because of it.
 */
export function accountsSeen(
  { accounts, runtime }: Ports,
  { healthLimits, problems = new Map() }: Tick,
  results: readonly ScopeResult[],
): ReadonlyMap<string, string | null> {
  const isUnhealthy = (alias: string): boolean =>
    results.some((result) => {
      if (result.kind === 'resting' || result.scope.account !== alias) return false;
      const condition = conditionAfter(result, runtime.now(), healthLimits);
      return condition === 'failing' || condition === 'stale';
    });
  // Of a scope without a report it is not known whether its account was entered.
  const looked = results.filter(({ kind }) => kind !== 'unreported');
  const seen = new Map<string, string | null>(looked.map(({ scope }) => [scope.account, null]));
  for (const [alias, problem] of problems) seen.set(alias, problem);
  for (const [alias, problem] of accounts?.states() ?? []) {
    if (problem === null) continue;
    if (problem.kind === 'refused' || isUnhealthy(alias)) seen.set(alias, reasonOf(problem));
    else seen.delete(alias);
  }
  return seen;
}
