import { unsupported } from '../errors.ts';
import type { Operation } from './operation.ts';

/** What the service can do and the local server cannot: clients are told so, not that there is no such thing. */
const NAMES = [
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
  NAMES.map((name) => [
    name,
    {
      async perform() {
        throw unsupported(name);
      },
    },
  ]),
);
