import { unsupported } from '../errors.ts';
import type { Operation } from './operation.ts';

/** Operations that only the service has: the error says so, instead of that the operation does not exist. */
const LEFT_OUT_NAMES = [
  'CreateIndex',
  'DropIndex',
  'ListStream',
  'DescribeStream',
  'GetShardIterator',
  'GetStreamRecord',
  'CreateSearchIndex',
  'UpdateSearchIndex',
  'DeleteSearchIndex',
  'DescribeSearchIndex',
  'ComputeSplits',
  'Search',
  'ParallelScan',
  'SQLQuery',
  'CreateTunnel',
  'DeleteTunnel',
  'ListTunnel',
  'DescribeTunnel',
  'BulkImport',
  'BulkExport',
];

export const LEFT_OUT: Readonly<Record<string, Operation>> = Object.fromEntries(
  LEFT_OUT_NAMES.map((name) => [
    name,
    {
      async perform() {
        throw unsupported(name);
      },
    },
  ]),
);
