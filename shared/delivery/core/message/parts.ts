import type { MessageChange, MessageCommit } from '../../../core/message.ts';
import { splitBySize } from '../../../core/split-by-size.ts';

/**
 * The largest size of the changes of one event, in bytes. Standard Webhooks 1.0 asks senders to
 * keep payloads below 20 KB; the envelope takes the rest.
 */
const MAX_EVENT_CHANGES_BYTES = 16_000;
/** `"id":"/SEQ/INDEX",` with the longest numbers. */
const EVENT_ID_BYTES = 40;

/** A large commit is sent part by part, and each time planned from the same value. */
const known = new WeakMap<MessageCommit, readonly (readonly MessageChange[])[]>();

/**
 * The changes of a commit in as many parts as it takes events; at least one. Changes that are left out
 * still count, so that a route that is edited between two parts moves no change to another one.
 */
export function partsOf(commit: MessageCommit): readonly (readonly MessageChange[])[] {
  const parts = known.get(commit) ?? split(commit);
  known.set(commit, parts);
  return parts;
}

function split({
  scope,
  changes,
  all = changes,
  notice,
}: MessageCommit): readonly (readonly MessageChange[])[] {
  if (notice !== undefined || changes.length === 0) return [[]];
  // Each change carries an id of its own: the scope, the seq and its index.
  const idBytes = Buffer.byteLength(scope) + EVENT_ID_BYTES;
  const kept = new Map(changes.map((change, place) => [change.index ?? place, change]));
  let next = 0;
  return splitBySize(all, MAX_EVENT_CHANGES_BYTES, idBytes).map((part) => {
    const first = next;
    next += part.length;
    return part.flatMap((_, offset) => {
      const change = kept.get(first + offset);
      return change === undefined ? [] : [{ ...change, index: first + offset }];
    });
  });
}
