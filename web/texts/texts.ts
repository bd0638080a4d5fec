import type { Lost } from '../../shared/view/core/verdict.ts';
import type { VerdictWords } from '../../shared/view/core/verdict-words/words.ts';

/** What takes less is said in milliseconds. */
export const BRIEF_MS = 10_000;

/**
 * Everything that the page says, in one language. Each language is written by hand, in a file of its
 * own beside this one. Statuses and notices have their words in shared/core/words.
 */
export interface Texts extends VerdictWords {
  readonly language: 'en' | 'zh';
  /** Of the other language, in that language. */
  readonly otherLanguage: string;

  /** Statuses as a table shows them; any other is shown as ECS spells it. */
  readonly statuses: Readonly<Record<string, string>>;
  readonly released: string;
  readonly atLeast: (duration: string) => string;
  readonly asOf: (time: string, age: string) => string;
  readonly timeZone: (zone: string) => string;

  readonly sections: Readonly<Record<'changes' | 'instances' | 'time' | 'health', string>>;
  readonly instances: (count: number) => string;
  readonly shown: (shown: number, total: number) => string;
  readonly reading: (read: number, total: number) => string;
  readonly columns: Readonly<
    Record<'status' | 'name' | 'since' | 'strip' | 'zone' | 'type' | 'addresses' | 'tags', string>
  >;
  readonly sortBy: (column: string) => string;
  readonly search: string;
  readonly searchHint: string;
  readonly region: string;
  readonly anyRegion: string;
  readonly anyZone: string;
  readonly tagHint: string;
  readonly clearFilters: string;
  readonly noRows: string;
  readonly printed: (printed: number, all: number) => string;
  readonly csv: string;
  readonly copy: string;
  readonly copied: string;
  /** Where the browser does not let the page copy: what the reader can do. */
  readonly notCopied: (label: string) => string;
  readonly strip: (hours: number) => string;

  readonly noChanges: string;
  readonly moreChanges: (count: number) => string;
  readonly appeared: string;
  readonly returned: string;
  readonly baseline: string;

  readonly close: string;
  readonly timeline: string;
  readonly details: string;
  readonly detail: Readonly<Record<string, string>>;
  readonly console: string;
  readonly deliveries: string;
  readonly noDeliveries: string;
  readonly hiddenDeliveries: string;
  /** Behind the name of a fallback: whose message it was. */
  readonly inPlaceOf: (channel: string) => string;
  readonly releasedAt: (time: string) => string;
  /** Behind a note: who has written it, and until when it counts. */
  readonly noted: (by: string, until: string) => string;
  readonly neverSeen: string;
  /** Where the page shows the past. */
  readonly notThere: string;
  readonly lasted: (duration: string) => string;
  readonly outcome: (verdict: string) => string;

  readonly ranges: Readonly<Record<'1h' | '6h' | '24h' | '7d' | '30d', string>>;
  readonly moment: string;
  readonly momentBanner: (time: string) => string;
  readonly noMoment: (time: string) => string;
  readonly refusedMoment: (text: string) => string;
  readonly backToNow: string;
  /** In the tab, where the page shows the past. */
  readonly pastTab: string;
  readonly shareMoment: string;
  readonly noCounts: string;

  readonly scanned: string;
  /** How long it took. */
  readonly took: (ms: number) => string;
  readonly calls: (calls: number, perMinute: number) => string;
  readonly throttles: (count: number) => string;
  readonly delivered: string;
  readonly waiting: (count: number) => string;
  readonly budget: (used: number, limit: number, per: 'minute' | 'day' | 'month') => string;
  readonly scanWell: string;
  readonly scanFailing: (failures: number, reason: string) => string;
  readonly scanStale: string;
  readonly scanRests: string;
  readonly scanHeld: (missing: number) => string;
  readonly scanAdvice: string;
  readonly channelWell: string;
  readonly channelFailing: (failures: number, problem: string) => string;
  readonly failingSince: string;
  readonly channelAbandoned: string;
  readonly channelAdvice: string;
  readonly channelSetAside: (count: number) => string;
  readonly never: string;
  readonly noChannels: string;
  readonly hiddenHealth: string;

  /** Where the page is a file that a browser has downloaded. */
  readonly savedFile: Readonly<Record<'title' | 'reason' | 'command' | 'domain', string>>;

  readonly lost: (lost: Lost) => string;
  readonly signIn: string;
  readonly reload: string;
  /** Of a part of the page, and of all of it. */
  readonly cannotShow: { readonly part: string; readonly page: string };
  readonly retry: string;
  readonly refusedFilter: string;
  readonly programs: string;
  readonly keys: string;
  readonly keyHelp: readonly (readonly [key: string, does: string])[];
}
