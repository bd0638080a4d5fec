import { addDefinedColumn } from './add-defined-column.ts';
import { batchGetRow } from './batch-get-row.ts';
import { batchWriteRow } from './batch-write-row.ts';
import { computeSplitPointsBySize } from './compute-split-points-by-size.ts';
import { createTable } from './create-table.ts';
import { deleteDefinedColumn } from './delete-defined-column.ts';
import { deleteTable } from './delete-table.ts';
import { describeTable } from './describe-table.ts';
import { endTransaction } from './end-transaction.ts';
import { getRange } from './get-range.ts';
import { getRow } from './get-row.ts';
import { LEFT_OUT } from './left-out.ts';
import { listSearchIndex } from './list-search-index.ts';
import { listTable } from './list-table.ts';
import { listTimeseriesTable } from './list-timeseries-table.ts';
import type { Operation } from './operation.ts';
import { startLocalTransaction } from './start-local-transaction.ts';
import { updateTable } from './update-table.ts';
import { deleteRow, putRow, updateRow } from './write-row.ts';

/** By the name in the request's path. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateTable: createTable,
  DescribeTable: describeTable,
  ListTable: listTable,
  UpdateTable: updateTable,
  DeleteTable: deleteTable,
  GetRow: getRow,
  PutRow: putRow,
  UpdateRow: updateRow,
  DeleteRow: deleteRow,
  GetRange: getRange,
  BatchGetRow: batchGetRow,
  BatchWriteRow: batchWriteRow,
  AddDefinedColumn: addDefinedColumn,
  DeleteDefinedColumn: deleteDefinedColumn,
  ComputeSplitPointsBySize: computeSplitPointsBySize,
  StartLocalTransaction: startLocalTransaction,
  CommitTransaction: endTransaction,
  AbortTransaction: endTransaction,
  ListSearchIndex: listSearchIndex,
  ListTimeseriesTable: listTimeseriesTable,
  ...LEFT_OUT,
};
