import type { Message } from '../../../shared/core/message.ts';
import type { RuleSet, Subject } from '../rules.ts';
import type { LivingRun } from '../run.ts';
import type { StoredChange } from './stored.ts';
import type { Results, Truth } from './truth.ts';
import { isNews, type StoredCommit, type Written } from './written.ts';

/** A notice, or one change, as it is stored. */
export interface StoredItem extends Subject {
  /** `scope/seq instanceId` of a change, and `scope/seq` of a notice. */
  readonly key: string;
  readonly commit: StoredCommit;
}

export interface RulePromises {
  /** Is the channel to be sent it, whichever deployment since it was written serves the channel? */
  isOwed(channel: string, item: StoredItem): boolean;
  /**
   * A state that ECS leaves by itself, of which the channel is not sent the end: it is not said to
   * last, and so it is not said at all.
   */
  isLetGo(channel: string, item: StoredItem, run?: LivingRun): boolean;
  /** No mute has ever held it, and one deployment alone has served it. */
  isPlain(channel: string, item: StoredItem): boolean;
  /** Does a mute that goes on hold it, so that a later one may be shown before it? */
  isHeldBack(run: LivingRun, channel: string, item: StoredItem): boolean;
  /** A mute holds it, or one may, around this time. */
  isWaiting(channel: string, item: StoredItem, nowMs: number): boolean;
  /** Is a mute to say it, now or when it is over? */
  isMuted(channel: string, key: string): boolean;
  /** Rules were changed since: a summary may repeat what was shown. */
  mayRepeat(commit: StoredCommit): boolean;
  checkMessage(what: string, run: LivingRun, channel: string, message: Message): void;
  /** A chat has shown it. */
  onShown(channel: string, key: string): void;
  /** A summary has been shown: nothing else was to be in it. */
  checkSummary(what: string, run: LivingRun, channel: string, message: Message): void;
  /** A channel's row was written. `isDone`: it was delivered, is held back, or was set aside. */
  onPassed(run: LivingRun, channel: string, isDone: (item: StoredItem) => boolean): void;
}

/** States that ECS leaves by itself. */
export const PASSING: readonly (string | null)[] = ['Pending', 'Starting', 'Stopping'];
/** A run ends within this time, and its first and last look at the clock differ by no more. */
const RUN_MS = 60_000;

/** What routes keep from a channel is never sent there, and what a mute holds is sent when it is over. */
export function rulePromises(
  { receivers, rules, isClockRight, nowMs: trueNowMs }: Truth,
  { journalOf, cursorOf, heldOf }: Written,
  { tally, violated }: Results,
): RulePromises {
  /** Channel → key → what its cursor has passed and a mute holds. */
  const muted = new Map<string, Map<string, StoredItem>>(
    receivers.map(({ name }) => [name, new Map()]),
  );
  const everMuted = new Set<string>();
  /** Channel → scope → the last commit that its cursor has passed. */
  const passed = new Map<string, Map<string, number>>();

  function mutedOf(channel: string): Map<string, StoredItem> {
    return muted.get(channel) ?? new Map();
  }

  function isChat(channel: string): boolean {
    return receivers.some(({ name, style }) => name === channel && style === 'digest');
  }

  function isOwed(channel: string, item: StoredItem): boolean {
    return rules
      .since(item.commit.writtenAtMs)
      .every(({ routeOf }) => routeOf(channel, item) !== null);
  }

  function isLetGo(channel: string, item: StoredItem, run?: LivingRun): boolean {
    const { scope, commit, change } = item;
    if (change === null || !PASSING.includes(change.to) || !isChat(channel)) return false;
    const next = journalOf(scope)
      .commits.slice(commit.seq)
      .flatMap((later) => itemsIn(scope, later))
      .find((later) => isSameInstance(item, later));
    if (next === undefined) return false;
    return (
      !isOwed(channel, next) ||
      everMuted.has(`${channel} ${next.key}`) ||
      (run !== undefined && isCoveredInPart(run, channel, next)) ||
      isLetGo(channel, next, run)
    );
  }

  /** Does a mute of these rules hold it at one of these times? */
  function isCovered(
    { routeOf, isMuted }: RuleSet,
    channel: string,
    item: StoredItem,
    ...times: readonly (number | 'ever')[]
  ): boolean {
    const route = routeOf(channel, item);
    if (route === null || !isChat(channel)) return false;
    return times.some((time) => isMuted(channel, route, item.change === null, time));
  }

  /** During a part of the run; with a wrong clock, that may be any time. */
  function isCoveredInPart(run: LivingRun, channel: string, item: StoredItem): boolean {
    const times = isClockRight ? [run.startMs, run.runtime.now()] : (['ever'] as const);
    return isCovered(run.rules, channel, item, ...times);
  }

  function isCoveredThroughout(run: LivingRun, channel: string, item: StoredItem): boolean {
    const times = [run.startMs, run.runtime.now()];
    return isClockRight && times.every((time) => isCovered(run.rules, channel, item, time));
  }

  function checkMessage(what: string, run: LivingRun, channel: string, message: Message): void {
    const items = storedItemsOf(message);
    const isHeld = heldIn(channel);
    const instances = new Set(items.map(({ scope, change }) => `${scope} ${change?.instanceId}`));
    const room = receivers.find(({ name }) => name === channel)?.settling?.maxInstances ?? 200;
    for (const item of items) {
      const { key, commit } = item;
      const sets = isHeld(item) ? rules.since(commit.writtenAtMs) : [run.rules];
      if (sets.every(({ routeOf }) => routeOf(channel, item) === null))
        violated(`${what}: ${key} was sent, but the routes send it elsewhere`);
      if (mutedOf(channel).has(key) && message.muted === undefined)
        violated(`${what}: ${key} was muted, and is not sent by a summary`);
      if (!isCoveredThroughout(run, channel, item)) continue;
      // What was held back before the mute goes along with the instance, and is sent if it is too much.
      const isAlong = items.some(
        (other) => isSameInstance(item, other) && !isCoveredThroughout(run, channel, other),
      );
      const isExcused = message.isRepeat || isAlong || instances.size > room || mayRepeat(commit);
      if (!(isHeld(item) && isExcused)) violated(`${what}: ${key} was sent, but it is muted`);
    }
  }

  function heldIn(channel: string): (item: StoredItem) => boolean {
    const held = new Set(
      heldOf(channel).flatMap(({ scope, instanceId, changes }) =>
        changes.map(({ seq }) => `${scope}/${seq} ${instanceId}`),
      ),
    );
    return ({ key }) => held.has(key);
  }

  function storedItemsOf({ commits }: Message): readonly StoredItem[] {
    return commits.flatMap(({ scope, seq, notice, changes }) => {
      const commit = journalOf(scope).commits[seq - 1];
      if (commit === undefined) return [];
      const ids = new Set(changes.map(({ instanceId }) => instanceId));
      return itemsIn(scope, commit).filter(
        ({ change }) => notice !== undefined || (change !== null && ids.has(change.instanceId)),
      );
    });
  }

  function checkSummary(what: string, run: LivingRun, channel: string, message: Message): void {
    const items = storedItemsOf(message);
    const keys = new Set(items.map(({ key }) => key));
    const scopes = new Set(items.map(({ scope }) => scope));
    for (const item of items) checkStanding(what, run, channel, item, keys);
    const counted = new Set(
      (message.standings ?? []).map((one) => `${one.scope} ${one.instanceId}`),
    );
    for (const item of mutedOf(channel).values()) {
      const { key, scope, commit, change } = item;
      const isOther = !scopes.has(scope) || mayRepeat(commit) || keys.has(key);
      // A flapping instance is counted in place of its changes, and no later summary owes them.
      const isCounted = counted.has(`${scope} ${change?.instanceId}`);
      if (isCounted) mutedOf(channel).delete(key);
      if (isOther || isCounted || isCoveredInPart(run, channel, item)) continue;
      violated(`${what}: the summary leaves out ${key}`);
    }
  }

  /** The summary ends with the last state that the channel is sent of an instance. */
  function checkStanding(
    what: string,
    run: LivingRun,
    channel: string,
    item: StoredItem,
    shown: ReadonlySet<string>,
  ): void {
    const { scope, commit, change } = item;
    const end = cursorOf(channel)[scope]?.seq ?? 0;
    if (change === null || !isClockRight) return;
    const unsaid = journalOf(scope)
      .commits.slice(commit.seq, end)
      .flatMap((later) => itemsIn(scope, later))
      .filter((later) => isSameInstance(item, later) && isOwed(channel, later))
      .filter(({ key }) => !shown.has(key) && !everMuted.has(`${channel} ${key}`))
      .filter((later) => !isCoveredInPart(run, channel, later) && !mayRepeat(later.commit));
    const last = unsaid.at(-1);
    if (last !== undefined && !isLetGo(channel, last, run))
      violated(`${what}: the summary ends with ${item.key}, but ${last.key} was later`);
  }

  function onPassed(run: LivingRun, channel: string, isDone: (item: StoredItem) => boolean): void {
    const before = passed.get(channel) ?? new Map<string, number>();
    passed.set(channel, before);
    for (const [scope, { seq }] of Object.entries(cursorOf(channel))) {
      const commits = journalOf(scope).commits.slice(before.get(scope) ?? 0, seq);
      before.set(scope, seq);
      for (const commit of commits.filter((one) => isNews(one, channel))) {
        for (const item of itemsIn(scope, commit)) {
          if (!isDone(item)) pass(run, channel, item);
        }
      }
    }
  }

  function pass(run: LivingRun, channel: string, item: StoredItem): void {
    if (isCoveredInPart(run, channel, item)) {
      mutedOf(channel).set(item.key, item);
      everMuted.add(`${channel} ${item.key}`);
      tally.muted += 1;
    } else if (isOwed(channel, item) && !isLetGo(channel, item, run)) {
      violated(`${run.tickId}: the cursor of ${channel} passed ${item.key}, which it was not sent`);
    } else {
      tally.routed += 1;
    }
  }

  function mayRepeat({ writtenAtMs }: StoredCommit): boolean {
    return rules.since(writtenAtMs).length > 1;
  }

  return {
    isOwed,
    isLetGo,
    isPlain: (channel, item) =>
      isOwed(channel, item) && !everMuted.has(`${channel} ${item.key}`) && !mayRepeat(item.commit),
    isHeldBack: (run, channel, item) =>
      isCoveredInPart(run, channel, item) ||
      (mutedOf(channel).has(item.key) && mayRepeat(item.commit)),
    isWaiting: (channel, item, nowMs) =>
      rules
        .since(item.commit.writtenAtMs)
        .some((set) => isCovered(set, channel, item, nowMs, nowMs - RUN_MS)) ||
      // What was held under other rules keeps the route that it came by.
      ((mutedOf(channel).has(item.key) || mayRepeat(item.commit)) &&
        rules.isAnyMuteOn(trueNowMs())),
    isMuted: (channel, key) => mutedOf(channel).has(key),
    mayRepeat,
    checkMessage,
    onShown: (channel, key) => void mutedOf(channel).delete(key),
    checkSummary,
    onPassed,
  };
}

export function itemsIn(scope: string, commit: StoredCommit): readonly StoredItem[] {
  const { seq, notice, changes } = commit;
  if (notice !== undefined)
    return [{ scope, key: `${scope}/${seq}`, commit, change: null, notice }];
  return changes.map((change) => itemOf(scope, commit, change));
}

export function itemOf(scope: string, commit: StoredCommit, change: StoredChange): StoredItem {
  const key = `${scope}/${commit.seq} ${change.instanceId}`;
  return { scope, key, commit, change, notice: undefined };
}

function isSameInstance(one: StoredItem, other: StoredItem): boolean {
  return (
    one.change !== null &&
    one.scope === other.scope &&
    one.change.instanceId === other.change?.instanceId
  );
}
