import { cleanText } from '../../core/text.ts';

/** What is wrong, or worth knowing. The facts of its kind are fields beside these. */
export interface Finding {
  readonly level: 'problem' | 'note';
  readonly kind: string;
  readonly text: string;
  /** What to do about it. */
  readonly advice: string;
}

type Facts = Readonly<Record<string, unknown>>;

export function problem(kind: string, text: string, advice: string, facts: Facts = {}): Finding {
  return { level: 'problem', kind, ...facts, text, advice };
}

/** Something that passes by itself, or harms nothing. */
export function note(kind: string, text: string, advice: string, facts: Facts = {}): Finding {
  return { level: 'note', kind, ...facts, text, advice };
}

export const NOTHING_TO_DO = 'Nothing to do.';

/** Reasons come from other services, and may be long. */
const MAX_REASON_LENGTH = 300;

/** Stored text may be anything, and must not act on the terminal. */
export function clean(text: string): string {
  return cleanText(text, MAX_REASON_LENGTH);
}

export function isAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}
