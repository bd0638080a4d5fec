import type { ChangeJson } from '../../shared/view/core/feed-json.ts';
import type { DeliveryJson } from './answers.ts';

/** Longer than any channel waits for a try. What is older is muted, or out of the page's reach. */
const AWAITED_MS = 24 * 60 * 60 * 1000;

type Reported = Pick<ChangeJson, 'scope' | 'seq' | 'at' | 'baseline'>;

/** The attempts that reported some changes. */
export function deliveriesOf(
  deliveries: readonly DeliveryJson[],
  changes: readonly Reported[],
): readonly DeliveryJson[] {
  const own = new Set(changes.map(commitOf));
  return deliveries.filter(({ commits }) => commits?.some((commit) => own.has(commit)));
}

/**
 * Is there more to come: a message about the last change, or another try at one? `deliveries` and
 * `changes`: the newest first.
 */
export function isAwaited(
  deliveries: readonly DeliveryJson[],
  changes: readonly Reported[],
  nowMs: number,
): boolean {
  const [last] = changes;
  // What was there when watching began is not announced.
  if (last === undefined || last.baseline === true) return false;
  if (nowMs - Date.parse(last.at) > AWAITED_MS) return false;
  const attempts = deliveriesOf(deliveries, [last]);
  // What a fallback was sent counts as sent to the channel itself.
  const owners = new Set(attempts.map(ownerOf));
  const lastAttempts = [...owners].map((own) => attempts.find((one) => ownerOf(one) === own));
  return attempts.length === 0 || lastAttempts.some((one) => one?.verdict !== 'delivered');
}

function ownerOf({ channel, inPlaceOf = channel }: DeliveryJson): string {
  return inPlaceOf;
}

function commitOf({ scope, seq }: Reported): string {
  return `${scope}/${seq}`;
}
