import type { Message } from '../../../shared/core/message.ts';
import type { OnMessage, Receiver } from '../receivers.ts';
import type { Book, Witnessed } from './witnessed.ts';
import { isNews, type StoredCommit, type Written } from './written.ts';

/** What a channel has taken of one commit: the places of its changes, or −1 for a notice. */
type Told = Map<string, Set<number>>;

const NOTICE = -1;
const MINUTE_MS = 60_000;

/** Messages as they arrived. */
export interface ToldPromises {
  readonly onMessage: OnMessage;
  isTold(channel: string, scope: string, commit: StoredCommit): boolean;
}

/** Of what is told: once, in order, not too fast, and labelled where it may be a repeat. */
export function toldPromises(
  { receivers, isSteady }: Witnessed,
  { journalOf, cursorOf }: Written,
  { tally, violated }: Book,
): ToldPromises {
  const told = new Map<string, Told>(receivers.map(({ name }) => [name, new Map()]));
  /** Channels and commits of messages of whose fate their sender never heard. */
  const unheard = new Set<string>();
  /** Channel → when messages of the last minute arrived. */
  const arrivals = new Map<string, readonly number[]>();

  const onMessage: OnMessage = (run, channel, message, { accepted, isHeard }) => {
    const what = `${channel} by ${run.tickId}`;
    const cursor = cursorOf(channel);
    for (const { scope, seq } of message.commits) {
      const place = cursor[scope];
      if (place === undefined)
        violated(`${what}: ${scope} was told before the channel had a place`);
      else if (seq <= place.seq) violated(`${what}: ${scope}/${seq} was sent though delivered`);
    }
    if (isSteady) {
      checkReason(what, channel, message);
      checkRate(what, channel, run.time.now());
    }
    if (!isHeard) {
      for (const { scope, seq } of message.commits) unheard.add(`${channel} ${scope}/${seq}`);
    }
    if (accepted) take(what, channel, message);
  };

  /** Only what was sent before, and never heard of, is called a possible repeat. */
  function checkReason(what: string, channel: string, { isRepeat, commits }: Message): void {
    const isExpected = commits.some(({ scope, seq }) => unheard.has(`${channel} ${scope}/${seq}`));
    if (isRepeat && !isExpected) violated(`${what}: a repeat without a reason`);
  }

  /** A receiver that counts is never sent more than it allows, whichever run sends. */
  function checkRate(what: string, channel: string, nowMs: number): void {
    const { name, messagesPerMinute } = receiverOf(channel);
    const recent = (arrivals.get(name) ?? []).filter((atMs) => atMs > nowMs - MINUTE_MS);
    arrivals.set(name, [...recent, nowMs]);
    if (recent.length >= messagesPerMinute)
      violated(`${what}: more messages than a minute may see`);
  }

  function receiverOf(channel: string): Receiver {
    const receiver = receivers.find(({ name }) => name === channel);
    if (receiver === undefined) throw new RangeError(`there is no channel ${channel}`);
    return receiver;
  }

  function take(what: string, channel: string, message: Message): void {
    tally.messages += 1;
    if (message.isRepeat) tally.repeats += 1;
    const known = told.get(channel) ?? new Map<string, Set<number>>();
    for (const commit of message.commits) {
      const id = `${commit.scope}/${commit.seq}`;
      const stored = journalOf(commit.scope).commits[commit.seq - 1];
      const first = message.part.firstChange;
      const places =
        commit.notice === undefined ? commit.changes.map((_, index) => first + index) : [NOTICE];
      for (const [index, { instanceId, from, to }] of commit.changes.entries()) {
        const original = stored?.changes[first + index];
        if (original?.instanceId !== instanceId || original.from !== from || original.to !== to) {
          violated(`${what}: ${id} was told otherwise than it is stored`);
        }
      }
      const before = known.get(id) ?? new Set<number>();
      if (!message.isRepeat && places.some((place) => before.has(place))) {
        violated(`${what}: ${id} came twice without a label`);
      }
      known.set(id, new Set([...before, ...places]));
      checkOrder(what, channel, commit.scope, commit.seq);
    }
  }

  /** Whatever lies before a commit has been told before it. */
  function checkOrder(what: string, channel: string, scope: string, seq: number): void {
    for (const earlier of journalOf(scope)
      .commits.slice(0, seq - 1)
      .reverse()) {
      if (!isNews(earlier)) continue;
      if (!isTold(channel, scope, earlier))
        violated(`${what}: ${scope}/${seq} came before ${scope}/${earlier.seq}`);
      // What lies before that one was checked when it came.
      return;
    }
  }

  function isTold(channel: string, scope: string, { seq, changes, notice }: StoredCommit): boolean {
    const places = told.get(channel)?.get(`${scope}/${seq}`);
    return places !== undefined && (notice !== undefined || places.size === changes.length);
  }

  return { onMessage, isTold };
}
