import type { Scope } from '../core/model.ts';
import type { Target } from '../core/target.ts';
import type { VariableReader } from './reader.ts';
import { type NamedToken, parseViewTokens } from './view-tokens.ts';

/**
 * Refuses accounts and regions of the view's variables that nothing is watched of: a misspelt one
 * opens nothing, without a sign. `known`: what the watcher has stored besides. The view itself
 * does not check them: a region that is no longer watched must not close it.
 */
export function refuseUnwatched(
  read: VariableReader,
  targets: readonly Target[],
  known: readonly Scope[] = [],
): void {
  const { tokens, problems } = parseViewTokens(read.text('VIEW_TOKENS') ?? '');
  for (const problem of problems) read.refuse('VIEW_TOKENS', problem);
  // Where nothing is configured, nothing can be compared.
  if (targets.length === 0) return;
  const accounts = new Set([...targets, ...known].map(({ account }) => account));
  const regions = regionsOf(targets, known);
  for (const token of tokens) {
    for (const problem of unwatchedIn(token, accounts, regions))
      read.refuse('VIEW_TOKENS', problem);
  }
  const account = read.text('REPLICA_ACCOUNT');
  if (account !== undefined && !accounts.has(account)) {
    read.refuse('REPLICA_ACCOUNT', `is ${account}, which is no account that is watched`);
  }
}

/** Undefined: all regions may be watched, and what the watcher has found is not known. */
function regionsOf(
  targets: readonly Target[],
  known: readonly Scope[],
): ReadonlySet<string> | undefined {
  const listed = targets.flatMap(({ regions }) => (regions === 'all' ? [] : regions));
  const isListed = targets.every(({ regions }) => regions !== 'all');
  if (!isListed && known.length === 0) return undefined;
  return new Set([...listed, ...known.map(({ regionId }) => regionId)]);
}

function unwatchedIn(
  { name, access }: NamedToken,
  accounts: ReadonlySet<string>,
  regions: ReadonlySet<string> | undefined,
): readonly string[] {
  if (access === 'granted') return [];
  const missing = (named: ReadonlySet<string>, watched: ReadonlySet<string>): string =>
    [...named].filter((one) => !watched.has(one)).join(', ');
  const noAccounts = missing(access.accounts, accounts);
  const noRegions = regions === undefined ? '' : missing(access.regions, regions);
  return [
    ...(noAccounts === '' ? [] : [`gives ${name} account=${noAccounts}, which is not watched`]),
    ...(noRegions === '' ? [] : [`gives ${name} region=${noRegions}, which is not watched`]),
  ];
}
