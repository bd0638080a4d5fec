import type { Message } from '../../../shared/core/message.ts';
import type { OnMessage, Receiver } from '../receivers.ts';
import type { Results, Truth } from './truth.ts';
import { isNews, type StoredCommit, type Written } from './written.ts';

/** The parts of each commit that a channel accepted: indexes of changes, or −1 for a notice. */
type DeliveredParts = Map<string, Set<number>>;

const NOTICE = -1;
const MINUTE_MS = 60_000;

/** The messages that arrived, each checked at that moment. */
export interface DeliveryPromises {
  readonly onMessage: OnMessage;
  isDelivered(channel: string, scope: string, commit: StoredCommit): boolean;
}

/** Messages arrive once, in order and not too fast, and possible repeats are labelled. */
export function deliveryPromises(
  { receivers, isSteady }: Truth,
  { journalOf, cursorOf }: Written,
  { tally, violated }: Results,
): DeliveryPromises {
  const delivered = new Map<string, DeliveredParts>(receivers.map(({ name }) => [name, new Map()]));
  /** Channels and commits of messages whose senders got no answer. */
  const unanswered = new Set<string>();
  /** Channel → arrival times of the messages of the last minute. */
  const arrivals = new Map<string, readonly number[]>();

  const onMessage: OnMessage = (run, channel, message, { accepted, isAnswered }) => {
    const what = `${channel} by ${run.tickId}`;
    const cursor = cursorOf(channel);
    for (const { scope, seq, notice } of message.commits) {
      if (notice?.kind === 'channel-failing' && notice.channel === channel)
        violated(`${what}: it was sent its own failure`);
      const place = cursor[scope];
      if (place === undefined)
        violated(`${what}: ${scope} was delivered before the channel was registered`);
      else if (seq <= place.seq)
        violated(`${what}: ${scope}/${seq} was sent although it was delivered`);
    }
    if (isSteady) {
      checkReason(what, channel, message);
      checkRate(what, channel, run.time.now());
    }
    if (!isAnswered) {
      for (const { scope, seq } of message.commits) unanswered.add(`${channel} ${scope}/${seq}`);
    }
    if (accepted) take(what, channel, message);
  };

  /** Only a message that was sent before and not answered is labelled as a possible repeat. */
  function checkReason(what: string, channel: string, { isRepeat, commits }: Message): void {
    const isExpected = commits.some(({ scope, seq }) =>
      unanswered.has(`${channel} ${scope}/${seq}`),
    );
    if (isRepeat && !isExpected) violated(`${what}: a repeat without a reason`);
  }

  /** A receiver never gets more messages than its limit, whichever run sends them. */
  function checkRate(what: string, channel: string, nowMs: number): void {
    const { name, messagesPerMinute } = receiverOf(channel);
    const recent = (arrivals.get(name) ?? []).filter((atMs) => atMs > nowMs - MINUTE_MS);
    arrivals.set(name, [...recent, nowMs]);
    if (recent.length >= messagesPerMinute)
      violated(`${what}: more messages than the limit per minute`);
  }

  function receiverOf(channel: string): Receiver {
    const receiver = receivers.find(({ name }) => name === channel);
    if (receiver === undefined) throw new RangeError(`there is no channel ${channel}`);
    return receiver;
  }

  function take(what: string, channel: string, message: Message): void {
    tally.messages += 1;
    if (message.isRepeat) tally.repeats += 1;
    const known = delivered.get(channel) ?? new Map<string, Set<number>>();
    for (const commit of message.commits) {
      const id = `${commit.scope}/${commit.seq}`;
      const stored = journalOf(commit.scope).commits[commit.seq - 1];
      const first = message.part.firstChange;
      const places =
        commit.notice === undefined ? commit.changes.map((_, index) => first + index) : [NOTICE];
      for (const [index, { instanceId, from, to }] of commit.changes.entries()) {
        const original = stored?.changes[first + index];
        if (original?.instanceId !== instanceId || original.from !== from || original.to !== to) {
          violated(`${what}: ${id} was not delivered as it is stored`);
        }
      }
      const before = known.get(id) ?? new Set<number>();
      if (!message.isRepeat && places.some((place) => before.has(place))) {
        violated(`${what}: ${id} arrived twice without a label`);
      }
      known.set(id, new Set([...before, ...places]));
      checkOrder(what, channel, commit.scope, commit.seq);
    }
  }

  /** Every earlier commit was delivered before this one. */
  function checkOrder(what: string, channel: string, scope: string, seq: number): void {
    for (const earlier of journalOf(scope)
      .commits.slice(0, seq - 1)
      .reverse()) {
      if (!isNews(earlier, channel)) continue;
      if (!isDelivered(channel, scope, earlier))
        violated(`${what}: ${scope}/${seq} arrived before ${scope}/${earlier.seq}`);
      // The commits before that one were checked when it arrived.
      return;
    }
  }

  function isDelivered(
    channel: string,
    scope: string,
    { seq, changes, notice }: StoredCommit,
  ): boolean {
    const places = delivered.get(channel)?.get(`${scope}/${seq}`);
    return places !== undefined && (notice !== undefined || places.size === changes.length);
  }

  return { onMessage, isDelivered };
}
