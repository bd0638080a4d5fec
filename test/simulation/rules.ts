import type { Random } from '../../local/random.ts';
import type { Mute } from '../../shared/delivery/core/policy/mutes.ts';
import type { DeliveryRules, Fallback } from '../../shared/delivery/core/policy/policy.ts';
import type { Match, Route } from '../../shared/delivery/core/policy/routes.ts';
import type { StoredChange, StoredNotice } from './promises/stored.ts';

/** A notice, or one change, of a scope. */
export interface Subject {
  readonly scope: string;
  readonly change: StoredChange | null;
  readonly notice: StoredNotice | undefined;
}

/** Routes and mutes of one deployment: as the product is given them, and what they mean. */
export interface RuleSet {
  /** Null: there are none. */
  readonly config: DeliveryRules | null;
  /** The route by which a channel is sent it, or `default`; null: it is not sent it. */
  routeOf(channel: string, subject: Subject): string | null;
  /** Does a mute hold back, at this time, what the channel is sent by the route? */
  isMuted(channel: string, route: string, isNotice: boolean, nowMs: number | 'ever'): boolean;
  /** Null: nothing stands in for any channel. */
  readonly fallback: Fallback | null;
  /** How many mutes hold something back from the channel at some time. */
  mutesOf(channel: string): number;
}

/** The deployments of one history. */
export interface Rules {
  at(nowMs: number): RuleSet;
  /** All that a run may follow which does not end before. */
  since(nowMs: number): readonly RuleSet[];
  isAnyMuteOn(nowMs: number): boolean;
}

const NO_RULE_SET: RuleSet = {
  config: null,
  routeOf: () => 'default',
  isMuted: () => false,
  fallback: null,
  mutesOf: () => 0,
};

export const NO_RULES: Rules = {
  at: () => NO_RULE_SET,
  since: () => [NO_RULE_SET],
  isAnyMuteOn: () => false,
};

/** Nothing is configured besides this. */
export function withFallback(fallback: Fallback): Rules {
  const set: RuleSet = {
    ...NO_RULE_SET,
    config: { routes: [], mutes: [], fallbacks: [fallback], version: 'v1' },
    fallback,
    routeOf: (channel) => (channel === fallback.to ? null : 'default'),
  };
  return { ...NO_RULES, at: () => set, since: () => [set] };
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** A run that follows the rules of an earlier deployment has ended by then. */
const LONGEST_RUN_MS = MINUTE_MS;
const MAX_RULES = 3;

export interface RulesOptions {
  readonly channels: readonly string[];
  readonly regions: readonly string[];
  readonly startMs: number;
  readonly periodMs: number;
  /** Ticks with faults. */
  readonly ticks: number;
}

/** The rules of one history, which a redeployment may replace in the middle of it. */
export function drawRules(random: Random, options: RulesOptions): Rules {
  const { startMs, periodMs, ticks } = options;
  const redeployedAtMs = random.chance(0.4)
    ? startMs + (5 + random.below(ticks)) * periodMs
    : Number.POSITIVE_INFINITY;
  const fallback = random.chance(0.8) ? drawFallback(random, options) : null;
  const first = drawRuleSet(random, options, 'v1', fallback);
  const second = drawRuleSet(random, options, 'v2', random.chance(0.8) ? fallback : null);
  return {
    at: (nowMs) => (nowMs < redeployedAtMs ? first : second).rules,
    since(nowMs) {
      if (redeployedAtMs === Number.POSITIVE_INFINITY) return [first.rules];
      return nowMs < redeployedAtMs + LONGEST_RUN_MS ? [first.rules, second.rules] : [second.rules];
    },
    isAnyMuteOn: (nowMs) =>
      (nowMs < redeployedAtMs ? first : second).mutes.some(({ isOn }) => isOn(nowMs)),
  };
}

interface DrawnRules {
  readonly rules: RuleSet;
  readonly mutes: readonly DrawnMute[];
}

function drawRuleSet(
  random: Random,
  options: RulesOptions,
  version: string,
  fallback: Fallback | null,
): DrawnRules {
  const routes = some(random, MAX_RULES, (name) => drawRoute(random, options, `route-${name}`));
  const names = [...routes.map(({ route }) => route.name), 'default'];
  const mutes = some(random, MAX_RULES, (name) => drawMute(random, options, `mute-${name}`, names));
  const config: DeliveryRules = {
    routes: routes.map(({ route }) => route),
    mutes: mutes.map(({ mute }) => mute),
    ...(fallback && { fallbacks: [fallback] }),
    version,
  };
  const rules: RuleSet = {
    config,
    fallback,
    routeOf(channel, subject) {
      if (channel === fallback?.to) return null;
      const fitting = routes.filter(({ takes }) => takes(subject));
      const last = fitting.findIndex(({ route }) => route.isContinued !== true);
      const taking = last < 0 ? fitting : fitting.slice(0, last + 1);
      const own = taking.find(({ route }) => route.channels.includes(channel));
      return own?.route.name ?? (last < 0 ? 'default' : null);
    },
    isMuted: (channel, route, isNotice, nowMs) =>
      mutes.some(
        ({ mute: { channels, routes: own, holdsNotices = false }, isOn }) =>
          (nowMs === 'ever' || isOn(nowMs)) &&
          (channels === undefined || channels.includes(channel)) &&
          (own === undefined || own.includes(route)) &&
          (!isNotice || holdsNotices),
      ),
    mutesOf: (channel) =>
      mutes.filter(({ mute: { channels } }) => channels?.includes(channel) !== false).length,
  };
  return { rules, mutes };
}

/** One chat stands in for the other one, soon or after a while. */
function drawFallback(random: Random, { periodMs }: RulesOptions): Fallback {
  const [channel, to] = random.pick([
    ['dingtalk', 'slack'],
    ['slack', 'dingtalk'],
  ] as const);
  return { channel, to, afterMs: random.pick([1, 2, 5]) * periodMs };
}

function some<T>(random: Random, max: number, draw: (index: number) => T): readonly T[] {
  return Array.from({ length: random.below(max + 1) }, (_, index) => draw(index));
}

/** One condition: as the file has it, and what it means. */
interface Condition {
  readonly match: Match;
  takes(subject: Subject): boolean;
  /** What it is about. A notice has no name, and a change has no kind. */
  readonly about: 'changes' | 'notices' | 'both';
}

interface DrawnRoute {
  readonly route: Route;
  takes(subject: Subject): boolean;
}

function drawRoute(random: Random, { channels, regions }: RulesOptions, name: string): DrawnRoute {
  const conditions = random.pick([0, 1, 1, 1, 2]);
  const drawn = Array.from({ length: conditions }, () => drawCondition(random, regions));
  const own = random.chance(0.25) ? [] : channels.filter(() => random.chance(0.5));
  const route: Route = {
    name,
    match: Object.assign({}, ...drawn.map(({ match }) => match)),
    channels: own,
    ...(random.chance(0.3) && { isContinued: true as const }),
  };
  // Of two conditions of one kind, the later one replaces the earlier one.
  const kept = drawn.filter(
    ({ match }, place) =>
      !drawn
        .slice(place + 1)
        .some((later) => Object.keys(later.match)[0] === Object.keys(match)[0]),
  );
  const dropsNotices = own.length > 0 || route.match.notice !== undefined;
  return {
    route,
    takes: (subject) =>
      (subject.change !== null || dropsNotices) &&
      kept.every(({ about, takes }) => isAbout(about, subject) && takes(subject)),
  };
}

function isAbout(about: Condition['about'], { change }: Subject): boolean {
  return about === 'both' || (about === 'changes') === (change !== null);
}

function drawCondition(random: Random, regions: readonly string[]): Condition {
  const region = random.pick(regions);
  const digit = String(random.below(10));
  const nameOf = ({ change }: Subject): string => change?.name ?? '';
  const toOf = ({ change }: Subject): string => change?.to ?? 'released';
  const fromOf = ({ change }: Subject): string =>
    change?.returned === true ? 'returned' : (change?.from ?? 'new');
  const changes = { about: 'changes' } as const;
  return random.pick<Condition>([
    {
      about: 'both',
      match: { region: [region] },
      takes: ({ scope }) => scope.endsWith(`/${region}`),
    },
    {
      about: 'both',
      match: { region: ['cn-s*', 'cn-*jing'] },
      takes: ({ scope }) => /\/cn-(?:s.*|.*jing)$/u.test(scope),
    },
    { ...changes, match: { name: [`*${digit}`] }, takes: (one) => nameOf(one).endsWith(digit) },
    { ...changes, match: { name: ['name of *'] }, takes: (one) => /^name of /u.test(nameOf(one)) },
    {
      ...changes,
      match: { name: [`*i-${region}*${digit}*`] },
      takes: (one) => nameOf(one).split(`i-${region}`)[1]?.includes(digit) === true,
    },
    {
      ...changes,
      match: { zone: ['*-a', `${region}-b`] },
      takes: ({ change }) =>
        change?.zoneId?.endsWith('-a') === true || change?.zoneId === `${region}-b`,
    },
    {
      ...changes,
      match: { to: ['released', 'Sto*'] },
      takes: (one) => ['released', 'Stopped', 'Stopping'].includes(toOf(one)),
    },
    { ...changes, match: { to: ['Running'] }, takes: (one) => toOf(one) === 'Running' },
    {
      ...changes,
      match: { from: ['new', 'returned'] },
      takes: (one) => ['new', 'returned'].includes(fromOf(one)),
    },
    {
      ...changes,
      match: { from: ['Stopp*'] },
      takes: (one) => ['Stopped', 'Stopping'].includes(fromOf(one)),
    },
    ...(['bad', 'good', 'neutral'] as const).map((severity) => ({
      ...changes,
      match: { severity: [severity] },
      takes: ({ change }: Subject) => change !== null && severityOf(change) === severity,
    })),
    {
      about: 'notices',
      match: { notice: ['scans-*', 'channel-*'] },
      takes: ({ notice }) => /^(?:scans|channel)-/u.test(notice?.kind ?? ''),
    },
    { about: 'notices', match: { notice: ['*'] }, takes: () => true },
  ]);
}

function severityOf({ from, to }: StoredChange): 'bad' | 'good' | 'neutral' {
  if (to === 'Running') return 'good';
  const isStop = to === 'Stopped' && from !== null && from !== 'Pending';
  return isStop || (to === null && from !== 'Stopped') ? 'bad' : 'neutral';
}

/** No zone changes its clock between November and March: each is so many minutes ahead of UTC. */
const ZONES = [
  ['UTC', 0],
  ['Asia/Shanghai', 480],
  ['Asia/Kolkata', 330],
  ['America/New_York', -300],
  ['Australia/Sydney', 660],
] as const;

interface DrawnMute {
  readonly mute: Mute;
  isOn(nowMs: number): boolean;
}

function drawMute(
  random: Random,
  { channels, startMs, periodMs, ticks }: RulesOptions,
  name: string,
  routes: readonly string[],
): DrawnMute {
  const [zone, aheadMinutes] = random.pick(ZONES);
  const periodMinutes = periodMs / MINUTE_MS;
  // So long that ticks are within it, and so short that there is a time of day without any mute.
  const minutes = (longest: number): number =>
    Math.min(1 + random.below(longest * periodMinutes), 7 * 60);
  const fromMs = startMs + random.below(ticks * periodMinutes) * MINUTE_MS;
  const local = (ms: number): { readonly day: number; readonly minutes: number } => {
    const all = Math.floor(ms / MINUTE_MS) + aheadMinutes;
    return { day: Math.floor(all / DAY_MINUTES), minutes: all % DAY_MINUTES };
  };
  const common = {
    name,
    zone,
    ...(random.chance(0.3) && { channels: channels.filter(() => random.chance(0.6)) }),
    ...(random.chance(0.4) && { routes: routes.filter(() => random.chance(0.6)) }),
    ...(random.chance(0.3) && { holdsNotices: true as const }),
  };
  if (random.chance(0.5)) {
    const lastMs = (1 + random.below(20)) * periodMs;
    const untilMs = fromMs + Math.ceil(lastMs / MINUTE_MS) * MINUTE_MS;
    return {
      mute: { ...common, weekly: [], periods: [{ from: local(fromMs), until: local(untilMs) }] },
      isOn: (nowMs) => fromMs <= nowMs && nowMs < untilMs,
    };
  }
  const from = local(fromMs).minutes;
  const lasts = minutes(20);
  const until = (from + lasts) % DAY_MINUTES;
  const today = (local(fromMs).day + 3) % 7;
  const days = [0, 1, 2, 3, 4, 5, 6].filter((day) => day === today || random.chance(0.7));
  return {
    mute: {
      ...common,
      weekly: [{ days, from, until: until === 0 ? DAY_MINUTES : until }],
      periods: [],
    },
    isOn(nowMs) {
      const all = nowMs / MINUTE_MS + aheadMinutes;
      const sinceBegin = (((all - from) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
      if (sinceBegin >= lasts) return false;
      return days.includes((Math.floor((all - sinceBegin) / DAY_MINUTES) + 3) % 7);
    },
  };
}
