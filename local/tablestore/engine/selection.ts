import { cellBytes, keyBytes } from './capacity.ts';
import { type Filter, matches } from './filter.ts';
import { type Cell, compareNames, type Row, withCells } from './values.ts';

/** What a read asks for of each row. */
export interface Selection {
  /** Undefined: all. The key's columns are returned whether named or not. */
  readonly columns: ReadonlySet<string> | undefined;
  /** Inclusive, by name. */
  readonly startColumn: string | undefined;
  /** Exclusive, by name. */
  readonly endColumn: string | undefined;
  /** Timestamps from `startMs` to before `endMs`; undefined: all. */
  readonly window: { readonly startMs: bigint; readonly endMs: bigint } | undefined;
  /** This many versions within the window, the newest ones. */
  readonly maxVersions: number;
  readonly filter: Filter | undefined;
  readonly pagination: { readonly offset: number; readonly limit: number } | undefined;
}

export interface Selected {
  /** What the reader gets of the row; undefined: the row is not in the answer. */
  readonly row: Row | undefined;
  /** The size of what was read; a filter or a pagination does not reduce it. */
  readonly sizeBytes: number;
}

/** @param row as a reader may see it. */
export function select(row: Row, selection: Selection): Selected {
  const cells = requestedCells(row.cells, selection);
  const sizeBytes = keyBytes(row.key) + cellBytes(cells);
  const { filter, pagination } = selection;
  if (cells.length === 0 && !staysWithoutCells(row, selection))
    return { row: undefined, sizeBytes };
  if (filter !== undefined && !matches(filter, { key: row.key, cells }))
    return { row: undefined, sizeBytes };
  const returned = pagination === undefined ? cells : page(cells, pagination);
  return { row: withCells(row, returned), sizeBytes };
}

/** A read that names only attribute columns, none of which the row has, returns no row. */
function staysWithoutCells(row: Row, { columns }: Selection): boolean {
  return columns === undefined || row.key.some(({ name }) => columns.has(name));
}

function requestedCells(cells: readonly Cell[], selection: Selection): readonly Cell[] {
  const requested: Cell[] = [];
  let column: string | undefined;
  let versions = 0;
  for (const cell of cells) {
    if (!isRequested(cell, selection)) continue;
    versions = cell.name === column ? versions + 1 : 1;
    column = cell.name;
    if (versions <= selection.maxVersions) requested.push(cell);
  }
  return requested;
}

function isRequested({ name, timestampMs }: Cell, selection: Selection): boolean {
  const { columns, startColumn, endColumn, window } = selection;
  if (columns !== undefined && !columns.has(name)) return false;
  if (startColumn !== undefined && compareNames(name, startColumn) < 0) return false;
  if (endColumn !== undefined && compareNames(name, endColumn) >= 0) return false;
  return window === undefined || (window.startMs <= timestampMs && timestampMs < window.endMs);
}

/** `limit` columns, all their versions, after the first `offset`. */
function page(
  cells: readonly Cell[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
): readonly Cell[] {
  let column: string | undefined;
  let index = -1;
  return cells.filter(({ name }) => {
    if (name !== column) index += 1;
    column = name;
    return index >= offset && index < offset + limit;
  });
}
