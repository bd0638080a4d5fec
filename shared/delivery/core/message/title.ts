import type { Severity } from '../../../core/message.ts';
import { shortened } from '../../../core/text.ts';
import { statusIn, type Words } from '../../../core/words/words.ts';
import { type Group, MAX_NAMED } from './groups.ts';
import { nameOf, type Setting, standingWords } from './story-line.ts';

/**
 * UTF-16 units of a title: what a locked phone shows of a push message. Every receiver that counts
 * takes more (Slack: 150 in a header).
 */
export const MAX_TITLE_LENGTH = 120;

/** One piece of news in a title. */
export interface Segment {
  readonly severity: Severity;
  /** The text, with so many names at most. */
  readonly text: (maxNames: number) => string;
}

/**
 * The push text: enough by itself, for a person who is woken by it. The worst comes first, with names; of
 * what does not fit the names go first, then the least bad news.
 */
export function titleOf(
  segments: readonly Segment[],
  place: string,
  decorate: (title: string) => string,
): string {
  const fits = (title: string): boolean => title.length <= MAX_TITLE_LENGTH;
  const [first, ...others] = segments;
  for (let names = MAX_NAMED; names >= 0; names -= 1) {
    const texts = segments.map(({ text }) => text(names));
    const isAlone = others.length === 0 && place !== '';
    const title = decorate([...texts, ...(isAlone ? [place] : [])].join(SEPARATOR));
    if (fits(title)) return title;
  }
  for (let shown = segments.length - 1; shown > 0; shown -= 1) {
    const texts = segments.slice(0, shown).map(({ text }) => text(0));
    const title = decorate(`${texts.join(SEPARATOR)}${SEPARATOR}…`);
    if (fits(title)) return title;
  }
  return shortened(decorate(first?.text(0) ?? place), MAX_TITLE_LENGTH);
}

const SEPARATOR = ' · ';

/** `🔴 3 stopped: web-1, web-2, web-3`; one instance always has its name. */
export function groupSegment(group: Group, isNamed: boolean, setting: Setting): Segment {
  const { severity, symbol, to, count, named } = group;
  const { words } = setting;
  const [only] = named;
  if (count === 1 && only !== undefined) {
    const outcome =
      only.standing === null
        ? words.outcome(statusIn(words, to), only.way)
        : standingWords(only.standing, to, setting).title;
    return { severity, text: () => `${symbol} ${nameOf(only.last.change, setting)} ${outcome}` };
  }
  const outcome = outcomeOf(group, words);
  const names = isNamed ? named.map((story) => nameOf(story.last.change, setting)) : [];
  return {
    severity,
    text: (maxNames) => `${symbol} ${words.manyTitle(count, outcome, names.slice(0, maxNames))}`,
  };
}

/** How the instances of a group ended, behind their number. */
export function outcomeOf({ to, appearance, standing }: Group, words: Words): string {
  const status = statusIn(words, to);
  if (standing !== null) return words.standings[standing](status);
  if (appearance === 'returned') return words.arrivals.returned;
  return words.outcome(status, appearance);
}
