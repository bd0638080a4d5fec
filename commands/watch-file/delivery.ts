import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { type ConfiguredChannel, findKind } from '../../shared/channels/index.ts';
import { SETTLING, type Settling } from '../../shared/core/settling.ts';
import type { LocalTime } from '../../shared/delivery/core/message/zone-time.ts';
import type { Mute } from '../../shared/delivery/core/policy/mutes.ts';
import type { DeliveryRules, Fallback, People } from '../../shared/delivery/core/policy/policy.ts';
import type { Match, Route } from '../../shared/delivery/core/policy/routes.ts';
import type { Tree } from '../../shared/lib/tree.ts';
import {
  type channel,
  daysIn,
  durationMsIn,
  type fallback,
  type mute,
  type people as peopleSchema,
  type route,
  type settling,
} from './delivery-schema.ts';

/** Channels, routes, mutes and fallbacks of the file, as the functions have them. */

export function channelOf(entry: z.infer<typeof channel>): ConfiguredChannel {
  const { name, kind, settling, quota, ...settings } = entry;
  const limits = {
    ...(settling && { settling: settlingOf(settling) }),
    ...(quota !== undefined && { quota }),
  };
  const { fileSettings = {} } = findKind(kind) ?? {};
  const isTree = ([setting]: readonly [string, unknown]): boolean =>
    Object.hasOwn(fileSettings, setting);
  const trees = Object.fromEntries(Object.entries(settings).filter(isTree));
  const texts = Object.fromEntries(Object.entries(settings).filter((entry) => !isTree(entry)));
  return {
    name,
    kind,
    settings: texts as Readonly<Record<string, string>>,
    ...(Object.keys(trees).length > 0 && { trees: trees as Readonly<Record<string, Tree>> }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
}

/** What the file leaves out is as it is without a file. */
function settlingOf({ bad, good, flaps }: z.infer<typeof settling>): Settling {
  return {
    ...SETTLING,
    ...(bad !== undefined && { badMs: durationMsIn(bad) }),
    ...(good !== undefined && { goodMs: durationMsIn(good) }),
    ...(flaps && { flaps: { count: flaps.count, withinMs: durationMsIn(flaps.within) } }),
  };
}

export function rulesOf(
  routes: readonly z.infer<typeof route>[],
  mutes: readonly z.infer<typeof mute>[],
  fallbacks: readonly z.infer<typeof fallback>[],
  people?: z.infer<typeof peopleSchema>,
): DeliveryRules | undefined {
  if (routes.length + mutes.length + fallbacks.length === 0) return undefined;
  const rules = {
    routes: routes.map(routeOf),
    mutes: mutes.map(muteOf),
    ...(fallbacks.length > 0 && { fallbacks: fallbacks.map(fallbackOf) }),
    ...(people !== undefined && { people: people as People }),
  };
  const hash = createHash('sha256').update(JSON.stringify(rules)).digest('hex');
  return { ...rules, version: hash.slice(0, 8) };
}

/** A route without a name is named after its place: `routes[2]`. */
function routeOf(entry: z.infer<typeof route>, index: number): Route {
  const { name = `routes[${index}]`, match = {}, channels, mentions, severity } = entry;
  return {
    name,
    match: match as Match,
    channels,
    ...(entry.continue === true && { isContinued: true as const }),
    ...(mentions && { mentions }),
    ...(severity && { severities: severity }),
  };
}

function fallbackOf({ channel, to, after }: z.infer<typeof fallback>): Fallback {
  return { channel, to, afterMs: durationMsIn(after) };
}

const MINUTES_OF_DAY = 24 * 60;

function muteOf(entry: z.infer<typeof mute>): Mute {
  const { name, zone, weekly = [], periods = [], channels, routes, notices } = entry;
  return {
    name,
    zone,
    weekly: weekly.map(({ days, from = '00:00', to = '24:00' }) => ({
      days: [...new Set(days.flatMap((words) => daysIn(words) ?? []))].sort(),
      from: minutesIn(from),
      until: minutesIn(to),
    })),
    periods: periods.map(({ from, to }) => ({ from: localTimeIn(from), until: localTimeIn(to) })),
    ...(channels && { channels }),
    ...(routes && { routes }),
    ...(notices === true && { holdsNotices: true as const }),
  };
}

function minutesIn(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** A date stands for its beginning. */
export function localTimeIn(words: string): LocalTime {
  const [date = '', time = '00:00'] = words.split('T');
  const day = Date.parse(`${date}T00:00Z`) / (MINUTES_OF_DAY * 60_000);
  return { day, minutes: minutesIn(time) };
}
