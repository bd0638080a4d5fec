import type { Freshness } from './freshness.ts';
import type { ChannelHealth, ScopeHealth } from './health-json.ts';

/** Is anything wrong? The worst that there is, with what its sentence needs. */
export type Verdict =
  | { readonly kind: 'loading' }
  | { readonly kind: 'unreachable'; readonly sinceMs: number; readonly problem: string }
  | { readonly kind: 'unwatched' }
  | { readonly kind: 'stale'; readonly scopes: readonly string[]; readonly asOfMs: number | null }
  | { readonly kind: 'failing'; readonly scopes: readonly string[] }
  /** No names: the reader may not know them. */
  | { readonly kind: 'channels'; readonly channels: readonly string[] }
  | {
      readonly kind: 'just-stopped';
      readonly names: readonly string[];
      readonly notRunning: number;
    }
  | { readonly kind: 'held'; readonly scopes: readonly string[]; readonly missing: number }
  | { readonly kind: 'not-running'; readonly count: number; readonly calmMs: number }
  | { readonly kind: 'well'; readonly total: number };

export type Level = 'alarm' | 'warning' | 'well' | 'unknown';

const LEVELS: Readonly<Record<Verdict['kind'], Level>> = {
  loading: 'unknown',
  unreachable: 'alarm',
  unwatched: 'warning',
  stale: 'alarm',
  failing: 'alarm',
  channels: 'alarm',
  'just-stopped': 'alarm',
  held: 'warning',
  'not-running': 'warning',
  well: 'well',
};

export function levelOf({ kind }: Verdict): Level {
  return LEVELS[kind];
}

/** A stop that is older is known to the person on call. */
export const LATELY_MS = 60 * 60 * 1000;

/** The instances of a part of the fleet by status. */
export interface StatusTotals {
  readonly total: number;
  readonly statuses: ReadonlyMap<string, number>;
}

export function notRunning({ total, statuses }: StatusTotals): number {
  return total - (statuses.get('Running') ?? 0);
}

export interface Situation {
  /** Null: the page has read nothing yet. */
  readonly freshness: Pick<Freshness, 'asOf'> | null;
  readonly scopes: readonly (Pick<Freshness, 'stale' | 'healthy'> & { readonly scope: string })[];
  readonly totals: StatusTotals;
  /** Names of the instances that stopped lately, and still are; the last one first. */
  readonly justStopped: readonly string[];
  /** For how long it is known that no other one stopped: not for longer than it was watched. */
  readonly calmMs: number;
  readonly health: {
    /** A channel is failing. Absent: `channels` says it. */
    readonly degraded?: boolean;
    readonly scopes?: readonly Pick<ScopeHealth, 'scope' | 'hold'>[];
    readonly channels?: readonly Pick<ChannelHealth, 'channel' | 'failing'>[];
  } | null;
  /** Null: the last poll was answered, or a single one was not. */
  readonly lost: { readonly sinceMs: number; readonly problem: string } | null;
}

/** What cannot be trusted comes before what is bad: a stale page must not look like a quiet night. */
export function verdictOf(situation: Situation): Verdict {
  const { freshness, scopes, totals, justStopped, calmMs, health, lost } = situation;
  if (lost !== null) return { kind: 'unreachable', ...lost };
  if (freshness === null) return { kind: 'loading' };
  if (scopes.length === 0) return { kind: 'unwatched' };
  const stale = scopes.filter((scope) => scope.stale);
  if (stale.length > 0) {
    const { asOf } = freshness;
    return { kind: 'stale', scopes: names(stale), asOfMs: asOf === null ? null : Date.parse(asOf) };
  }
  const failing = scopes.filter((scope) => !scope.healthy);
  if (failing.length > 0) return { kind: 'failing', scopes: names(failing) };
  const channels = health?.channels?.filter(({ failing }) => failing) ?? [];
  const isUnnamed = health?.channels === undefined && health?.degraded === true;
  if (channels.length > 0 || isUnnamed) {
    return { kind: 'channels', channels: channels.map(({ channel }) => channel) };
  }
  const count = notRunning(totals);
  if (justStopped.length > 0) {
    return { kind: 'just-stopped', names: justStopped, notRunning: count };
  }
  const held = health?.scopes?.filter(({ hold }) => hold !== undefined) ?? [];
  if (held.length > 0) {
    const missing = held.reduce((sum, { hold }) => sum + (hold?.missing ?? 0), 0);
    return { kind: 'held', scopes: names(held), missing };
  }
  if (count > 0) {
    return { kind: 'not-running', count, calmMs };
  }
  return { kind: 'well', total: totals.total };
}

function names(scopes: readonly { readonly scope: string }[]): readonly string[] {
  return scopes.map(({ scope }) => scope);
}
