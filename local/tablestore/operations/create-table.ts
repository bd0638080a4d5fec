import {
  type MessageOf,
  message,
  optional,
  repeated,
  required,
} from '../encoding/proto/message.ts';
import { bool, bytes } from '../encoding/proto/types.ts';
import type { KeySchema, TableOptions } from '../engine/table.ts';
import { parameterInvalid, unsupported } from '../errors.ts';
import { DEFAULT_DEVIATION_SECONDS, KEEP_FOR_EVER, MAX_KEY_COLUMNS } from '../limits.ts';
import {
  reservedThroughput,
  streamSpecification,
  tableMeta,
  tableOptions,
} from '../protocol/messages.ts';
import { checkColumnName, checkTableName } from '../requests/columns.ts';
import { checkDefinedColumns } from '../requests/defined-columns.ts';
import { checkTableOptions, updatedOptions } from '../requests/table-options.ts';
import { checkCapacityUnits } from '../requests/throughput.ts';
import { operation } from './operation.ts';

const request = message({
  table_meta: required(1, tableMeta),
  reserved_throughput: required(2, reservedThroughput),
  table_options: optional(3, tableOptions),
  stream_spec: optional(5, streamSpecification),
  sse_spec: optional(6, message({ enable: required(1, bool) })),
  index_metas: repeated(7, bytes),
  enable_local_txn: optional(8, bool),
});

const DEFAULT_OPTIONS: TableOptions = {
  timeToLiveSeconds: KEEP_FOR_EVER,
  maxVersions: 1,
  deviationSeconds: DEFAULT_DEVIATION_SECONDS,
  allowUpdate: true,
  updateFullRow: false,
};

export const createTable = operation({
  request,
  response: message({}),
  async perform({ engine, checkAccess }, request) {
    refuseWhatIsLeftOut(request);
    const { table_meta, reserved_throughput } = request;
    checkTableName(table_meta.table_name);
    checkAccess(table_meta.table_name);
    const keySchema = parseKeySchema(table_meta);
    checkDefinedColumns(table_meta.defined_column, keySchema);
    checkTableOptions(request.table_options);
    const { read = 0, write = 0 } = reserved_throughput.capacity_unit;
    checkCapacityUnits({ read, write });
    const nowMs = engine.clock.now();
    await engine.tables.create({
      name: table_meta.table_name,
      keySchema,
      definedColumns: table_meta.defined_column,
      options: updatedOptions(DEFAULT_OPTIONS, request.table_options),
      throughput: { read, write, lastIncreaseSeconds: Math.floor(nowMs / 1000) },
      createdMs: nowMs,
    });
    return {};
  },
});

function refuseWhatIsLeftOut(create: MessageOf<typeof request>): void {
  const indexes = create.index_metas.length + create.table_meta.index_meta.length;
  if (indexes > 0) throw unsupported('A secondary index');
  if (create.stream_spec?.enable_stream) throw unsupported('A stream');
  if (create.sse_spec?.enable) throw unsupported('Encryption at rest');
  if (create.enable_local_txn) throw unsupported('A table with local transactions');
}

type TableMeta = MessageOf<typeof tableMeta>;

function parseKeySchema({ table_name, primary_key }: TableMeta): readonly KeySchema[] {
  if (primary_key.length < 1 || primary_key.length > MAX_KEY_COLUMNS) {
    throw parameterInvalid(
      `The number of primary key columns must be in range: [1, ${MAX_KEY_COLUMNS}].`,
    );
  }
  const seen = new Set<string>();
  const schema = primary_key.map(({ name, type, option }) => {
    checkColumnName(name);
    if (seen.has(name)) throw parameterInvalid(`Duplicated primary key name: '${name}'.`);
    seen.add(name);
    return { name, type, autoIncrement: option === 'AUTO_INCREMENT' };
  });
  checkAutoIncrement(schema, table_name);
  return schema;
}

function checkAutoIncrement(schema: readonly KeySchema[], tableName: string): void {
  const numbered = schema.filter(({ autoIncrement }) => autoIncrement);
  if (schema[0]?.autoIncrement) {
    throw parameterInvalid(`First primary key can't be auto increment, table: ${tableName}.`);
  }
  if (numbered.length > 1) {
    throw parameterInvalid('AUTO_INCREMENT primary key count must <= 1.');
  }
  if (numbered.some(({ type }) => type !== 'INTEGER')) {
    throw parameterInvalid('AUTO_INCREMENT primary key must be integer.');
  }
}
