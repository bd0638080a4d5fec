import type { Clock } from '../../../core/clock.ts';
import { type Message, SEVERITIES, type Severity } from '../../../core/message.ts';
import { NOTICE_SYMBOLS } from '../../../core/notice-text.ts';
import type { Pause } from '../../../core/pause.ts';
import { phrasingOf } from '../../../core/phrasing.ts';
import { WATCHER } from '../../../core/watcher-journal.ts';
import type { Wording } from '../../../core/wording.ts';
import { type Gap, gapsIn } from '../news/pauses.ts';
import { type Story, storiesOf } from '../news/stories.ts';
import { type Group, groupsOf } from './groups.ts';
import type { Line } from './line.ts';
import { fleetLinks } from './links.ts';
import { type NoticeNews, noticesIn } from './notices.ts';
import { placeOf, placesOf, regionIn } from './place.ts';
import { reminderSegments, remindersIn } from './reminders.ts';
import { type Setting, storyLine } from './story-line.ts';
import { groupSegment, outcomeOf, type Segment, titleOf } from './title.ts';

export type { Line } from './line.ts';

/** A message in words, before a channel gives it its own markup. Nothing in it is escaped yet. */
export interface Digest {
  /** The push text: enough by itself, and short. */
  readonly title: string;
  /** Of the worst that it says. */
  readonly severity: Severity;
  /** The worst first. */
  readonly lines: readonly Line[];
  /** The exact totals, where the lines do not show everything. */
  readonly totals: Line | null;
  /** Ids of people, as the receiver calls them, or `all`. */
  readonly mentions: readonly string[];
}

/** A message with more lines is not read. The totals, and a link, say the rest. */
const MAX_LINES = 10;

/**
 * Puts a message in words: a line for each instance with all that happened to it, one for each
 * notice, and one above what differs after a pause. It has as many lines as fit, ten at most; all
 * others are in the totals. `fits` judges the digest as its receiver would get it.
 */
export function digestOf(
  message: Message,
  wording: Wording,
  nowMs: number,
  fits: (digest: Digest) => boolean = () => true,
): Digest {
  const { commits, reminders = [], isRepeat, withoutUserText } = message;
  const setting = { ...phrasingOf(wording, nowMs), wording, nowMs, withoutUserText };
  const news = newsIn(message, setting);
  const title = titleOf(
    segmentsOf(news, setting),
    placeIn([...commits, ...reminders], setting),
    (text) => (isRepeat ? setting.words.repeatTitle(text) : text),
  );
  const severity = worstOf([...news.groups, ...news.notices]);
  const mentions = mentionsIn(message);
  const pauses = pauseLines(news, setting);
  const lines = [...pauses, ...firstLines(news, MAX_LINES - pauses.length, setting)];
  for (let shown = lines.length; ; shown -= 1) {
    const left = countOf(news) - Math.max(0, shown - pauses.length);
    const totals = left === 0 ? null : totalsLine(news, left, setting);
    const digest = { title, severity, lines: lines.slice(0, shown), totals, mentions };
    if (shown === 0 || fits(digest)) return digest;
  }
}

/** An id that the receiver does not know could be why it rejected the content. */
function mentionsIn({ mentions = [], withoutUserText }: Message): readonly string[] {
  return withoutUserText ? [] : mentions.map((id) => id.replace(/^@/u, ''));
}

/** What a message is about. */
interface News {
  readonly muted?: Pause;
  readonly inPlaceOf?: Message['inPlaceOf'];
  readonly instead?: Message['instead'];
  readonly gaps: readonly Gap[];
  readonly notices: readonly NoticeNews[];
  /** What stays bad: a line for each instance, and what the title says of all. */
  readonly reminders: readonly NoticeNews[];
  readonly reminded: readonly Segment[];
  readonly stories: readonly Story[];
  readonly groups: readonly Group[];
  readonly regions: ReadonlySet<string>;
}

function newsIn(message: Message, setting: Setting): News {
  const { commits, reminders = [], muted, inPlaceOf, instead } = message;
  const gaps = gapsIn(commits);
  const stories = storiesOf(message);
  return {
    ...(muted !== undefined && { muted }),
    ...(inPlaceOf && { inPlaceOf }),
    ...(instead && { instead }),
    gaps,
    notices: noticesIn(commits, gaps, setting),
    reminders: remindersIn(message, setting),
    reminded: reminderSegments(message, setting),
    stories,
    groups: groupsOf(stories),
    regions: new Set(
      [...commits, ...reminders].map(({ scope }) => regionIn(scope)).filter((id) => id !== ''),
    ),
  };
}

function countOf({ notices, reminders, stories }: News): number {
  return notices.length + reminders.length + stories.length;
}

function worstOf(items: readonly { readonly severity: Severity }[]): Severity {
  const found = new Set(items.map(({ severity }) => severity));
  return SEVERITIES.find((severity) => found.has(severity)) ?? 'neutral';
}

/** Where all of it happened, if that is one place. What concerns no scope is no other one. */
function placeIn(commits: Message['commits'], { wording }: Setting): string {
  const scopes = new Set(commits.map(({ scope }) => scope));
  scopes.delete(WATCHER.key);
  const [only = WATCHER.key] = scopes;
  return scopes.size > 1 ? '' : placeOf(only, wording);
}

/** Pauses that have a line each. Of more, as under a timer that is slower than hourly, the last ones. */
const MAX_PAUSE_LINES = 2;

function pauseLines(
  { gaps, muted, inPlaceOf, instead }: News,
  { words, clock, channel, wording }: Setting,
): readonly Line[] {
  const plainLine = (symbol: string, text: string): Line => {
    return { symbol, name: '', text, context: '', links: [] };
  };
  const ends = [
    ...(inPlaceOf === undefined
      ? []
      : [
          plainLine(
            FALLBACK_SYMBOL,
            words.inPlaceOf(channel(inPlaceOf.channel), clock.time(inPlaceOf.sinceMs)),
          ),
        ]),
    ...(instead === undefined
      ? []
      : [
          plainLine(
            FALLBACK_SYMBOL,
            words.insteadText(
              instead.messages,
              channel(instead.channel),
              ...spanOf(instead, clock),
            ),
          ),
        ]),
    ...(muted === undefined
      ? []
      : [plainLine(MUTE_SYMBOL, words.muteText(...spanOf(muted, clock)))]),
  ];
  const pauses = gaps.slice(-MAX_PAUSE_LINES).map(({ pause, scopes }) => ({
    symbol: NOTICE_SYMBOLS.bad,
    name: '',
    text: words.pauseText(...spanOf(pause, clock)),
    context: placesOf(scopes, wording, words.counts.scope),
    links: [],
  }));
  return [...ends, ...pauses];
}

const MUTE_SYMBOL = '🔕';
const FALLBACK_SYMBOL = '🔀';

function spanOf({ fromMs, untilMs }: Pause, clock: Clock): ReturnType<Clock['span']> {
  return clock.span(fromMs, untilMs);
}

/** Notices that always have a line among so many instances: they may say that others are not seen. */
const MAX_NOTICES_KEPT = 3;

/** The lines of the worst news. Only these are put in words, however many there are. */
function firstLines(
  { notices, reminders, stories }: News,
  max: number,
  setting: Setting,
): readonly Line[] {
  const lines: Line[] = [];
  for (const severity of SEVERITIES) {
    const noticed = [...notices, ...reminders].filter((notice) => notice.severity === severity);
    const happened = stories.filter((story) => story.severity === severity);
    const room = max - lines.length;
    const forStories = Math.max(0, room - Math.min(noticed.length, MAX_NOTICES_KEPT));
    const said = happened.slice(0, forStories).map((story) => storyLine(story, setting));
    const left = noticed.slice(0, room - said.length).map(({ line }) => line());
    lines.push(...said, ...left);
  }
  return lines;
}

/** Different notices of one severity that a title has. */
const MAX_NOTICE_SEGMENTS = 2;

/** What the title says, the worst first; only the worst instances are named. */
function segmentsOf(news: News, setting: Setting): readonly Segment[] {
  const [worst] = news.groups;
  return SEVERITIES.flatMap((severity) => [
    ...news.groups
      .filter((group) => group.severity === severity)
      .slice(0, MAX_TOTALS)
      .map((group) => groupSegment(group, group.severity === worst?.severity, setting)),
    ...(severity === 'neutral' ? pauseSegments(news, setting) : []),
    ...noticeSegments(news.notices.filter((notice) => notice.severity === severity)),
    ...news.reminded.filter((segment) => segment.severity === severity),
  ]);
}

function pauseSegments(
  { gaps, muted, instead }: News,
  { words, clock, channel }: Setting,
): readonly Segment[] {
  const [only, ...others] = gaps;
  const paused =
    only === undefined || others.length > 0
      ? words.pausesTitle
      : words.pauseTitle(...spanOf(only.pause, clock));
  const texts = [
    ...(instead === undefined
      ? []
      : [`${FALLBACK_SYMBOL} ${words.insteadTitle(instead.messages, channel(instead.channel))}`]),
    ...(muted === undefined ? [] : [`${MUTE_SYMBOL} ${words.muteTitle(...spanOf(muted, clock))}`]),
    ...(only === undefined ? [] : [`${NOTICE_SYMBOLS.bad} ${paused}`]),
  ];
  return texts.map((text) => ({ severity: 'neutral', text: () => text }));
}

function noticeSegments(notices: readonly NoticeNews[]): readonly Segment[] {
  const titles = new Map<string, NoticeNews>();
  for (const notice of notices) {
    titles.set(notice.title(), notice);
    if (titles.size === MAX_NOTICE_SEGMENTS) break;
  }
  return [...titles].map(([title, { severity, symbol }]) => ({
    severity,
    text: () => `${symbol} ${title}`,
  }));
}

/** Kinds of outcomes that are counted apart: ECS has five statuses, a later one may have more. */
const MAX_TOTALS = 8;

function totalsLine(
  { notices, reminders, groups, regions }: News,
  left: number,
  { words, wording, withoutUserText }: Setting,
): Line {
  const counted = groups
    .slice(0, MAX_TOTALS)
    .map((group) => words.total(group.count, outcomeOf(group, words)));
  const others = groups.slice(MAX_TOTALS).reduce((sum, { count }) => sum + count, 0);
  return {
    symbol: NOTICE_SYMBOLS.neutral,
    name: '',
    text: words.totals(left, [
      ...counted,
      ...(reminders.length === 0 ? [] : [words.total(reminders.length, words.stillMany)]),
      ...(others === 0 ? [] : [words.counts.otherChange(others)]),
      ...(notices.length === 0 ? [] : [words.counts.notice(notices.length)]),
    ]),
    context: '',
    links: withoutUserText ? [] : fleetLinks(regions, words, wording),
  };
}
