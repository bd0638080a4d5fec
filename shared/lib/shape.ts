/** What a value must look like, and how a message says so. */
export interface Shape {
  readonly allows: (value: string) => boolean;
  readonly words: string;
}

/** A value that this pattern matches. */
export function shape(pattern: RegExp, words: string): Shape {
  return { allows: (value) => pattern.test(value), words };
}

/** An address that passes this test. */
export function addressShape(allows: (url: URL) => boolean, words: string): Shape {
  return { allows: (value) => URL.canParse(value) && allows(new URL(value)), words };
}
