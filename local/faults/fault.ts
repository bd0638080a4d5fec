import type { FaultFields } from './rules.ts';

/**
 * A fault, as plain JSON: what goes wrong (`kind` and the fields of the kind), and which requests it
 * hits. The faults of a server are a list. They are looked at in its order, and every fault that
 * fits a request hits it, up to the first one whose kind takes the place of the answer.
 */
export interface Fault {
  readonly kind: string;
  /** Only this many requests, the next ones that fit. Default: all. */
  readonly times?: number;
  /** Only this share of the requests that fit, from 0 to 1, chosen by the seed. Default: all. */
  readonly probability?: number;
}

/** The faults that mean the same on every server. */
export type CommonFault =
  /** The answer comes `latencyMs` late, and up to `jitterMs` later. Real time, whatever the clock. */
  | { readonly kind: 'latency'; readonly latencyMs: number; readonly jitterMs?: number }
  /** The connection is reset. The request is not carried out. */
  | { readonly kind: 'reset' }
  /** The request is carried out, then the connection is reset instead of the answer. */
  | { readonly kind: 'lost-answer' };

/** The kinds of faults that a server knows. */
export interface FaultDialect<F extends Fault> {
  /** The fields of each kind. */
  readonly kinds: Readonly<Record<F['kind'], FaultFields>>;
  /** Fields of every kind that choose requests, besides `times` and `probability`. */
  readonly selectors: FaultFields;
  /** The kinds that take the place of the answer: no fault behind such a one hits the request. */
  readonly instead: ReadonlySet<F['kind']>;
}
