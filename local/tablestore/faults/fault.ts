import type { CommonFault, Fault, FaultDialect } from '../../faults/fault.ts';
import { COMMON_KINDS } from '../../faults/parse.ts';
import { filledText, listOf, oneOf, optionalField, positive } from '../../faults/rules.ts';
import { isErrorCode } from '../errors.ts';

/** Only requests that the service would have performed are hit: a wrong signature stays one. */
export type TablestoreFaults = readonly TablestoreFault[];

export type TablestoreFault = Fault & TablestoreSelectors & TablestoreFaultKind;

interface TablestoreSelectors {
  /** Only requests of these operations, such as `["PutRow"]`. */
  readonly operations?: readonly string[];
}

type TablestoreFaultKind =
  | CommonFault
  /** An error of the service, such as `OTSServerBusy`. The request is not performed. */
  | { readonly kind: 'error'; readonly code: string }
  /** Requests for the rows of this table are answered OTSTableNotReady, as just after its creation. */
  | { readonly kind: 'table-not-ready'; readonly table: string }
  /**
   * Rows with this first key column (a string, or an integer) are answered OTSNotEnoughCapacityUnit, as those of a
   * partition that is too busy. In a batch, only those rows fail.
   */
  | { readonly kind: 'busy-partition'; readonly partition: string | number }
  /** A page of GetRange ends, with a next key, after `maxRows` rows; without `maxRows`, after 0 to 9 rows. */
  | { readonly kind: 'short-range'; readonly maxRows?: number };

/** @param operations every operation that a fault may name. */
export function tablestoreFaults(operations: readonly string[]): FaultDialect<TablestoreFault> {
  return {
    selectors: { operations: optionalField(listOf(oneOf(...operations))) },
    kinds: {
      ...COMMON_KINDS,
      error: {
        code: {
          wants: 'an error code of the service',
          accepts: (value) => typeof value === 'string' && isErrorCode(value),
        },
      },
      'table-not-ready': { table: filledText },
      'busy-partition': {
        partition: {
          wants: 'a string or a whole number',
          accepts: (value) => typeof value === 'string' || Number.isSafeInteger(value),
        },
      },
      'short-range': { maxRows: optionalField(positive) },
    },
    instead: new Set(['error', 'reset'] as const),
  };
}
