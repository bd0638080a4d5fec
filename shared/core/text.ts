/** Instance names and tags are user input: their characters must not act on what shows them. */

/** Code points of a name that are shown; longer ones end in an ellipsis. */
const MAX_NAME_LENGTH = 64;

// Controls, formats (bidirectional overrides, zero-width characters), halves of characters, line and
// paragraph separators: they forge lines or hide what is written.
const ACTING_CHARACTERS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text from outside, safe to show on one line; a channel still applies its own escapes. */
export function cleanText(text: string, maxLength: number = MAX_NAME_LENGTH): string {
  const oneLine = text
    .normalize('NFC')
    .replace(ACTING_CHARACTERS, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const points = [...oneLine];
  return points.length <= maxLength ? oneLine : `${points.slice(0, maxLength - 1).join('')}…`;
}

/** `1 commit`, `2 commits` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
