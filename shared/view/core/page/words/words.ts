import type { Appearance } from '../../../../core/appearance.ts';
import type { Language } from '../../../../core/wording.ts';
import type { VerdictWords } from '../../verdict-words/words.ts';

/**
 * Everything that the page without scripts says, in one language. Each language is written by hand, in
 * a file of its own beside this one.
 */
export interface PlainWords extends VerdictWords {
  readonly language: Language;
  /** Of the document, for browsers and screen readers. */
  readonly tag: string;
  /** With the space behind it. */
  readonly colon: string;
  /** Statuses as a table shows them; any other is shown as ECS spells it. */
  readonly statuses: Readonly<Record<string, string>>;
  readonly released: string;
  /** The first word of an instance's path, where it is no status. */
  readonly arrivals: Readonly<Record<Appearance, string>>;

  readonly skip: string;
  readonly asOf: (time: string) => string;
  readonly refreshes: (seconds: number) => string;
  readonly pause: string;
  readonly paused: string;
  readonly refresh: (seconds: number) => string;
  readonly sections: Readonly<
    Record<'label' | 'changes' | 'instances' | 'watcher' | 'scopes' | 'channels', string>
  >;
  readonly failing: (channels: number) => string;

  /** Of a page that cannot be shown. */
  readonly notShown: string;
  readonly triesAgain: string;
  readonly startAgain: string;

  readonly noChanges: string;
  readonly notice: string;

  readonly byStatus: string;
  readonly all: string;
  readonly filter: Readonly<Record<'status' | 'region' | 'text' | 'any' | 'show', string>>;
  readonly caption: (instances: number) => string;
  readonly columns: readonly [instance: string, status: string, since: string, where: string];
  readonly atLeast: string;
  readonly noRows: string;
  readonly pages: string;
  readonly firstPage: string;
  readonly nextPage: string;
  readonly wholeFleet: string;
  readonly tags: string;
  readonly history: string;
  readonly console: string;

  readonly instances: (count: number) => string;
  readonly neverScanned: string;
  readonly scopeStates: Readonly<Record<'fresh' | 'empty' | 'stale' | 'failing', string>>;
  readonly lastScan: string;
  readonly reading: (seen: number, of: number) => string;
  readonly scansFailed: (count: number) => string;
  readonly held: (missing: number) => string;

  readonly noChannels: string;
  readonly channelStates: Readonly<Record<'current' | 'behind', string>>;
  readonly attemptsFailed: (count: number) => string;
  readonly failingSince: string;
  readonly abandoned: string;
  readonly waiting: (commits: number) => string;
  readonly neverTaken: string;
  readonly lastDelivered: string;
  readonly nothingDelivered: string;

  readonly programs: string;
  readonly utc: string;
}
