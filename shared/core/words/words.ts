import type { Appearance } from '../appearance.ts';
import type { Clock } from '../clock.ts';
import type { Standing } from '../message.ts';
import type { Notice } from '../model.ts';
import { cleanName } from '../text.ts';
import type { DurationUnit } from '../time.ts';

/**
 * Everything that is said to people, in one language. Each language is written by hand, in a file of
 * its own beside this one: a sentence of one is no pattern for that of another. A
 * channel is given as the language calls it, as clean text.
 */
export interface Words {
  /** Status → as it stands within a sentence. */
  readonly statuses: Readonly<Record<WordedStatus, string>>;
  readonly arrivals: Readonly<Record<Appearance, string>>;
  /** `1,234`, with what is counted. */
  readonly counts: Readonly<Record<Countable | DurationUnit, (count: number) => string>>;
  /** `web-1, web-2, web-3 and 4 more`; `count`: of all of them. */
  readonly someOf: (names: readonly string[], count: number) => string;

  /** What happened to an instance: `running`, `running again`, `new, running`. */
  readonly outcome: (status: string, way: Appearance | 'again' | null) => string;
  /** `was running for at least 3 days`. `held`: absent where it is not known. */
  readonly before: (status: string, held?: Held) => string;
  /** What it went through on the way. */
  readonly between: (statuses: readonly string[]) => string;
  readonly changesBetween: (count: number) => string;
  /** What is said beside an outcome. */
  readonly aside: (outcome: string, details: readonly string[]) => string;
  /** Behind an outcome. */
  readonly withNote: (outcome: string, note: string) => string;
  /** Of an instance that was reported as released at that time, if it is known. */
  readonly returnedNote: (time: string | null) => string;
  readonly createdNote: (date: string) => string;
  /** What a person has written about an instance, and until when it counts. */
  readonly note: (text: string, by: string, until: string) => string;
  /** Of an instance that does not leave a transitory status. */
  readonly lasting: (status: string, duration: string) => StandingWords;
  /** Of one that changes so often that its changes are counted and not sent. */
  readonly flapping: (status: string, flips: number, since: string) => StandingWords;
  /** Of one that does so no longer. */
  readonly settled: (status: string, flips: number, since: string) => StandingWords;
  /** Of one whose changes are not counted any longer, whether it goes on or not. */
  readonly counted: (status: string, flips: number, since: string) => StandingWords;
  /** Of an instance that stays stopped, and was said to be: it is said again. */
  readonly still: (held: Held) => string;
  /** Behind the number of several of them. */
  readonly stillMany: string;
  /** Behind the number of several. */
  readonly standings: Readonly<Record<Standing['what']['kind'], (status: string) => string>>;

  /** `3 stopped: web-1, web-2, web-3`; without names only the number. */
  readonly manyTitle: (count: number, outcome: string, names: readonly string[]) => string;
  readonly repeatTitle: (title: string) => string;
  readonly pauseTitle: (from: string, until: string) => string;
  readonly pausesTitle: string;
  readonly pauseText: (from: string, until: string) => string;
  /** A mute is over, and what it has held back follows. */
  readonly muteTitle: (from: string, until: string) => string;
  readonly muteText: (from: string, until: string) => string;
  /** At a fallback: whose messages these are. */
  readonly inPlaceOf: (channel: string, since: string) => string;
  /** At a channel that works again: what its fallback was sent. */
  readonly insteadTitle: (messages: number, channel: string) => string;
  readonly insteadText: (messages: number, channel: string, from: string, until: string) => string;
  /** The baselines of several regions at once. */
  readonly baselines: (instances: number, regions: number) => NoticeWords;
  /** The closing line of a message that does not show everything. */
  readonly totals: (left: number, counts: readonly string[]) => string;
  /** `3 stopped`, among the totals. */
  readonly total: (count: number, outcome: string) => string;
  readonly links: Readonly<Record<'console' | 'instance' | 'view', string>>;

  /** Between two sentences. */
  readonly sentenceSpace: string;
  /** What a notice says, and what to do about it. */
  readonly notice: (notice: Notice, clock: Clock) => NoticeWords;
}

/** In this language a status has a word of its own; any other is shown as ECS spells it. */
export type WordedStatus = 'Pending' | 'Starting' | 'Running' | 'Stopping' | 'Stopped' | 'released';

export type Countable = 'instance' | 'scope' | 'notice' | 'otherChange';

/** How long a status was held. */
export interface Held {
  readonly duration: string;
  /** Its beginning was not seen. */
  readonly isAtLeast: boolean;
}

/** What is said of an instance besides its changes. */
export interface StandingWords {
  /** Behind its name. */
  readonly title: string;
  readonly text: string;
}

export interface NoticeWords {
  /** In a push message this may be all that is read. */
  readonly title: string;
  readonly text: string;
  /** Further lines, of a notice that has much to say. */
  readonly more?: readonly string[];
}

/** Characters of a status that ECS may have one day. */
const MAX_STATUS_LENGTH = 24;

/** A status, or a release, as it stands within a sentence. */
export function statusIn({ statuses }: Words, status: string | null): string {
  const known = status ?? 'released';
  if (Object.hasOwn(statuses, known)) return statuses[known as WordedStatus];
  return cleanName(known, MAX_STATUS_LENGTH) || '?';
}

/** `1,234` */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** How much of a quota is used. It is rounded down: 100 says that nothing is left. */
export function percentOf({ used, quota }: Extract<Notice, { kind: 'quota-low' }>): string {
  return grouped(Math.floor((100 * used) / Math.max(1, quota)));
}
