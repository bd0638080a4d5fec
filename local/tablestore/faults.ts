import { type Random, seededRandom } from '../random.ts';
import type { PrimaryKey } from './engine/values.ts';
import { isErrorCode, orderedError, serviceError, type TablestoreError } from './errors.ts';

/**
 * Trouble to order. Every field is optional; an empty object is a healthy server.
 *
 * A probability is a number from 0 (never, as when absent) to 1 (always). The dice are seeded, and thrown for the
 * requests in the order of their arrival.
 */
export interface TablestoreFaults {
  /** The operations that meet the faults, such as `["PutRow"]`; absent: all of them. */
  readonly operations?: readonly string[];
  /** How many requests the faults befall before they stop; absent: they do not stop. */
  readonly count?: number;
  /** How long each request waits before it is looked at, in milliseconds. */
  readonly latencyMs?: number;
  /** How probably a request is answered with `errorCode`, without having been performed. */
  readonly errorProbability?: number;
  /** An error code of the service, such as `OTSTimeout`; absent: `OTSServerBusy`. */
  readonly errorCode?: string;
  /** How probably the connection is cut instead of an answer, and nothing has been performed. */
  readonly resetBeforeApplyProbability?: number;
  /** How probably the connection is cut after the request has been performed: its answer is lost. */
  readonly resetAfterApplyProbability?: number;
  /** The name of a table whose rows are answered OTSTableNotReady, as just after its creation. */
  readonly tableNotReady?: string;
  /**
   * The first key column (a string, or an integer) of rows that are answered OTSNotEnoughCapacityUnit, as of a
   * partition too busy; in a batch, only those rows fail.
   */
  readonly throttledPartition?: string | number;
  /** How many rows a page of GetRange looks at before it ends with a next key: a whole number from 1. */
  readonly maxRangeRows?: number;
  /** How probably a page of GetRange ends with a next key after 0 to 9 rows. */
  readonly shortRangeProbability?: number;
}

/** A short page looks at fewer rows than this. */
const SHORT_RANGE_ROWS = 10;

/** What is in store for one request. */
export interface RequestFaults {
  readonly latencyMs: number;
  /** `lose-request`: cut the connection before performing; `lose-answer`: after. */
  readonly fate: 'perform' | 'lose-request' | 'lose-answer' | TablestoreError;
  /** @throws {TablestoreError} OTSTableNotReady */
  checkTable(name: string): void;
  /** @throws {TablestoreError} OTSNotEnoughCapacityUnit */
  checkPartition(key: PrimaryKey): void;
  /** How many rows a page of GetRange may look at. */
  rowsOfPage(): number;
}

export interface Faults {
  /** Replaces the former ones. @throws {RangeError} naming every bad field. */
  set(faults: TablestoreFaults): void;
  ofRequest(operation: string): RequestFaults;
}

export function seededFaults(seed: number, operations: readonly string[]): Faults {
  const random = seededRandom(seed);
  let ordered: Order = { faults: {}, left: Number.POSITIVE_INFINITY };
  return {
    set(faults) {
      checkFaults(faults, operations);
      ordered = { faults, left: faults.count ?? Number.POSITIVE_INFINITY };
    },
    ofRequest: (operation) => faultsOfRequest(ordered, operation, random),
  };
}

/** Faults, and how many requests they may still befall. */
interface Order {
  readonly faults: TablestoreFaults;
  left: number;
}

const NONE: RequestFaults = {
  latencyMs: 0,
  fate: 'perform',
  checkTable() {},
  checkPartition() {},
  rowsOfPage: () => Number.POSITIVE_INFINITY,
};

function faultsOfRequest(order: Order, operation: string, random: Random): RequestFaults {
  const { faults } = order;
  if (isHealthy(faults)) return NONE;
  if (faults.operations !== undefined && !faults.operations.includes(operation)) return NONE;
  let isBefallen = false;
  /** Whether a fault that is due may happen: a request that met one already may meet the others. */
  const befalls = (isDue: boolean): boolean => {
    if (!isDue || isBefallen) return isDue;
    if (order.left <= 0) return false;
    order.left -= 1;
    isBefallen = true;
    return true;
  };
  const { latencyMs = 0, tableNotReady, throttledPartition, maxRangeRows } = faults;
  return {
    latencyMs: befalls(latencyMs > 0) ? latencyMs : 0,
    fate: fateOf(faults, befalls, random),
    checkTable(name) {
      if (befalls(name === tableNotReady)) throw serviceError('OTSTableNotReady');
    },
    checkPartition(key) {
      if (befalls(isPartition(key, throttledPartition))) {
        throw serviceError('OTSNotEnoughCapacityUnit');
      }
    },
    rowsOfPage() {
      if (befalls(random.chance(faults.shortRangeProbability ?? 0))) {
        return random.below(SHORT_RANGE_ROWS);
      }
      return befalls(maxRangeRows !== undefined) && maxRangeRows !== undefined
        ? maxRangeRows
        : Number.POSITIVE_INFINITY;
    },
  };
}

function isHealthy(faults: TablestoreFaults): boolean {
  for (const _ in faults) return false;
  return true;
}

function fateOf(
  faults: TablestoreFaults,
  befalls: (isDue: boolean) => boolean,
  random: Random,
): RequestFaults['fate'] {
  if (befalls(random.chance(faults.errorProbability ?? 0))) {
    const { errorCode = 'OTSServerBusy' } = faults;
    if (isErrorCode(errorCode)) return orderedError(errorCode);
  }
  if (befalls(random.chance(faults.resetBeforeApplyProbability ?? 0))) return 'lose-request';
  if (befalls(random.chance(faults.resetAfterApplyProbability ?? 0))) return 'lose-answer';
  return 'perform';
}

function isPartition([first]: PrimaryKey, partition: string | number | undefined): boolean {
  if (first === undefined || partition === undefined) return false;
  const { value } = first;
  if (value.type === 'STRING') return value.value.toString('utf8') === partition;
  return value.type === 'INTEGER' && String(value.value) === String(partition);
}

type Check = (value: unknown) => boolean;

const isProbability: Check = (value) => typeof value === 'number' && value >= 0 && value <= 1;
const isWholeFrom =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least;

const CHECKS: Readonly<Record<keyof TablestoreFaults, readonly [check: Check, what: string]>> = {
  operations: [Array.isArray, 'a list of operations'],
  count: [isWholeFrom(0), 'a whole number from 0'],
  latencyMs: [isWholeFrom(0), 'a whole number from 0'],
  errorProbability: [isProbability, 'a number from 0 to 1'],
  errorCode: [
    (value) => typeof value === 'string' && isErrorCode(value),
    'an error code of the service',
  ],
  resetBeforeApplyProbability: [isProbability, 'a number from 0 to 1'],
  resetAfterApplyProbability: [isProbability, 'a number from 0 to 1'],
  tableNotReady: [(value) => typeof value === 'string', 'the name of a table'],
  throttledPartition: [
    (value) => typeof value === 'string' || Number.isSafeInteger(value),
    'a string or a whole number',
  ],
  maxRangeRows: [isWholeFrom(1), 'a whole number from 1'],
  shortRangeProbability: [isProbability, 'a number from 0 to 1'],
};

function checkFaults(faults: TablestoreFaults, operations: readonly string[]): void {
  const problems: string[] = [];
  for (const [field, value] of Object.entries(faults)) {
    const check = Object.hasOwn(CHECKS, field)
      ? CHECKS[field as keyof TablestoreFaults]
      : undefined;
    if (check === undefined) problems.push(`${field} is no fault`);
    else if (!check[0](value)) problems.push(`${field} is not ${check[1]}`);
  }
  if (Array.isArray(faults.operations)) {
    for (const name of faults.operations) {
      if (!operations.includes(name)) problems.push(`operations names ${name}, which is none`);
    }
  }
  if (problems.length > 0) throw new RangeError(`Invalid faults:\n- ${problems.join('\n- ')}`);
}
