import type { OpenedJournal } from '../delivery/register.ts';
import type { Accounts } from '../ports/accounts.ts';
import { InventoryError, type InventoryFailure } from '../ports/inventory.ts';
import { accountsOf, shardResult } from './core/shard-report.ts';
import { shardsOf } from './core/shards.ts';
import { invokeShards } from './invoke-shards.ts';
import type { Ports, Shards } from './ports.ts';
import type { Tick } from './tick.ts';
import { settleUnreported } from './unreported.ts';
import type { WatchedScopes } from './watch-scopes.ts';

/** What shards have done for a run. */
interface WatchedInShards extends WatchedScopes {
  /** What this run and its shards know of the accounts that are entered by a role. */
  readonly accounts: Accounts | undefined;
  /** Capacity units that the shards were charged. */
  readonly units: { readonly read: number; readonly write: number };
  readonly notes: readonly string[];
}

/**
 * Hands the scopes of a run to shards, and waits for their reports. Only of a scope without a report
 * does the run itself read anything, and only where no shard can have looked does it write that.
 */
export async function watchInShards(
  ports: Ports,
  tick: Tick,
  settings: Shards,
  beside: Promise<OpenedJournal>,
): Promise<WatchedInShards> {
  const shards = shardsOf(tick.scopes);
  const invocations = await invokeShards(ports, tick, settings, shards);
  const results = invocations.map((invocation, place) =>
    shardResult(shards[place] ?? [], invocation),
  );
  const reported = results.flatMap((result) => result.reported);
  // Of a scope without a report, or one that was left to another run, the head is not known.
  tick.memory.heads.clear();
  for (const { heads } of results)
    for (const [key, head] of heads) tick.memory.heads.set(key, head);
  const unreported = results.flatMap((result) => result.unreported);
  const settled = await settleUnreported(ports, tick, unreported, await beside);
  const reports = results.flatMap(({ report }) => report ?? []);
  const byKey = new Map(
    [...reported, ...settled.results].map((result) => [result.scope.key, result]),
  );
  return {
    results: tick.scopes.flatMap(({ key }) => byKey.get(key) ?? []),
    registered: settled.registered,
    accounts: withShards(ports.accounts, accountsOf(reports)),
    units: {
      read: reports.reduce((sum, { units }) => sum + units.read, 0),
      write: reports.reduce((sum, { units }) => sum + units.write, 0),
    },
    notes: reports.flatMap(({ notes }) => notes),
  };
}

/** The run itself enters accounts only to list their regions. */
function withShards(
  own: Accounts | undefined,
  seen: ReturnType<typeof accountsOf>,
): Accounts | undefined {
  if (own === undefined) return undefined;
  const entered = [...seen].map(([alias, failure]) => {
    if (failure === null) return [alias, null] as const;
    const { kind, code, message, ...request } = failure;
    return [alias, new InventoryError(kind as InventoryFailure, code, message, request)] as const;
  });
  return { states: () => new Map([...own.states(), ...entered]) };
}
