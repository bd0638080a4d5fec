import type { MessageOf } from '../encoding/proto/message.ts';
import type { TableOptions } from '../engine/table.ts';
import { parameterInvalid } from '../errors.ts';
import { KEEP_FOR_EVER, MAX_DEVIATION_SECONDS, MIN_TIME_TO_LIVE_SECONDS } from '../limits.ts';
import type { tableOptions } from '../protocol/messages.ts';

type GivenOptions = MessageOf<typeof tableOptions> | undefined;

/** @throws {TablestoreError} for options that no table can have. */
export function checkTableOptions(given: GivenOptions): void {
  const { time_to_live, max_versions, deviation_cell_version_in_sec: deviation } = given ?? {};
  if (time_to_live !== undefined) checkTimeToLive(time_to_live);
  if (max_versions !== undefined && max_versions <= 0) {
    throw parameterInvalid('The maximum versions cannot be less than or equal to 0.');
  }
  if (deviation !== undefined && (deviation < 0n || deviation > MAX_DEVIATION_SECONDS)) {
    throw parameterInvalid('The maximum deviation must be in range [0, INT64_MAX/1000000].');
  }
}

/** What is not given stays as `before`. */
export function updatedOptions(before: TableOptions, given: GivenOptions): TableOptions {
  return {
    timeToLiveSeconds: given?.time_to_live ?? before.timeToLiveSeconds,
    maxVersions: given?.max_versions ?? before.maxVersions,
    deviationSeconds: given?.deviation_cell_version_in_sec ?? before.deviationSeconds,
    allowUpdate: given?.allow_update ?? before.allowUpdate,
    updateFullRow: given?.update_full_row ?? before.updateFullRow,
  };
}

function checkTimeToLive(seconds: number): void {
  if (seconds === KEEP_FOR_EVER) return;
  if (seconds <= 0) throw parameterInvalid('TimeToLive cannot be 0 or less than -1.');
  if (seconds < MIN_TIME_TO_LIVE_SECONDS) {
    throw parameterInvalid(`TimeToLive must be -1 or at least ${MIN_TIME_TO_LIVE_SECONDS}.`);
  }
}
