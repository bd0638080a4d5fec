import type { Language } from '../../languages.ts';
import { en } from './en.ts';
import type { Words } from './words.ts';
import { zh } from './zh.ts';

const WORDS: Readonly<Record<Language, Words>> = { en, zh };

export const wordsOf = (language: Language): Words => WORDS[language];
