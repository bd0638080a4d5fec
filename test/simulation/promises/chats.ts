import type { Message, Standing } from '../../../shared/core/message.ts';
import type { OnMessage, Receiver } from '../receivers.ts';
import type { LivingRun } from '../run.ts';
import { itemOf, itemsIn, PASSING, type RulePromises, type StoredItem } from './ruled.ts';
import type { OnReport } from './scanned.ts';
import type { StoredChange } from './stored.ts';
import type { Results, Truth } from './truth.ts';
import { isNews, type StoredCommit, type Written } from './written.ts';

/** One of these is news when it lasts so long. */
const LASTING_MS = 5 * 60_000;
/** A run ends within it. */
const RUN_MS = 60_000;
/** An instance that goes on flapping is mentioned once in nearly that time: runs differ a little. */
const DAY_MS = (24 * 60 - 5) * 60_000;

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
  /** `scope instanceId` of instances that were said to flap → when that was. */
  readonly flapping: Map<string, number>;
}

export interface ChatPromises {
  readonly onMessage: OnMessage;
  /** All that the channel is to be sent of the commit. */
  isShown(channel: string, scope: string, commit: StoredCommit): boolean;
  /** Was it shown, or is it held back to be shown? */
  isDone(run: LivingRun, channel: string, item: StoredItem): boolean;
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
  { receivers, isSteady, isClockRight, rules, nowMs }: Truth,
  { journalOf, cursorOf, heldOf, onNoteShown }: Written,
  ruled: RulePromises,
  { violated }: Results,
): ChatPromises {
  const shownBy = new Map<string, Shown>();

  function shownIn(channel: string): Shown {
    const known = shownBy.get(channel) ?? {
      news: new Set<string>(),
      folded: new Set<string>(),
      unanswered: new Set<string>(),
      flapping: new Map<string, number>(),
    };
    shownBy.set(channel, known);
    return known;
  }

  const onMessage: OnMessage = (run, channel, message, { accepted, isAnswered }) => {
    const what = `${channel} by ${run.tickId}`;
    const shown = shownIn(channel);
    const items = itemsOf(message);
    for (const [place, item] of items.entries()) {
      // A summary ends with what has happened since to the instances that it is about.
      const isSince =
        message.muted !== undefined &&
        items.slice(0, place).some(({ instance }) => instance === item.instance);
      if (!isSince) checkItem(what, channel, message, item);
    }
    const isReason = ({ key }: Item): boolean =>
      shown.unanswered.has(key) ||
      // A summary may hold again what a mute before it did not hold.
      (message.muted !== undefined && shown.news.has(key));
    // A mute that took over from another one may have begun behind what was sent in between, and
    // while another mute goes on, a message in doubt is not planned as it was.
    const isExcused =
      run.rules.mutesOf(channel) > 0 || items.some(isReason) || items.some(mayRepeat);
    if (isSteady && message.isRepeat && !isExcused) violated(`${what}: a repeat without a reason`);
    if (!isAnswered) for (const { key } of items) shown.unanswered.add(key);
    if (!accepted) return;
    const last = new Map(items.map(({ instance, seq }) => [instance, seq]));
    for (const item of items) {
      const isLast = last.get(item.instance) === item.seq;
      show(what, run, channel, item, message, isLast);
    }
    if (message.muted !== undefined) ruled.checkSummary(what, run, channel, message);
    for (const { key } of items) ruled.onShown(channel, key);
  };

  function mayRepeat({ scope, seq }: Item): boolean {
    const commit = journalOf(scope).commits[seq - 1];
    return commit !== undefined && ruled.mayRepeat(commit);
  }

  function checkItem(
    what: string,
    channel: string,
    { isRepeat, muted }: Message,
    item: Item,
  ): void {
    const { scope, seq, key, instance, standing } = item;
    const shown = shownIn(channel);
    const place = cursorOf(channel)[scope]?.seq ?? 0;
    const isHeld = heldOf(channel).some(
      (one) =>
        `${one.scope} ${one.instanceId}` === instance &&
        one.changes.some((change) => change.seq === seq),
    );
    const isOpen = seq > place || isHeld || ruled.isMuted(channel, key);
    // Its mute may have been replaced, so that it is not known what that one has held.
    if (muted !== undefined && (isRepeat || mayRepeat(item))) return;
    if (!isOpen) violated(`${what}: ${key} was sent although it was delivered`);
    // A message about an instance that flaps shows its last change, whether that was shown or not.
    const isAgain = standing?.kind === 'settled' || shown.flapping.has(instance);
    if (isRepeat || isAgain) return;
    if (shown.unanswered.has(key)) violated(`${what}: ${key} may have been shown and has no label`);
    if (shown.news.has(key)) violated(`${what}: ${key} arrived twice without a label`);
  }

  function show(
    what: string,
    run: LivingRun,
    channel: string,
    { scope, seq, key, instance, change, standing }: Item,
    { isRepeat, muted }: Message,
    isLast: boolean,
  ): void {
    const shown = shownIn(channel);
    shown.news.add(key);
    if (change === null) {
      checkNotices(what, run, channel, scope, seq);
      return;
    }
    const { instanceId } = change;
    const own = historyOf(scope, instanceId).filter((one) => one.seq <= seq);
    const original = own.at(-1)?.change;
    const isSame = original?.from === change.from && original.to === change.to;
    if (!isSame || own.at(-1)?.seq !== seq || original.returned !== change.returned)
      violated(`${what}: ${key} was not delivered as it is stored`);
    else onNoteShown(what, original, change);
    const earlier = own
      .map((one) => itemOf(scope, one.commit, one.change))
      .filter(({ key: id }) => !shown.news.has(id) && !shown.folded.has(id))
      .filter((one) => ruled.isOwed(channel, one));
    const missing = earlier.filter(
      (one) => !ruled.isLetGo(channel, one, run) && !ruled.isHeldBack(run, channel, one),
    );
    const isStanding =
      standing !== undefined && (standing.kind !== 'lasting' || shown.flapping.has(instance));
    if (missing.length > 0 && !(shown.flapping.has(instance) && isStanding))
      violated(`${what}: ${key} hides ${missing.map(({ key: id }) => id)}`);
    for (const { key: id } of isStanding ? earlier : missing) {
      shown.folded.add(id);
      // Only a summary says what a mute holds.
      if (!isStanding || muted !== undefined) ruled.onShown(channel, id);
    }
    // Of several changes of an instance in one message, the last one is what the standing is about.
    // All that has happened is in a summary: nothing is counted any longer.
    if (isLast && muted !== undefined) shown.flapping.delete(instance);
    if (isLast && standing !== undefined)
      checkStanding(what, channel, { key, instance, isRepeat }, own, standing);
  }

  function checkStanding(
    what: string,
    channel: string,
    { key, instance, isRepeat }: Pick<Item, 'key' | 'instance'> & { readonly isRepeat: boolean },
    own: readonly OwnChange[],
    standing: Standing['what'],
  ): void {
    const { flapping } = shownIn(channel);
    const to = own.at(-1)?.change.to ?? null;
    if (standing.kind === 'lasting') {
      if (!PASSING.includes(to)) violated(`${what}: ${key} does not last`);
      flapping.delete(instance);
      return;
    }
    const { flips, sinceMs } = standing;
    const counted = own.filter(
      ({ atMs, change }) => atMs >= sinceMs && !PASSING.includes(change.to),
    );
    // What was not sent here, or only by a summary, does not count.
    const isPlain = own.every((one) =>
      ruled.isPlain(channel, itemOf(scopeOf(instance), one.commit, one.change)),
    );
    if (isClockRight && isPlain && counted.length !== flips)
      violated(`${what}: ${key} counts ${flips} changes, but there were ${counted.length}`);
    const { settling } = receiverOf(channel);
    const isBegun = flapping.has(instance);
    if (standing.kind === 'flapping' && !isBegun && flips < (settling?.flaps.count ?? 0))
      violated(`${what}: ${key} does not flap`);
    const saidMs = flapping.get(instance) ?? 0;
    if (isClockRight && !isRepeat && standing.kind === 'flapping' && nowMs() < saidMs + DAY_MS)
      violated(`${what}: ${key} was said to flap twice in a day`);
    if (standing.kind === 'flapping') flapping.set(instance, nowMs());
    else flapping.delete(instance);
  }

  /** Notices keep their order. */
  function checkNotices(
    what: string,
    run: LivingRun,
    channel: string,
    scope: string,
    seq: number,
  ): void {
    for (const earlier of journalOf(scope).commits.slice(0, seq - 1)) {
      const isOpen =
        earlier.notice !== undefined &&
        isNews(earlier, channel) &&
        !itemsIn(scope, earlier).some((one) => ruled.isHeldBack(run, channel, one));
      if (isOpen && !isShown(channel, scope, earlier))
        violated(`${what}: ${scope}/${seq} arrived before ${scope}/${earlier.seq}`);
    }
  }

  /** A run that has nothing to send leaves nothing behind that was to be sent. */
  const onReport: OnReport = ({ tickId, startMs, rules: { fallback } }, { channels }) => {
    if (!isSteady || !isClockRight) return;
    for (const { channel, outcome } of channels) {
      const { style, settling, quota } = receiverOf(channel);
      if (outcome !== 'idle' || style === 'commits' || quota !== undefined) continue;
      // Its fallback may have a quota.
      if (fallback?.channel === channel && receiverOf(fallback.to).quota !== undefined) continue;
      const longestMs = Math.max(settling?.badMs ?? 0, settling?.goodMs ?? 0, LASTING_MS);
      const overdue = heldOf(channel).filter(
        ({ scope, instanceId, flapping, changes }) =>
          flapping === null &&
          (changes[0]?.atMs ?? startMs) + longestMs < startMs &&
          !changes.some(({ seq }) =>
            historyOf(scope, instanceId).some(
              (one) =>
                one.seq === seq &&
                ruled.isWaiting(channel, itemOf(scope, one.commit, one.change), startMs + RUN_MS),
            ),
          ),
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
    return itemsIn(scope, commit)
      .filter((item) => ruled.isOwed(channel, item) && !ruled.isLetGo(channel, item))
      .every(({ key }) => news.has(key) || folded.has(key));
  }

  function isUrgent(channel: string, scope: string, commit: StoredCommit): boolean {
    const { settling, quota } = receiverOf(channel);
    // In its reserve, bad news waits as well.
    if (quota !== undefined) return false;
    // Whether it is bad news is for the route to say, too.
    if (rules.at(nowMs()).config !== null) return false;
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
    isDone(run, channel, item) {
      const { scope, key, change } = item;
      const { news, folded } = shownIn(channel);
      const isHeld = heldOf(channel).some(
        (one) =>
          one.scope === scope &&
          one.instanceId === change?.instanceId &&
          ((one.flapping !== null && !ruled.isHeldBack(run, channel, item)) ||
            one.changes.some(({ seq }) => key.startsWith(`${scope}/${seq} `))),
      );
      return news.has(key) || folded.has(key) || isHeld;
    },
    isUrgent,
    stillFlapping: () =>
      [...shownBy].flatMap(([channel, { flapping }]) =>
        [...flapping.keys()].map(
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
  const known = new Map(
    standings.map(({ scope, instanceId, what }) => [`${scope} ${instanceId}`, what]),
  );
  return commits.flatMap(({ scope, seq, notice, changes }): readonly Item[] => {
    const common = { scope, seq };
    if (notice !== undefined) {
      const key = `${scope}/${seq}`;
      return [{ ...common, key, instance: '', change: null, standing: undefined }];
    }
    return changes.map((change) => {
      const { instanceId } = change;
      const instance = `${scope} ${instanceId}`;
      const key = `${scope}/${seq} ${instanceId}`;
      return { ...common, key, instance, change, standing: known.get(instance) };
    });
  });
}

function scopeOf(instance: string): string {
  return instance.slice(0, instance.indexOf(' '));
}
