/** From a printable ASCII character to its full-width twin. Source: Unicode, block FF00. */
const TWIN_OFFSET = 0xfee0;

/**
 * Text in which the characters of `special` have no effect as markup: they become their full-width
 * twins. It is for receivers that honour backslashes and entities only in part.
 */
export function fullWidth(text: string, special: string): string {
  return [...text]
    .map((character) =>
      special.includes(character)
        ? String.fromCodePoint((character.codePointAt(0) ?? 0) + TWIN_OFFSET)
        : character,
    )
    .join('');
}
