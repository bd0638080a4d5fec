import type { MessageOf } from '../encoding/proto/message.ts';
import type { TableOptions } from '../engine/table.ts';
import { parameterInvalid } from '../errors.ts';
import { KEEP_FOR_EVER, MAX_DEVIATION_SECONDS, MIN_TIME_TO_LIVE_SECONDS } from '../limits.ts';
import type { tableOptions } from '../protocol/messages.ts';

/** What is not given stays as `before`. @throws {TablestoreError} */
export function parseTableOptions(
  given: MessageOf<typeof tableOptions> | undefined,
  before: TableOptions,
): TableOptions {
  const options = {
    timeToLiveSeconds: given?.time_to_live ?? before.timeToLiveSeconds,
    maxVersions: given?.max_versions ?? before.maxVersions,
    deviationSeconds: given?.deviation_cell_version_in_sec ?? before.deviationSeconds,
    allowUpdate: given?.allow_update ?? before.allowUpdate,
    updateFullRow: given?.update_full_row ?? before.updateFullRow,
  };
  checkTimeToLive(options.timeToLiveSeconds);
  if (options.maxVersions <= 0) {
    throw parameterInvalid('The maximum versions cannot be less than or equal to 0.');
  }
  if (options.deviationSeconds < 0n || options.deviationSeconds > MAX_DEVIATION_SECONDS) {
    throw parameterInvalid('The maximum deviation must be in range [0, INT64_MAX/1000000].');
  }
  return options;
}

function checkTimeToLive(seconds: number): void {
  if (seconds === KEEP_FOR_EVER) return;
  if (seconds <= 0) throw parameterInvalid('TimeToLive cannot be 0 or less than -1.');
  if (seconds < MIN_TIME_TO_LIVE_SECONDS) {
    throw parameterInvalid(`TimeToLive must be -1 or at least ${MIN_TIME_TO_LIVE_SECONDS}.`);
  }
}
