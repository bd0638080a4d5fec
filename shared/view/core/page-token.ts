/** What a cursor points into, so that one is not taken for another. */
export type PageTokenKind = 'instances' | 'page' | 'changes' | 'history';

/** A place to go on from, as text that an address can carry unescaped. */
export function encodePageToken(kind: PageTokenKind, place: unknown): string {
  // Base64 takes single bytes only, so what is not ASCII is written as JSON escapes.
  const json = JSON.stringify([kind, place]).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return btoa(json).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/u, '');
}

/** The place in a cursor of this kind; undefined when the text is none. Its shape is unchecked. */
export function decodePageToken(kind: PageTokenKind, text: string): unknown {
  try {
    const json: unknown = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
    return Array.isArray(json) && json[0] === kind ? json[1] : undefined;
  } catch {
    return undefined;
  }
}
