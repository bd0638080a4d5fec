import type { MessageChange, MessageCommit } from '../../../core/message.ts';
import { own } from '../../../core/own.ts';
import { clocksOf, type Interval, intervalAt, type Mute } from './mutes.ts';
import { DEFAULT_ROUTE, type Route, routesFor, routeTo, subjectsOf } from './routes.ts';

/**
 * People that one message mentions. Of 64 characters each, they leave WeCom's 4,096 bytes room for news.
 * Source: WeCom "Group robot", markdown content.
 */
export const MAX_MENTIONS = 20;

/** Name of a person → kind of channel → the id of the person there. */
export type People = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A person as a channel mentions them: by the id there, or not at all, where there is none. */
export interface Mentioned {
  /** As the route names them. */
  readonly name: string;
  readonly id?: string;
  /** What the table or the route has in place of an id, and no receiver of the kind can mention. */
  readonly unfit?: string;
}

/** What a configuration says of where changes go, and when. */
export interface DeliveryRules {
  readonly routes: readonly Route[];
  readonly mutes: readonly Mute[];
  /** Absent: none. */
  readonly fallbacks?: readonly Fallback[];
  /** Who is who at each kind of receiver. Absent: routes name ids. */
  readonly people?: People;
  /** Another one whenever anything in them is another. */
  readonly version: string;
}

/** A chat that is sent the messages of another one, once that has failed for so long, and nothing else. */
export interface Fallback {
  readonly channel: string;
  readonly to: string;
  readonly afterMs: number;
}

/** The rules as they are for one channel. */
export interface ChannelPolicy {
  readonly version: string;
  /** Of the channel. */
  readonly kind: string;
  /** What of a commit is for this channel; null: nothing. */
  share(commit: MessageCommit): MessageCommit | null;
  /** Those that may hold back what the channel is sent. */
  readonly mutes: readonly ChannelMute[];
  /** What takes over when it fails. Absent: nothing does. */
  readonly fallback?: Fallback;
  /** The channels whose fallback it is: it is sent nothing of its own then. */
  readonly standsInFor: readonly string[];
  /**
   * People to mention in a message of these commits. `of`: the kind of the channel whose message it is, by
   * default this one: an id that a route names is one there, and a person of the table has one at each kind.
   */
  mentionsIn(commits: readonly MessageCommit[], of?: string): readonly string[];
  /** All that any of its routes mentions; of a fallback, any route of a channel that it stands in for. */
  readonly mentioned: readonly Mentioned[];
}

/** Is a channel sent nothing of its own, only what others cannot take? */
export function isFallback(policy: Pick<ChannelPolicy, 'standsInFor'> | undefined): boolean {
  return policy !== undefined && policy.standsInFor.length > 0;
}

/** One mute, as it is for one channel. */
export interface ChannelMute {
  readonly name: string;
  /** The stretch that is going on; null: it is not muted now. */
  intervalAt(nowMs: number): Interval | null;
  covers(subject: { readonly route?: string; readonly isNotice: boolean }): boolean;
}

/** What is known of the receivers, for the ids of people there. */
export interface Receivers {
  /** Name of a channel → its kind. A channel that is missing has its kind as its name. */
  readonly kinds?: ReadonlyMap<string, string>;
  /** Absent: any id can be mentioned. */
  canMention?(kind: string, id: string): boolean;
}

/** The rules as they are for one channel. */
export function channelPolicy(
  channel: string,
  { routes, mutes, fallbacks = [], people = {}, version }: DeliveryRules,
  { kinds = new Map(), canMention = () => true }: Receivers = {},
): ChannelPolicy {
  const kindOf = (name: string): string => kinds.get(name) ?? name;
  const kind = kindOf(channel);
  const mentionedBy = (taking: readonly Route[], of = kind): readonly Mentioned[] =>
    [...new Set(taking.flatMap(({ mentions = [] }) => mentions))].map((name) => {
      const person = own(people, name);
      const id = person !== undefined ? own(person, kind) : of === kind ? name : undefined;
      if (id === undefined) return { name };
      return canMention(kind, id) ? { name, id } : { name, unfit: id };
    });
  const mentionedFor = (name: string): readonly Mentioned[] =>
    mentionedBy(
      routes.filter(({ channels }) => channels.includes(name)),
      kindOf(name),
    );
  // A run plans message after message from the same commits, and each is routed once.
  const shares = new WeakMap<MessageCommit, { readonly share: MessageCommit | null }>();
  const clocks = clocksOf(mutes);
  const byName = new Map(routes.map((route) => [route.name, route]));
  const fallback = fallbacks.find((one) => one.channel === channel);
  const standsInFor = fallbacks.filter(({ to }) => to === channel).map((one) => one.channel);
  return {
    version,
    kind,
    ...(fallback && { fallback }),
    standsInFor,
    share(commit) {
      if (standsInFor.length > 0) return null;
      if (routes.length === 0) return commit;
      const known = shares.get(commit) ?? { share: shareOf(commit, channel, routes) };
      shares.set(commit, known);
      return known.share;
    },
    mutes: mutes
      .filter(({ channels }) => channels === undefined || channels.includes(channel))
      .map((mute) => {
        const clock = clocks.get(mute.zone);
        if (clock === undefined) throw new RangeError(`there is no clock of ${mute.zone}`);
        return {
          name: mute.name,
          intervalAt: (nowMs) => intervalAt(mute, clock, nowMs),
          covers: ({ route = DEFAULT_ROUTE, isNotice }) =>
            (!isNotice || mute.holdsNotices === true) &&
            (mute.routes === undefined || mute.routes.includes(route)),
        };
      }),
    mentionsIn(commits, of) {
      const names = commits.flatMap(({ route, changes }) => [
        route,
        ...changes.map((change) => change.route),
      ]);
      const taking = [...new Set(names)].flatMap((name = '') => byName.get(name) ?? []);
      const ids = mentionedBy(taking, of).flatMap(({ id }) => id ?? []);
      return [...new Set(ids)].slice(0, MAX_MENTIONS);
    },
    mentioned: eachOnce([channel, ...standsInFor].flatMap(mentionedFor)),
  };
}

/** Of several channels, one may name a person by an id, and another by the table. */
function eachOnce(all: readonly Mentioned[]): readonly Mentioned[] {
  const byName = new Map<string, Mentioned>();
  for (const one of all) {
    const before = byName.get(one.name);
    if (before?.id !== undefined) continue;
    byName.set(one.name, one.id === undefined ? { ...before, ...one } : one);
  }
  return [...byName.values()];
}

/** The part of a commit that its routes send to a channel. */
function shareOf(
  commit: MessageCommit,
  channel: string,
  routes: readonly Route[],
): MessageCommit | null {
  const subjects = subjectsOf(commit);
  // Details alone: whether they are news is for a later stage.
  if (subjects.length === 0) return commit;
  const taken = subjects.map((subject) => routeTo(routesFor(subject, routes), channel));
  if (taken.every((route) => route === null)) return null;
  if (commit.notice !== undefined) return { ...commit, ...nameOf(taken[0]) };
  return {
    ...commit,
    changes: commit.changes.flatMap((change, index) => routed(change, index, taken[index])),
    all: commit.changes,
  };
}

type Taken = Route | typeof DEFAULT_ROUTE | null | undefined;

function routed(change: MessageChange, index: number, route: Taken): readonly MessageChange[] {
  if (route === null || route === undefined) return [];
  const severities = route === DEFAULT_ROUTE ? undefined : route.severities;
  return [{ ...change, index, ...nameOf(route), ...(severities && { severities }) }];
}

function nameOf(route: Taken): { readonly route?: string } {
  return typeof route === 'object' && route !== null ? { route: route.name } : {};
}
