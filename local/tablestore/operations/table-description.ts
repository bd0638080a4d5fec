import type { KeySchema, Table } from '../engine/table.ts';

/** The descriptions of a table that several operations answer with. */
export function describedThroughput({ throughput }: Table) {
  const { read, write, lastIncreaseSeconds, lastDecreaseSeconds } = throughput;
  return {
    capacity_unit: { read, write },
    last_increase_time: BigInt(lastIncreaseSeconds),
    last_decrease_time: lastDecreaseSeconds === undefined ? undefined : BigInt(lastDecreaseSeconds),
  };
}

export function describedKeyColumn({ name, type, autoIncrement }: KeySchema) {
  return { name, type, option: autoIncrement ? ('AUTO_INCREMENT' as const) : undefined };
}

export function describedOptions({ options }: Table) {
  return {
    time_to_live: options.timeToLiveSeconds,
    max_versions: options.maxVersions,
    deviation_cell_version_in_sec: options.deviationSeconds,
    allow_update: options.allowUpdate,
    update_full_row: options.updateFullRow,
  };
}

export const NO_STREAM = { enable_stream: false };
