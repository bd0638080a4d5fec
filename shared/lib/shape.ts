/** What a value must look like, and how a message says so. */
export interface Shape {
  readonly allows: (value: string) => boolean;
  readonly words: string;
  /** What else to say of a value that is not allowed. The value may be a secret, and is not in it. */
  readonly hintOn?: (value: string) => string;
}

/** Why a value is not allowed, after its name. */
export function refusalOf({ words, hintOn }: Shape, value: string): string {
  return `is not ${words}${hintOn?.(value) ?? ''}`;
}

/** A value that this pattern matches. */
export function shape(pattern: RegExp, words: string): Shape {
  return { allows: (value) => pattern.test(value), words };
}

/** An address that passes this test. */
export function addressShape(allows: (url: URL) => boolean, words: string): Shape {
  return { allows: (value) => URL.canParse(value) && allows(new URL(value)), words };
}
