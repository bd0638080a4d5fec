import type { Message } from '../../../shared/core/message.ts';
import type { OnMessage, Receiver } from '../receivers.ts';
import type { LivingRun } from '../run.ts';
import { type ChatPromises, chatPromises } from './chats.ts';
import { isWithoutJournal, type StorePromises } from './informed.ts';
import { pagerPromises } from './pagers.ts';
import { remindedPromises } from './reminded.ts';
import { itemOf, itemsIn, rulePromises } from './ruled.ts';
import { type StoodInPromises, stoodInPromises } from './stood-in.ts';
import type { Results, Truth } from './truth.ts';
import { isNews, type StoredCommit, type Written } from './written.ts';

/** The parts of each commit that a channel accepted: indexes of changes, or −1 for a notice. */
type DeliveredParts = Map<string, Set<number>>;

const NOTICE = -1;
const MINUTE_MS = 60_000;
/** No event holds more of a commit. */
const EVENT_BYTES = 20_000;

/** The messages that arrived, each checked at that moment. */
export interface DeliveryPromises {
  readonly onMessage: OnMessage;
  /** A channel's row was written. */
  onChannel(run: LivingRun, channel: string): void;
  isDelivered(channel: string, scope: string, commit: StoredCommit): boolean;
  /** Do the routes leave the channel any of it? */
  isOwed(channel: string, scope: string, commit: StoredCommit): boolean;
  /** Is a message to be sent at once for this commit, which was not delivered? */
  isUrgent(channel: string, scope: string, commit: StoredCommit): boolean;
  readonly onOutcome: StoodInPromises['onOutcome'];
  readonly onReport: ChatPromises['onReport'];
  readonly stillFlapping: ChatPromises['stillFlapping'];
}

/** Messages arrive once, at endpoints in order and not too fast, and possible repeats are labelled. */
export function deliveryPromises(
  truth: Truth,
  written: Written,
  onLastResort: StorePromises['onLastResort'],
  results: Results,
): DeliveryPromises {
  const { receivers, isSteady } = truth;
  const { journalOf, cursorOf, setAsideOf } = written;
  const { tally, violated } = results;
  const ruled = rulePromises(truth, written, results);
  const chats = chatPromises(truth, written, ruled, results);
  const pagers = pagerPromises(truth, written, ruled, results);
  const stoodIn = stoodInPromises(truth, written, results);
  const reminded = remindedPromises(truth, written, results);
  const delivered = new Map<string, DeliveredParts>(receivers.map(({ name }) => [name, new Map()]));
  /** Channels and commits of messages whose senders got no answer. */
  const unanswered = new Set<string>();
  /** The same, with the part of the commit. */
  const unansweredParts = new Set<string>();
  /** Channel → refused commit → whether another one was accepted later. */
  const refusals = new Map<string, Map<string, boolean>>();
  /** Commit → how many parts it has, and the part of each of its changes. */
  const parts = new Map<string, { readonly count: number; readonly of: Map<number, number> }>();
  /** Channel → arrival times of the messages of the last minute. */
  const arrivals = new Map<string, readonly number[]>();

  const onMessage: OnMessage = (run, receiver, message, { accepted, isAnswered }) => {
    if (isWithoutJournal({ message })) {
      if (accepted) tally.lastResorts += 1;
      if (isPager(receiver)) pagers.onMessage(run, receiver, message, { accepted, isAnswered });
      onLastResort(run, receiver);
      return;
    }
    if (isSteady) checkRate(`${receiver} by ${run.tickId}`, receiver, run.time.now());
    if (accepted) tally.messages += 1;
    if (accepted && message.isRepeat) tally.repeats += 1;
    if (message.instead !== undefined) {
      stoodIn.onLine(run, receiver, message, { accepted, isAnswered });
      return;
    }
    stoodIn.onMessage(run, receiver, message, { accepted, isAnswered });
    // What a fallback is sent counts as if the channel itself had been sent it.
    const channel = message.inPlaceOf?.channel ?? receiver;
    const what = `${channel} by ${run.tickId}`;
    reminded.onMessage(run, channel, message, { accepted, isAnswered });
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
      else if (isEndpoint(channel) && seq <= place.seq)
        violated(`${what}: ${scope}/${seq} was sent although it was delivered`);
    }
    // That an incident is over is for every channel that has it, whatever the routes say.
    if (message.incident?.action !== 'resolve') ruled.checkMessage(what, run, channel, message);
    if (isPager(channel)) {
      pagers.onMessage(run, channel, message, { accepted, isAnswered });
      return;
    }
    if (!isEndpoint(channel)) {
      chats.onMessage(run, channel, message, { accepted, isAnswered });
      return;
    }
    if (isSteady) checkReason(what, channel, message);
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
    const known = delivered.get(channel) ?? new Map<string, Set<number>>();
    for (const commit of message.commits) {
      const id = `${commit.scope}/${commit.seq}`;
      const stored = journalOf(commit.scope).commits[commit.seq - 1];
      const places =
        commit.notice === undefined
          ? commit.changes.map(({ index }, place) => index ?? place)
          : [NOTICE];
      for (const [place, { index = place, ...change }] of commit.changes.entries()) {
        const { instanceId, from, to, returned } = change;
        const original = stored?.changes[index];
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
      checkParts(what, id, message);
      checkOrder(what, channel, commit.scope, commit.seq);
    }
  }

  function isPager(channel: string): boolean {
    return receiverOf(channel).style === 'incidents';
  }

  function isEndpoint(channel: string): boolean {
    return receiverOf(channel).style === 'commits';
  }

  /** Every earlier commit of the same instances was delivered before this one. */
  function checkOrder(what: string, channel: string, scope: string, seq: number): void {
    const { commits } = journalOf(scope);
    const own = commits[seq - 1];
    const ids = new Set(own === undefined ? [] : owedIn(channel, scope, own));
    const mayPass = own?.notice === undefined;
    for (const earlier of commits.slice(0, seq - 1)) {
      if (!isNews(earlier, channel) || isDelivered(channel, scope, earlier)) continue;
      const isOther = !owedIn(channel, scope, earlier).some((id) => ids.has(id));
      if (!(mayPass && isOther))
        violated(`${what}: ${scope}/${seq} arrived before ${scope}/${earlier.seq}`);
    }
  }

  /** The instances of those changes of a commit that the channel is sent. */
  function owedIn(channel: string, scope: string, commit: StoredCommit): readonly string[] {
    return commit.changes
      .filter((change) => ruled.isOwed(channel, itemOf(scope, commit, change)))
      .map(({ instanceId }) => instanceId);
  }

  /** The parts of a commit are those of the whole, whatever routes leave of them. */
  function checkParts(what: string, id: string, { commits, part }: Message): void {
    const [{ scope, seq, changes }] = commits as [Message['commits'][number]];
    const all = journalOf(scope).commits[seq - 1]?.changes ?? [];
    const bytes = Buffer.byteLength(JSON.stringify(all));
    const known = parts.get(id) ?? { count: part.count, of: new Map<number, number>() };
    parts.set(id, known);
    const isTooFew = commits[0]?.notice === undefined && part.count < bytes / EVENT_BYTES;
    if (part.count !== known.count || isTooFew)
      violated(`${what}: ${id} has ${part.count} parts, but the whole commit has others`);
    for (const { instanceId } of changes) {
      const place = all.findIndex((change) => change.instanceId === instanceId);
      const before = known.of.get(place) ?? part.index;
      known.of.set(place, part.index);
      const isMixed = [...known.of].some(
        ([other, index]) => (other - place) * (index - part.index) < 0,
      );
      if (before !== part.index || isMixed)
        violated(`${what}: ${id} has ${instanceId} in another part than before`);
    }
  }

  function onChannel(run: LivingRun, channel: string): void {
    stoodIn.onChannel(channel);
    ruled.onPassed(run, channel, (item) => {
      if (isPager(channel)) return pagers.isDone(channel, item);
      if (!isEndpoint(channel)) return chats.isDone(run, channel, item);
      const { scope, change, commit } = item;
      const id = `${scope}/${commit.seq}`;
      const place = change === null ? NOTICE : commit.changes.indexOf(change);
      const places = delivered.get(channel)?.get(id);
      return setAsideOf(channel).has(id) || places?.has(place) === true;
    });
  }

  function isDelivered(channel: string, scope: string, commit: StoredCommit): boolean {
    if (isPager(channel)) return pagers.isSaid(channel, scope, commit);
    if (!isEndpoint(channel)) return chats.isShown(channel, scope, commit);
    const id = `${scope}/${commit.seq}`;
    if (setAsideOf(channel).has(id)) {
      if (refusals.get(channel)?.get(id) !== true)
        violated(`${channel}: ${id} was set aside without a proof`);
      return true;
    }
    const places = delivered.get(channel)?.get(id);
    return itemsIn(scope, commit).every(
      (item, place) =>
        places?.has(item.change === null ? NOTICE : place) === true || !ruled.isOwed(channel, item),
    );
  }

  return {
    onMessage,
    onChannel,
    isDelivered,
    isOwed: (channel, scope, commit) =>
      itemsIn(scope, commit).some((item) => ruled.isOwed(channel, item)),
    isUrgent: (channel, scope, commit) =>
      isEndpoint(channel) || isPager(channel) || chats.isUrgent(channel, scope, commit),
    onOutcome: stoodIn.onOutcome,
    onReport: chats.onReport,
    stillFlapping: () => [...chats.stillFlapping(), ...pagers.openEnds(), ...stoodIn.openEnds()],
  };
}
