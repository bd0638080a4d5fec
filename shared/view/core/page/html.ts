// A symbol, because no stored or received JSON can bring one along and pass for markup.
const MARKUP = Symbol('markup');

/** Markup that is safe to show: everything that is not of this type is escaped on the way in. */
export interface Html {
  readonly [MARKUP]: string;
}

type Part = string | number | Html | readonly Html[];

/** A piece of a page. Texts put into it are escaped; attributes must stand in double quotes. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = pieces.map((piece, index) => {
    const part = parts[index];
    return part === undefined ? piece : `${piece}${markupIn(part)}`;
  });
  return { [MARKUP]: markup.join('') };
}

/** Nothing, where something might stand. */
export const NOTHING: Html = html``;

/** Text of our own that is no HTML, such as a style sheet. */
export function verbatim(text: string): Html {
  return { [MARKUP]: text };
}

export function markupOf(part: Html): string {
  return part[MARKUP];
}

function markupIn(part: Part): string {
  if (typeof part !== 'object') return escaped(String(part));
  return MARKUP in part ? part[MARKUP] : part.map(markupOf).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? character);
}
