import { isLanguage, type Language, preferredLanguage } from './index.ts';

/** The reader's choice of a language, and nothing else, is kept. */
const LANGUAGE_KEY = 'ecs-watch-language';

export function chosenLanguage(): Language {
  const kept = readKept();
  return isLanguage(kept) ? kept : preferredLanguage(navigator.languages);
}

/** A browser may refuse a page its storage. */
function readKept(): string | null {
  try {
    return localStorage.getItem(LANGUAGE_KEY);
  } catch {
    return null;
  }
}

export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(LANGUAGE_KEY, language);
  } catch {
    // The choice then holds until the page is closed.
  }
}
