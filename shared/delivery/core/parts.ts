import type { Change, Commit } from '../../core/model.ts';
import { splitBySize } from '../../core/split-by-size.ts';

/**
 * The largest size of the changes of one event, in bytes. Standard Webhooks 1.0 asks senders to
 * keep payloads below 20 KB; the envelope takes the rest.
 */
const MAX_EVENT_CHANGES_BYTES = 16_000;
/** `"id":"/SEQ/INDEX",` with the longest numbers. */
const EVENT_ID_BYTES = 40;

/** The changes of a commit in as many parts as it takes events; at least one. */
export function partsOf({ scope, changes, notice }: Commit): readonly (readonly Change[])[] {
  if (notice !== undefined || changes.length === 0) return [[]];
  // Each change carries an id of its own: the scope, the seq and its index.
  const idBytes = Buffer.byteLength(scope) + EVENT_ID_BYTES;
  return splitBySize(changes, MAX_EVENT_CHANGES_BYTES, idBytes);
}
