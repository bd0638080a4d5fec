import { channelIn } from './channel-names.ts';
import { type Clock, clockIn } from './clock.ts';
import type { Language, Wording } from './wording.ts';
import { EN } from './words/en.ts';
import type { Words } from './words/words.ts';
import { ZH } from './words/zh.ts';

/** What a text for people is made with: the words of a language, and the times of a zone. */
export interface Phrasing {
  readonly words: Words;
  readonly clock: Clock;
  /** What a channel is called, as clean text. */
  readonly channel: (name: string) => string;
}

const WORDS: Readonly<Record<Language, Words>> = { en: EN, zh: ZH };

export function phrasingOf(
  { language, timeZone, channelNames }: Pick<Wording, 'language' | 'timeZone' | 'channelNames'>,
  nowMs: number,
): Phrasing {
  return {
    words: WORDS[language],
    clock: clockIn(timeZone, nowMs),
    channel: (name) => channelIn(language, name, channelNames),
  };
}
