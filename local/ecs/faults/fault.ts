/**
 * What is to go wrong, as plain JSON, in the order in which it is looked at. Every fault that fits a
 * call strikes it; one that answers in the place of the service (`throttle`, `denied`, `error`,
 * `html-error`, `reset`) ends the search. Only calls that the service would have answered are struck:
 * a wrong signature stays a wrong signature.
 */
export type EcsFaults = readonly EcsFault[];

export type EcsFault = Strikes & Trouble;

/** Which calls a fault strikes; without any of these, all of them. */
interface Strikes {
  /** Only calls of these actions. */
  readonly actions?: readonly string[];
  /** Only listings, and only where PageNumber (1 when not given) is one of these. */
  readonly pages?: readonly number[];
  /** Only Describe calls without instance ids, or only those with some. */
  readonly queries?: 'listings' | 'by-id';
  /** Only so many calls, the next ones that fit. */
  readonly times?: number;
  /** Only this share of the calls that fit, from 0 to 1, drawn from the seed. */
  readonly probability?: number;
}

type Trouble =
  /**
   * The answer leaves `ms` milliseconds after the call came in, and up to `jitterMs` later than
   * that. Real time, whatever the clock.
   */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number }
  /** Throttling.User. The call is not carried out. */
  | { readonly kind: 'throttle' }
  /** 403 Forbidden.RAM. The call is not carried out. */
  | { readonly kind: 'denied' }
  /** An error of choice, with its HTTP `status`. The call is not carried out. */
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly status: number;
      readonly message?: string;
    }
  /** A proxy's HTML page with this HTTP `status`. The call is not carried out. */
  | { readonly kind: 'html-error'; readonly status: number }
  /** The connection is reset. The call is not carried out. */
  | { readonly kind: 'reset' }
  /** The call is carried out, then the connection is reset before the answer. */
  | { readonly kind: 'lost-answer' }
  /** The call is carried out, then the connection is reset in the middle of the answer. */
  | { readonly kind: 'cut-answer' }
  /** HTTP 200 with nothing in it. */
  | { readonly kind: 'no-body' }
  /** A complete HTTP answer with half of its text. */
  | { readonly kind: 'half-body' }
  /** HTTP 200 with no instance and TotalCount 0: what a lost permission may look like. */
  | { readonly kind: 'empty' }
  /** TotalCount is off by `add`, up or down, but never below 0. */
  | { readonly kind: 'total-count'; readonly add: number }
  /** The first instance of the page comes without this member. */
  | { readonly kind: 'malformed-item'; readonly missing: 'InstanceId' | 'Status' }
  /** The page holds the instances of the page before it. */
  | { readonly kind: 'repeated-page' }
  /**
   * Once the answer has been made, so many instances of the region are released, drawn from the
   * seed, and so many created: what comes next is read from another fleet.
   */
  | { readonly kind: 'churn'; readonly releases: number; readonly creations?: number }
  /** The last `rows` instances of the page are left out. */
  | { readonly kind: 'short-page'; readonly rows: number };

export type FaultKind = Trouble['kind'];
