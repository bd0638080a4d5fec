import { shape } from '../lib/shape.ts';
import { ENDPOINT } from './addresses.ts';
import { configuredName, tablePrefixOf } from './name.ts';
import type { VariableReader } from './reader.ts';

/** Where the journal is stored. */
export interface TablestoreConfig {
  readonly endpoint: string;
  readonly instance: string;
  readonly tablePrefix: string;
  /** How long commits are kept; absent: as long as usual. */
  readonly retentionDays?: number;
}

/** A commit is needed for a day, until a checkpoint has it; a week leaves time for an outage of days. */
const MIN_RETENTION_DAYS = 7;
const MAX_RETENTION_DAYS = 3_650;

/** Source: Tablestore "Limits on the wide column model", instance and table names. */
const INSTANCE_NAME = shape(
  /^[A-Za-z][A-Za-z0-9-]{1,14}[A-Za-z0-9]$/u,
  'a Tablestore instance name (3–16 letters, digits or hyphens)',
);
const TABLE_PREFIX = shape(
  /^[A-Za-z_][A-Za-z0-9_]{0,200}$/u,
  'the start of a table name (letters, digits, underscores)',
);

/** `name`: of the environment, which the tables' names begin with. */
export function configuredTablestore(
  read: VariableReader,
  name: string = configuredName(read),
): TablestoreConfig {
  const endpointHint = 'e.g. https://NAME.cn-hangzhou.ots.aliyuncs.com';
  const ofTheName = tablePrefixOf(name);
  return {
    endpoint: read.required('TABLESTORE_ENDPOINT', ENDPOINT, endpointHint),
    instance: read.required('TABLESTORE_INSTANCE', INSTANCE_NAME, 'the name of the instance'),
    tablePrefix: read.text('TABLESTORE_TABLE_PREFIX', TABLE_PREFIX) ?? ofTheName,
    ...configuredRetention(read),
  };
}

export function configuredRetention(read: VariableReader): Pick<TablestoreConfig, 'retentionDays'> {
  if (read.text('JOURNAL_RETENTION_DAYS') === undefined) return {};
  const retentionDays = read.count(
    'JOURNAL_RETENTION_DAYS',
    MIN_RETENTION_DAYS,
    MAX_RETENTION_DAYS,
  );
  if (retentionDays < MIN_RETENTION_DAYS) {
    read.refuse('JOURNAL_RETENTION_DAYS', `is less than ${MIN_RETENTION_DAYS}`);
  }
  return { retentionDays };
}
