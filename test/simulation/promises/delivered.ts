import type { Message } from '../../../shared/core/message.ts';
import type { OnMessage, Receiver } from '../receivers.ts';
import { isWithoutJournal, type StorePromises } from './informed.ts';
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
  { journalOf, cursorOf, setAsideOf }: Written,
  onLastResort: StorePromises['onLastResort'],
  { tally, violated }: Results,
): DeliveryPromises {
  const delivered = new Map<string, DeliveredParts>(receivers.map(({ name }) => [name, new Map()]));
  /** Channels and commits of messages whose senders got no answer. */
  const unanswered = new Set<string>();
  /** The same, with the part of the commit. */
  const unansweredParts = new Set<string>();
  /** Channel → refused commit → whether another one was accepted later. */
  const refusals = new Map<string, Map<string, boolean>>();
  /** Channel → arrival times of the messages of the last minute. */
  const arrivals = new Map<string, readonly number[]>();

  const onMessage: OnMessage = (run, channel, message, { accepted, isAnswered }) => {
    const what = `${channel} by ${run.tickId}`;
    if (isWithoutJournal({ message })) {
      if (accepted) tally.lastResorts += 1;
      onLastResort(run, channel);
      return;
    }
    const cursor = cursorOf(channel);
    for (const { scope, seq, notice } of message.commits) {
      const stored = journalOf(scope).commits[seq - 1];
      if (notice?.kind === 'channel-failing' && notice.channel === channel)
        violated(`${what}: it was sent its own failure`);
      else if (stored !== undefined && !isNews(stored, channel))
        violated(`${what}: ${scope}/${seq} was sent, but is no news`);
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
    checkLabel(what, channel, message);
    if (!isAnswered) {
      for (const { scope, seq } of message.commits) {
        unanswered.add(`${channel} ${scope}/${seq}`);
        unansweredParts.add(`${channel} ${scope}/${seq}.${message.part.index}`);
      }
    }
    for (const { scope, seq } of message.commits) {
      noteProof(channel, `${scope}/${seq}`, accepted, isAnswered);
    }
    if (accepted) take(what, channel, message);
  };

  /** What a receiver accepted after it had refused an event: without it, none may be set aside. */
  function noteProof(channel: string, id: string, accepted: boolean, isAnswered: boolean): void {
    const refused = refusals.get(channel) ?? new Map<string, boolean>();
    refusals.set(channel, refused);
    if (accepted) for (const other of refused.keys()) if (other !== id) refused.set(other, true);
    if (!accepted && isAnswered && !refused.has(id)) refused.set(id, false);
  }

  /** Only a message that was sent before and not answered is labelled as a possible repeat. */
  function checkReason(what: string, channel: string, { isRepeat, commits }: Message): void {
    const isExpected = commits.some(({ scope, seq }) =>
      unanswered.has(`${channel} ${scope}/${seq}`),
    );
    if (isRepeat && !isExpected) violated(`${what}: a repeat without a reason`);
  }

  /** A message that may have been shown is labelled when it is sent again, shown or not. */
  function checkLabel(what: string, channel: string, { isRepeat, commits, part }: Message): void {
    const sent = commits.find(({ scope, seq }) =>
      unansweredParts.has(`${channel} ${scope}/${seq}.${part.index}`),
    );
    if (sent !== undefined && !isRepeat)
      violated(`${what}: ${sent.scope}/${sent.seq} may have been shown and has no label`);
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
      for (const [index, { instanceId, from, to, returned }] of commit.changes.entries()) {
        const original = stored?.changes[first + index];
        const isSame = original?.instanceId === instanceId && original.returned === returned;
        if (!isSame || original.from !== from || original.to !== to) {
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

  /** Every earlier commit was delivered before this one; at an endpoint, of the same instances. */
  function checkOrder(what: string, channel: string, scope: string, seq: number): void {
    const { commits } = journalOf(scope);
    const own = commits[seq - 1];
    const ids = new Set(own?.changes.map(({ instanceId }) => instanceId));
    const mayPass = receiverOf(channel).style === 'commits' && own?.notice === undefined;
    for (const earlier of commits.slice(0, seq - 1)) {
      if (!isNews(earlier, channel) || isDelivered(channel, scope, earlier)) continue;
      const isOther = !earlier.changes.some(({ instanceId }) => ids.has(instanceId));
      if (!(mayPass && isOther))
        violated(`${what}: ${scope}/${seq} arrived before ${scope}/${earlier.seq}`);
    }
  }

  function isDelivered(channel: string, scope: string, commit: StoredCommit): boolean {
    const { seq, changes, notice } = commit;
    const id = `${scope}/${seq}`;
    if (setAsideOf(channel).has(id)) {
      if (refusals.get(channel)?.get(id) !== true)
        violated(`${channel}: ${id} was set aside without a proof`);
      return true;
    }
    const places = delivered.get(channel)?.get(id);
    if (places === undefined) return false;
    return notice !== undefined || places.size === changes.length;
  }

  return { onMessage, isDelivered };
}
