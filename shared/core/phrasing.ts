import { type Clock, clockIn } from './clock.ts';
import type { Language, Wording } from './wording.ts';
import { EN } from './words/en.ts';
import type { Words } from './words/words.ts';
import { ZH } from './words/zh.ts';

/** What a text for people is made with: the words of a language, and the times of a zone. */
export interface Phrasing {
  readonly words: Words;
  readonly clock: Clock;
}

const WORDS: Readonly<Record<Language, Words>> = { en: EN, zh: ZH };

export function phrasingOf(
  { language, timeZone }: Pick<Wording, 'language' | 'timeZone'>,
  nowMs: number,
): Phrasing {
  return { words: WORDS[language], clock: clockIn(timeZone, nowMs) };
}
