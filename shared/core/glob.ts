/** A text in which `*` is any text, taken apart once for many comparisons. */
export interface Glob {
  readonly start: string;
  /** What must follow one after the other. Several `*` in a row are one. */
  readonly parts: readonly string[];
  /** Undefined: there is no `*`, and `start` is the whole text. */
  readonly end: string | undefined;
}

export function globOf(pattern: string): Glob {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  return { start, parts: parts.filter((part) => part !== ''), end };
}

/**
 * Does a text have the form of the glob? By hand: a regular expression made of such a glob could take
 * exponential time.
 */
export function matches({ start, parts, end }: Glob, text: string): boolean {
  if (end === undefined) return text === start;
  if (!text.startsWith(start)) return false;
  let reached = start.length;
  for (const part of parts) {
    const found = text.indexOf(part, reached);
    if (found < 0) return false;
    reached = found + part.length;
  }
  return text.length - end.length >= reached && text.endsWith(end);
}

/** The same for a glob that is compared only now and then. */
export function matchesGlob(pattern: string, text: string): boolean {
  return matches(globOf(pattern), text);
}
