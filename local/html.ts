import { escapeMarkup } from './escape-markup.ts';

/** Markup for a page. It is made by `html` alone, which escapes every text that it is given. */
export interface Html {
  readonly markup: string;
}

type Piece = string | number | Html | readonly Html[];

/** A template of markup: texts in it are escaped, markup in it stays markup. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const rest = pieces.map((piece, index) => markupOf(piece) + (parts[index + 1] ?? ''));
  return { markup: [parts[0] ?? '', ...rest].join('') };
}

export const NOTHING: Html = html``;

/** Pieces of markup with a separator, such as a line break, between them. */
export function joined(pieces: readonly Html[], separator: Html): Html {
  return { markup: pieces.map(({ markup }) => markup).join(separator.markup) };
}

function markupOf(piece: Piece): string {
  if (typeof piece === 'string') return escapeMarkup(piece);
  if (typeof piece === 'number') return String(piece);
  return 'markup' in piece ? piece.markup : piece.map(({ markup }) => markup).join('');
}
