import type { Message, Standing } from '../../../shared/core/message.ts';
import type { OnMessage, Receiver } from '../receivers.ts';
import type { OnReport } from './scanned.ts';
import type { Results, Truth } from './truth.ts';
import { isNews, type StoredChange, type StoredCommit, type Written } from './written.ts';

/** States that ECS leaves by itself. */
const PASSING: readonly (string | null)[] = ['Pending', 'Starting', 'Stopping'];
/** One of these is news when it lasts so long. */
const LASTING_MS = 5 * 60_000;

/** What ran on the instance is down, or it is back although it was said to be released. */
function isBad({ from, to, returned }: StoredChange): boolean {
  if (returned === true) return true;
  if (to === null) return from !== 'Stopped';
  return to === 'Stopped' && from !== null && from !== 'Pending';
}

/** What a chat has shown so far. */
interface Shown {
  /** `scope/seq instanceId` of changes, and `scope/seq` of notices. */
  readonly news: Set<string>;
  /** The same, where a later message about a flapping instance stands for it. */
  readonly folded: Set<string>;
  /** The same, of messages whose senders got no answer. */
  readonly unanswered: Set<string>;
  /** `scope instanceId` of instances that were said to flap. */
  readonly flapping: Set<string>;
}

export interface ChatPromises {
  readonly onMessage: OnMessage;
  isShown(channel: string, scope: string, commit: StoredCommit): boolean;
  /** Is a message to be sent at once for this commit, which was not shown? */
  isUrgent(channel: string, scope: string, commit: StoredCommit): boolean;
  readonly onReport: OnReport;
  /** Instances that flapped, of which nothing says that this is over. */
  stillFlapping(): readonly string[];
}

/**
 * A chat is shown every change once, those of an instance in their order, or a later message about
 * the instance says how many it stands for. What it was shown last of an instance ends up as what the
 * journal says of it.
 */
export function chatPromises(
  { receivers, isSteady, isClockRight }: Truth,
  { journalOf, cursorOf, heldOf }: Written,
  { violated }: Results,
): ChatPromises {
  const shownBy = new Map<string, Shown>();

  function shownIn(channel: string): Shown {
    const known = shownBy.get(channel) ?? {
      news: new Set<string>(),
      folded: new Set<string>(),
      unanswered: new Set<string>(),
      flapping: new Set<string>(),
    };
    shownBy.set(channel, known);
    return known;
  }

  const onMessage: OnMessage = (run, channel, message, { accepted, isAnswered }) => {
    const what = `${channel} by ${run.tickId}`;
    const shown = shownIn(channel);
    const items = itemsOf(message);
    for (const item of items) checkItem(what, channel, message, item);
    if (isSteady && message.isRepeat && !items.some(({ key }) => shown.unanswered.has(key)))
      violated(`${what}: a repeat without a reason`);
    if (!isAnswered) for (const { key } of items) shown.unanswered.add(key);
    if (!accepted) return;
    for (const item of items) show(what, channel, message, item);
  };

  function checkItem(
    what: string,
    channel: string,
    { isRepeat }: Message,
    { scope, seq, key, instance, standing }: Item,
  ): void {
    const shown = shownIn(channel);
    const place = cursorOf(channel)[scope]?.seq ?? 0;
    const isHeld = heldOf(channel).some(
      (one) =>
        `${one.scope} ${one.instanceId}` === instance &&
        one.changes.some((change) => change.seq === seq),
    );
    const isOpen = seq > place || isHeld;
    if (!isOpen) violated(`${what}: ${key} was sent although it was delivered`);
    // A message about an instance that flaps shows its last change, whether that was shown or not.
    const isAgain = standing?.kind === 'settled' || shown.flapping.has(instance);
    if (isRepeat || isAgain) return;
    if (shown.unanswered.has(key)) violated(`${what}: ${key} may have been shown and has no label`);
    if (shown.news.has(key)) violated(`${what}: ${key} arrived twice without a label`);
  }

  function show(
    what: string,
    channel: string,
    message: Message,
    { scope, seq, key, instance, change, standing }: Item,
  ): void {
    const shown = shownIn(channel);
    shown.news.add(key);
    if (change === null) {
      checkNotices(what, channel, scope, seq);
      return;
    }
    const { instanceId } = change;
    const own = historyOf(scope, instanceId).filter((one) => one.seq <= seq);
    const original = own.at(-1)?.change;
    const isSame = original?.from === change.from && original.to === change.to;
    if (!isSame || own.at(-1)?.seq !== seq || original.returned !== change.returned)
      violated(`${what}: ${key} was not delivered as it is stored`);
    const missing = own
      .map((one) => `${scope}/${one.seq} ${instanceId}`)
      .filter((id) => !shown.news.has(id) && !shown.folded.has(id));
    const isStanding = standing?.kind === 'settled' || standing?.kind === 'flapping';
    if (missing.length > 0 && !(shown.flapping.has(instance) && isStanding))
      violated(`${what}: ${key} hides ${missing}`);
    for (const id of missing) shown.folded.add(id);
    // Of several changes of an instance in one message, the last one is what the standing is about.
    const isLast = !itemsOf(message).some((one) => one.instance === instance && one.seq > seq);
    if (isLast && standing !== undefined)
      checkStanding(what, channel, key, own, standing, instance);
  }

  function checkStanding(
    what: string,
    channel: string,
    key: string,
    own: readonly OwnChange[],
    standing: Standing['what'],
    instance: string,
  ): void {
    const { flapping } = shownIn(channel);
    const to = own.at(-1)?.change.to ?? null;
    if (standing.kind === 'lasting') {
      if (!PASSING.includes(to)) violated(`${what}: ${key} does not last`);
      return;
    }
    const { flips, sinceMs } = standing;
    const counted = own.filter(
      ({ atMs, change }) => atMs >= sinceMs && !PASSING.includes(change.to),
    );
    if (isClockRight && counted.length !== flips)
      violated(`${what}: ${key} counts ${flips} changes, but there were ${counted.length}`);
    const { settling } = receiverOf(channel);
    const isBegun = flapping.has(instance);
    if (standing.kind === 'flapping' && !isBegun && flips < (settling?.flaps.count ?? 0))
      violated(`${what}: ${key} does not flap`);
    if (standing.kind === 'flapping') flapping.add(instance);
    else flapping.delete(instance);
  }

  /** Notices keep their order. */
  function checkNotices(what: string, channel: string, scope: string, seq: number): void {
    for (const earlier of journalOf(scope).commits.slice(0, seq - 1)) {
      const isOpen = earlier.notice !== undefined && isNews(earlier, channel);
      if (isOpen && !isShown(channel, scope, earlier))
        violated(`${what}: ${scope}/${seq} arrived before ${scope}/${earlier.seq}`);
    }
  }

  /** A run that has nothing to send leaves nothing behind that was to be sent. */
  const onReport: OnReport = ({ tickId, startMs }, { channels }) => {
    if (!isSteady || !isClockRight) return;
    for (const { channel, outcome } of channels) {
      const { style, settling, quota } = receiverOf(channel);
      if (outcome !== 'idle' || style === 'commits' || quota !== undefined) continue;
      const longestMs = Math.max(settling?.badMs ?? 0, settling?.goodMs ?? 0, LASTING_MS);
      const overdue = heldOf(channel).filter(
        ({ flapping, changes: [first] }) =>
          flapping === null && first !== undefined && first.atMs + longestMs < startMs,
      );
      for (const { scope, instanceId } of overdue)
        violated(`${tickId} held ${instanceId} of ${scope} back from ${channel} for too long`);
    }
  };

  function historyOf(scope: string, instanceId: string): readonly OwnChange[] {
    return journalOf(scope).commits.flatMap((commit) => {
      const { seq, atMs, notice, changes } = commit;
      const change = changes.find((one) => one.instanceId === instanceId);
      return notice !== undefined || change === undefined ? [] : [{ seq, atMs, commit, change }];
    });
  }

  function receiverOf(channel: string): Receiver {
    const receiver = receivers.find(({ name }) => name === channel);
    if (receiver === undefined) throw new RangeError(`there is no channel ${channel}`);
    return receiver;
  }

  function isShown(channel: string, scope: string, commit: StoredCommit): boolean {
    const { news, folded } = shownIn(channel);
    return keysOf(scope, commit).every((key) => news.has(key) || folded.has(key));
  }

  function isUrgent(channel: string, scope: string, commit: StoredCommit): boolean {
    const { settling, quota } = receiverOf(channel);
    // In its reserve, bad news waits as well.
    if (quota !== undefined) return false;
    if (commit.notice !== undefined) return true;
    if ((settling?.badMs ?? 0) > 0) return false;
    const { news, folded, flapping } = shownIn(channel);
    return commit.changes.some((change) => {
      const { instanceId } = change;
      const key = `${scope}/${commit.seq} ${instanceId}`;
      const isOpen = !news.has(key) && !folded.has(key);
      return isOpen && isBad(change) && !flapping.has(`${scope} ${instanceId}`);
    });
  }

  return {
    onMessage,
    onReport,
    isShown,
    isUrgent,
    stillFlapping: () =>
      [...shownBy].flatMap(([channel, { flapping }]) =>
        [...flapping].map(
          (instance) => `nothing says on ${channel} that ${instance} is quiet again`,
        ),
      ),
  };
}

interface OwnChange {
  readonly seq: number;
  readonly atMs: number;
  readonly commit: StoredCommit;
  readonly change: StoredChange;
}

/** A notice, or one change, of a message. */
interface Item {
  readonly scope: string;
  readonly seq: number;
  readonly key: string;
  readonly instance: string;
  readonly change: StoredChange | null;
  readonly standing: Standing['what'] | undefined;
}

function itemsOf({ commits, standings = [] }: Message): readonly Item[] {
  return commits.flatMap(({ scope, seq, notice, changes }): readonly Item[] => {
    const common = { scope, seq };
    if (notice !== undefined) {
      const key = `${scope}/${seq}`;
      return [{ ...common, key, instance: '', change: null, standing: undefined }];
    }
    return changes.map((change) => {
      const { instanceId } = change;
      const isOwn = (one: Standing) => one.scope === scope && one.instanceId === instanceId;
      return {
        ...common,
        key: `${scope}/${seq} ${instanceId}`,
        instance: `${scope} ${instanceId}`,
        change,
        standing: standings.find(isOwn)?.what,
      };
    });
  });
}

function keysOf(scope: string, { seq, notice, changes }: StoredCommit): readonly string[] {
  if (notice !== undefined) return [`${scope}/${seq}`];
  return changes.map(({ instanceId }) => `${scope}/${seq} ${instanceId}`);
}
