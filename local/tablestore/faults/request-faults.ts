import { latencyOf } from '../../faults/latency.ts';
import type { FaultPlan, FaultSearch } from '../../faults/plan.ts';
import type { Random } from '../../random.ts';
import type { PrimaryKey } from '../engine/values.ts';
import { exampleError, isErrorCode, serviceError, type TablestoreError } from '../errors.ts';
import type { TablestoreFault } from './fault.ts';

/** What goes wrong with one request. */
export interface RequestFaults {
  /** How long the request waits before it is performed. */
  readonly latencyMs: number;
  /** What takes the place of the answer: before the request is performed, or after. */
  readonly instead: 'reset' | 'lost-answer' | TablestoreError | undefined;
  /** @throws {TablestoreError} OTSTableNotReady */
  checkTable(name: string): void;
  /** @throws {TablestoreError} OTSNotEnoughCapacityUnit */
  checkPartition(key: PrimaryKey): void;
  /** How many rows a page of GetRange may look at. */
  maxScannedRows(): number;
}

/** A request without faults. */
export const NO_FAULTS: RequestFaults = {
  latencyMs: 0,
  instead: undefined,
  checkTable() {},
  checkPartition() {},
  maxScannedRows: () => Number.POSITIVE_INFINITY,
};

/** A short page looks at fewer rows than this, if the fault does not say at how many. */
const SHORT_RANGE_ROWS = 10;

export function faultsOfRequest(
  plan: FaultPlan<TablestoreFault>,
  operation: string,
  random: Random,
): RequestFaults {
  if (plan.isEmpty) return NO_FAULTS;
  const search = plan.forRequest();
  const hitsWhere: FaultSearch<TablestoreFault> = (fits) =>
    search((fault) => (fault.operations?.includes(operation) ?? true) && fits(fault));
  // The other kinds fit a table, a key or a page, which is known when the request is performed.
  const hits = hitsWhere(({ kind }) => AT_THE_START.has(kind));
  return {
    latencyMs: latencyOf(hits, random),
    instead: insteadOf(hits),
    checkTable(name) {
      const isHit = hitsWhere((fault) => fault.kind === 'table-not-ready' && fault.table === name);
      if (isHit.length > 0) throw serviceError('OTSTableNotReady');
    },
    checkPartition(key) {
      const isHit = hitsWhere(
        (fault) => fault.kind === 'busy-partition' && isPartition(key, fault.partition),
      );
      if (isHit.length > 0) throw serviceError('OTSNotEnoughCapacityUnit');
    },
    maxScannedRows() {
      const [fault] = hitsWhere(({ kind }) => kind === 'short-range');
      if (fault?.kind !== 'short-range') return Number.POSITIVE_INFINITY;
      return fault.maxRows ?? random.below(SHORT_RANGE_ROWS);
    },
  };
}

const AT_THE_START: ReadonlySet<TablestoreFault['kind']> = new Set([
  'latency',
  'error',
  'reset',
  'lost-answer',
] as const);

function insteadOf(hits: readonly TablestoreFault[]): RequestFaults['instead'] {
  for (const fault of hits) {
    if (fault.kind === 'error' && isErrorCode(fault.code)) return exampleError(fault.code);
    if (fault.kind === 'reset') return fault.kind;
  }
  return hits.some(({ kind }) => kind === 'lost-answer') ? 'lost-answer' : undefined;
}

function isPartition([first]: PrimaryKey, partition: string | number): boolean {
  if (first === undefined) return false;
  const { value } = first;
  if (value.type === 'STRING') return value.value.toString('utf8') === partition;
  return value.type === 'INTEGER' && String(value.value) === String(partition);
}
