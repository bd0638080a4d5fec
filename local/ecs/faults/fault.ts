import type { CommonFault, Fault, FaultDialect } from '../../faults/fault.ts';
import { COMMON_KINDS } from '../../faults/parse.ts';
import {
  count,
  filledText,
  listOf,
  oneOf,
  optionalField,
  positive,
  wholeNumber,
} from '../../faults/rules.ts';
import { ECS_OPERATIONS } from '../operations/index.ts';

/** Only calls that the service would have answered are hit: a wrong signature stays a wrong signature. */
export type EcsFaults = readonly EcsFault[];

export type EcsFault = Fault & EcsSelectors & EcsFaultKind;

/** Which calls a fault hits; without any of these, all of them. */
interface EcsSelectors {
  /** Only calls of these actions. */
  readonly operations?: readonly string[];
  /** Only calls with keys of these accounts, by their ids; `own` is that of the server's own keys. */
  readonly accounts?: readonly string[];
  /** Only calls whose RegionId is one of these; DescribeRegions has none. */
  readonly regions?: readonly string[];
  /** Only listings, and only where PageNumber (1 when it is not given) is one of these. */
  readonly pages?: readonly number[];
  /** Only Describe calls without instance ids, or only those with some. */
  readonly queries?: 'listings' | 'by-id';
}

type EcsFaultKind =
  | CommonFault
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
  /** The call is carried out, then the connection is reset in the middle of the answer. */
  | { readonly kind: 'cut-answer' }
  /** HTTP 200 with an empty body. */
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
   * After the answer is made, this many instances of the region are released, chosen by the seed,
   * and this many are created: the next page is read from another fleet.
   */
  | { readonly kind: 'churn'; readonly releases: number; readonly creations?: number }
  /** The last `rows` instances of the page are left out. */
  | { readonly kind: 'short-page'; readonly rows: number };

const errorStatus = wholeNumber('an HTTP status from 400 to 599', 400, 599);

export const ECS_FAULTS: FaultDialect<EcsFault> = {
  selectors: {
    operations: optionalField(listOf(oneOf(...ECS_OPERATIONS.keys()))),
    accounts: optionalField(listOf(filledText)),
    regions: optionalField(listOf(filledText)),
    pages: optionalField(listOf(positive)),
    queries: optionalField(oneOf('listings', 'by-id')),
  },
  kinds: {
    ...COMMON_KINDS,
    throttle: {},
    denied: {},
    error: { code: filledText, status: errorStatus, message: optionalField(filledText) },
    'html-error': { status: errorStatus },
    'cut-answer': {},
    'no-body': {},
    'half-body': {},
    empty: {},
    'total-count': { add: wholeNumber('a whole number', Number.MIN_SAFE_INTEGER) },
    'malformed-item': { missing: oneOf('InstanceId', 'Status') },
    'repeated-page': {},
    churn: { releases: count, creations: optionalField(count) },
    'short-page': { rows: positive },
  },
  instead: new Set(['throttle', 'denied', 'error', 'html-error', 'reset']),
};
