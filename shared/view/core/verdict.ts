import type { Freshness } from './freshness.ts';
import type { ChannelHealth, ScopeHealth } from './health-json.ts';

/** Is anything wrong? The worst that there is, with what its sentence needs. */
export type Verdict =
  | { readonly kind: 'loading' }
  | ({ readonly kind: 'unreachable' } & Lost)
  /** The view shows no such moment. */
  | { readonly kind: 'no-moment' }
  | { readonly kind: 'unwatched' }
  /** At a moment of the past, before the first scan. */
  | { readonly kind: 'not-yet' }
  | {
      readonly kind: 'stale';
      /** Those of them that were scanned; all of them, where none was. */
      readonly scopes: readonly string[];
      /** Of the one whose state is the oldest; null: none was scanned. */
      readonly asOfMs: number | null;
      /** Besides `scopes`, those that were never scanned. */
      readonly unscanned: readonly string[];
    }
  | { readonly kind: 'failing'; readonly scopes: readonly string[] }
  /** No names: the reader may not know them. */
  | { readonly kind: 'channels'; readonly channels: readonly string[] }
  | {
      readonly kind: 'just-stopped';
      readonly instances: readonly NamedInstance[];
      readonly notRunning: number;
    }
  | { readonly kind: 'held'; readonly scopes: readonly string[]; readonly missing: number }
  | { readonly kind: 'not-running'; readonly count: number; readonly calmMs: number }
  | { readonly kind: 'well'; readonly total: number };

/** An instance as the sentence names it: by its name, or by its id where it has none. */
export interface NamedInstance {
  readonly instanceId: string;
  readonly name: string;
}

/** Why nothing can be read. */
export interface Lost {
  readonly sinceMs: number;
  /** In the words of the view or of the browser. */
  readonly problem: string;
  /** The HTTP status; 0: no answer came. */
  readonly status: number;
  /** The code of the problem; empty: it has none. */
  readonly code: string;
  /** It is not asked again: the view would refuse it again. */
  readonly isOver?: true;
}

/**
 * Codes of problems that only the server of `npm run page` answers: it has got no answer from the view,
 * or the view has refused the token that the command holds.
 */
export const NO_ANSWER = 'view-unreachable';
export const TOKEN_OF_COMMAND = 'token-of-command';

/**
 * What a failed poll means. `silent`: no answer came. `foreign`: one that the page cannot read, of a proxy or
 * of another version of the view.
 */
export type LostKind = 'silent' | 'foreign' | 'token' | 'refused' | 'store' | 'broken';

export function lostKind({ status, code }: Pick<Lost, 'status' | 'code'>): LostKind {
  if (code === NO_ANSWER) return 'silent';
  if (status === 401) return 'token';
  if (status === 503) return 'store';
  if (status >= 400 && status < 500) return 'refused';
  if (status >= 500) return 'broken';
  return status === 0 ? 'silent' : 'foreign';
}

export type Level = 'alarm' | 'warning' | 'well' | 'unknown';

const LEVELS: Readonly<Record<Verdict['kind'], Level>> = {
  loading: 'unknown',
  unreachable: 'alarm',
  'no-moment': 'warning',
  unwatched: 'warning',
  'not-yet': 'unknown',
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

type AgedScope = Pick<Freshness, 'asOf' | 'stale' | 'healthy'> & { readonly scope: string };

export interface Situation {
  /** It is a moment of the past: no scan is still to come. */
  readonly isPast?: boolean;
  /** Null: the page has read nothing yet. */
  readonly freshness: object | null;
  readonly scopes: readonly AgedScope[];
  readonly totals: StatusTotals;
  /** The instances that stopped lately, and still are; the last one first. */
  readonly justStopped: readonly NamedInstance[];
  /** For how long it is known that no other one stopped: not for longer than it was watched. */
  readonly calmMs: number;
  /** Null: it is not read yet. */
  readonly health: {
    /** A channel is failing. Absent: `channels` says it. */
    readonly degraded?: boolean;
    readonly scopes?: readonly Pick<ScopeHealth, 'scope' | 'hold'>[];
    readonly channels?: readonly Pick<ChannelHealth, 'channel' | 'failing'>[];
  } | null;
  /** Null: the last poll was answered, or a single one was not. */
  readonly lost: Lost | null;
}

/** What cannot be trusted comes before what is bad: a stale page must not look like a quiet night. */
export function verdictOf(situation: Situation): Verdict {
  const {
    isPast = false,
    freshness,
    scopes,
    totals,
    justStopped,
    calmMs,
    health,
    lost,
  } = situation;
  if (lost?.isOver === true) return { kind: 'no-moment' };
  if (lost !== null) return { kind: 'unreachable', ...lost };
  if (freshness === null) return { kind: 'loading' };
  if (scopes.length === 0) return { kind: 'unwatched' };
  // A scope that was not watched yet is no fault of that moment.
  const watched = isPast ? scopes.filter(({ asOf }) => asOf !== null) : scopes;
  if (watched.length === 0) return { kind: 'not-yet' };
  const stale = watched.filter((scope) => scope.stale);
  if (stale.length > 0) return staleVerdict(stale);
  const failing = watched.filter((scope) => !scope.healthy);
  if (failing.length > 0) return { kind: 'failing', scopes: names(failing) };
  const channels = health?.channels?.filter(({ failing }) => failing) ?? [];
  const isUnnamed = health?.channels === undefined && health?.degraded === true;
  if (channels.length > 0 || isUnnamed) {
    return { kind: 'channels', channels: channels.map(({ channel }) => channel) };
  }
  const count = notRunning(totals);
  if (justStopped.length > 0) {
    return { kind: 'just-stopped', instances: justStopped, notRunning: count };
  }
  const held = health?.scopes?.filter(({ hold }) => hold !== undefined) ?? [];
  if (held.length > 0) {
    const missing = held.reduce((sum, { hold }) => sum + (hold?.missing ?? 0), 0);
    return { kind: 'held', scopes: names(held), missing };
  }
  // A scan or a channel may be failing: nothing is calm before that is known.
  if (health === null) return { kind: 'loading' };
  if (count > 0) {
    return { kind: 'not-running', count, calmMs };
  }
  return { kind: 'well', total: totals.total };
}

/** Each scope has an age of its own: one that was never scanned makes the others no older. */
function staleVerdict(stale: readonly AgedScope[]): Verdict {
  const times = stale.flatMap(({ asOf }) => (asOf === null ? [] : [Date.parse(asOf)]));
  if (times.length === 0) {
    return { kind: 'stale', scopes: names(stale), asOfMs: null, unscanned: [] };
  }
  return {
    kind: 'stale',
    scopes: names(stale.filter(({ asOf }) => asOf !== null)),
    asOfMs: times.reduce((oldest, time) => Math.min(oldest, time)),
    unscanned: names(stale.filter(({ asOf }) => asOf === null)),
  };
}

function names(scopes: readonly { readonly scope: string }[]): readonly string[] {
  return scopes.map(({ scope }) => scope);
}
