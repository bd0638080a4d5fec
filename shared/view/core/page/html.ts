// No stored or received JSON can hold a symbol, so none can pass for markup.
const MARKUP = Symbol('markup');

/** Markup that is safe to show. Everything that is not of this type is escaped. */
export interface Html {
  readonly [MARKUP]: string;
}

type HtmlPart = string | number | Html | readonly Html[];

/** A piece of a page. Texts put into it are escaped; attributes must stand in double quotes. */
export function html(pieces: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const markup = pieces.map((piece, index) => {
    const part = parts[index];
    return part === undefined ? piece : `${piece}${markupIn(part)}`;
  });
  return { [MARKUP]: markup.join('') };
}

/** For a place that stays empty. */
export const NOTHING: Html = html``;

/** Text of our own that must not be escaped, such as a style sheet. */
export function verbatim(text: string): Html {
  return { [MARKUP]: text };
}

export function markupOf(part: Html): string {
  return part[MARKUP];
}

function markupIn(part: HtmlPart): string {
  if (typeof part !== 'object') return escaped(String(part));
  return MARKUP in part ? part[MARKUP] : part.map(markupOf).join('');
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"']/gu, (character) => ENTITIES.get(character) ?? character);
}
