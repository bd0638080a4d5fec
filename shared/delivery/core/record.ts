import type { ChannelState } from '../../core/channel-state.ts';
import { type DeliveryRecord, deliverySeq } from '../../core/delivery-record.ts';
import { commitId } from '../../core/event-json.ts';
import type { Message, Outcome } from '../../core/message.ts';

/** The first commits are enough to find a message; a row of them stays within a kilobyte or two. */
const MAX_NAMED_COMMITS = 10;

/** `state`: that of the claim. Each claim makes a version of its own, so no two records share a seq. */
export function recordOf(
  { commits, isRepeat, inPlaceOf }: Message,
  outcome: Outcome,
  { version, tickId, failures }: ChannelState,
  { name, claimedAtMs }: { readonly name: string; readonly claimedAtMs: number },
): DeliveryRecord {
  return {
    channel: name,
    ...(inPlaceOf && { inPlaceOf: inPlaceOf.channel }),
    seq: deliverySeq(claimedAtMs, version),
    atMs: claimedAtMs,
    tickId,
    commits: commits.slice(0, MAX_NAMED_COMMITS).map(commitId),
    commitCount: commits.length,
    changeCount: commits
      .filter(({ notice }) => notice === undefined)
      .reduce((sum, { changes }) => sum + changes.length, 0),
    attempt: failures + 1,
    isRepeat,
    verdict: outcome.kind,
    reason: outcome.kind === 'delivered' ? (outcome.unmentioned ?? null) : outcome.reason,
  };
}
