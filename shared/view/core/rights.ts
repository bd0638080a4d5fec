import type { Scope } from '../../core/model.ts';

/** What a token opens that does not open everything. */
export interface Rights {
  /** `monitoring`: only what a Prometheus server asks for. */
  readonly addresses: 'all' | 'monitoring';
  /** Aliases; empty: all. */
  readonly accounts: ReadonlySet<string>;
  /** Region ids; empty: all. */
  readonly regions: ReadonlySet<string>;
}

/** Is a token confined to some accounts or regions? Then what concerns no scope is not for it. */
export function isConfined({ accounts, regions }: Rights): boolean {
  return accounts.size > 0 || regions.size > 0;
}

/** Does this scope exist for a token? */
export function isWithin({ accounts, regions }: Rights, { account, regionId }: Scope): boolean {
  return (
    (accounts.size === 0 || accounts.has(account)) && (regions.size === 0 || regions.has(regionId))
  );
}
