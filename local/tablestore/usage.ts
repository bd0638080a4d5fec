import type { Capacity } from './engine/capacity.ts';

/** What the clients have used since the server started. */
export interface TablestoreUsage {
  /** By name of the table; the entry stays after the table is deleted. */
  readonly tables: Readonly<Record<string, TableUsage>>;
  /** Requests with a good signature, by operation, whatever their answer. */
  readonly requests: Readonly<Record<string, number>>;
}

export interface TableUsage {
  /** Capacity units charged. */
  readonly read: number;
  readonly write: number;
  /** Rows that were read to answer, missing and filtered ones not counted. */
  readonly rowsRead: number;
  /** Rows that were put, updated or deleted. */
  readonly rowsWritten: number;
}

export interface UsageMeter {
  charge(
    table: string,
    capacity: Capacity,
    rows?: { readonly read?: number; readonly written?: number },
  ): void;
  countRequest(operation: string): void;
  /** As of now: later charges do not change it. */
  snapshot(): TablestoreUsage;
}

export function usageMeter(): UsageMeter {
  const tables = new Map<string, TableUsage>();
  const requests = new Map<string, number>();
  return {
    charge(table, capacity, { read = 0, written = 0 } = {}) {
      const before = tables.get(table);
      tables.set(table, {
        read: (before?.read ?? 0) + capacity.read,
        write: (before?.write ?? 0) + capacity.write,
        rowsRead: (before?.rowsRead ?? 0) + read,
        rowsWritten: (before?.rowsWritten ?? 0) + written,
      });
    },
    countRequest(operation) {
      requests.set(operation, (requests.get(operation) ?? 0) + 1);
    },
    snapshot: () => ({
      tables: Object.fromEntries(tables),
      requests: Object.fromEntries(requests),
    }),
  };
}
