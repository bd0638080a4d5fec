import { EN } from './en.ts';
import type { Texts } from './texts.ts';
import { ZH } from './zh.ts';

const LANGUAGES = { en: EN, zh: ZH } as const;
export type Language = keyof typeof LANGUAGES;
export const ALL_TEXTS: readonly Texts[] = Object.values(LANGUAGES);

/** The first language of a browser's list that the page speaks; English, if it speaks none. */
export function preferredLanguage(wanted: readonly string[]): Language {
  const spoken = wanted.map((tag) => tag.toLowerCase().split('-')[0] ?? '');
  return spoken.find(isLanguage) ?? 'en';
}

export function isLanguage(text: string | null): text is Language {
  return text !== null && Object.hasOwn(LANGUAGES, text);
}

export function textsOf(language: Language): Texts {
  return LANGUAGES[language];
}
