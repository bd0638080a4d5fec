import type { Clock } from '../clock.ts';
import type { Report, ReportedInstance } from '../model.ts';
import { cleanName, cleanText } from '../text.ts';
import { inLargestUnit } from '../time.ts';
import { grouped, type NoticeWords, statusIn, type Words } from './words.ts';

/** What a report says, in one language: a sentence for each of its lines. */
export interface ReportWords {
  readonly title: (
    per: Report['per'],
    changes: string,
    stopped: number,
    instances: number,
  ) => string;
  readonly changes: (count: number) => string;
  /** `outcomes`: `5 stopped`, and so on; none: nothing has changed. */
  readonly changed: (
    from: string,
    until: string,
    count: string,
    outcomes: readonly string[],
  ) => string;
  readonly outcome: (count: number, status: string) => string;
  readonly isCut: string;
  readonly unread: (scopes: readonly string[]) => string;
  readonly stopped: (stopped: number, instances: number, longest: readonly string[]) => string;
  readonly noneStopped: (instances: number) => string;
  readonly stoppedFor: (name: string, duration: string, isAtLeast: boolean) => string;
  readonly flapping: (count: number, most: readonly string[]) => string;
  readonly changedOften: (name: string, changes: string) => string;
  readonly ticks: (good: number, expected: number, late: number) => string;
  /** Behind it: the scope that was watched worst, and since when was counted. */
  readonly ofTicks: (said: string, facts: readonly string[]) => string;
  readonly since: (time: string) => string;
  readonly noTicks: string;
  readonly channels: (said: readonly string[]) => string;
  readonly spent: (channel: string, messages: number, quota: number, period: string) => string;
}

/** A report as a notice of several lines. */
export function wordsOfReport(
  report: Report,
  clock: Clock,
  words: Words,
  said: ReportWords,
): NoticeWords {
  const { per, fromMs, untilMs, outcomes, instances, stopped, longest } = report;
  const { flapping, most, ticks, channels, unread = [] } = report;
  const changes = said.changes(report.changes);
  const [from, until] = clock.span(fromMs, untilMs);
  const counts = Object.entries(outcomes).map(([outcome, count]) =>
    said.outcome(count, outcomeIn(words, outcome)),
  );
  return {
    title: said.title(per, changes, stopped, instances),
    text: [
      said.changed(from, until, changes, counts),
      ...(report.isCut ? [said.isCut] : []),
      ...(unread.length > 0 ? [said.unread(unread.map((scope) => cleanText(scope)))] : []),
    ].join(words.sentenceSpace),
    more: [
      stopped === 0
        ? said.noneStopped(instances)
        : said.stopped(
            stopped,
            instances,
            longest.map((one) => stoppedIn(one, untilMs, words, said)),
          ),
      ...(flapping === 0
        ? []
        : [
            said.flapping(
              flapping,
              most.map((one) => said.changedOften(nameOf(one), said.changes(one.changes ?? 0))),
            ),
          ]),
      ticks === undefined ? said.noTicks : ticksIn(ticks, fromMs, clock, said),
      ...(channels.length === 0
        ? []
        : [
            said.channels(
              channels.map(({ channel, messages, quota, period }) =>
                said.spent(channel, messages, quota, cleanText(period)),
              ),
            ),
          ]),
    ],
  };
}

function outcomeIn(words: Words, outcome: string): string {
  if (outcome === 'new' || outcome === 'returned') return words.arrivals[outcome];
  return statusIn(words, outcome);
}

function nameOf({ instanceId, name = '' }: ReportedInstance): string {
  return cleanName(name) || cleanText(instanceId);
}

function stoppedIn(
  one: ReportedInstance,
  untilMs: number,
  { counts }: Words,
  said: ReportWords,
): string {
  const { count, unit } = inLargestUnit(untilMs - (one.sinceMs ?? untilMs));
  return said.stoppedFor(nameOf(one), counts[unit](count), one.isAtLeast === true);
}

/** Ticks that began to be counted later than the report begins: reports, or the watcher, are new. */
const LATER_MS = 5 * 60_000;

function ticksIn(
  { scope, sinceMs, expected, good, late }: NonNullable<Report['ticks']>,
  fromMs: number,
  clock: Clock,
  said: ReportWords,
): string {
  const facts = [
    ...(scope === undefined ? [] : [cleanText(scope)]),
    ...(sinceMs > fromMs + LATER_MS ? [said.since(clock.time(sinceMs))] : []),
  ];
  const text = said.ticks(good, expected, late);
  return facts.length === 0 ? text : said.ofTicks(text, facts);
}

/** `1,234` of `5,678` */
export function share(count: number, all: number, of: string): string {
  return `${grouped(count)}${of}${grouped(all)}`;
}
