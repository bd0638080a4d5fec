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
  return shortened(oneLine, maxLength, codePointsOf);
}

function codePointsOf(text: string): number {
  return [...text].length;
}

const ELLIPSIS = '…';

/**
 * Text that is no larger than `maxSize`, with an ellipsis for what is left out; `sizeOf` measures in
 * the unit of the limit. The cut is never inside what a person sees as one character.
 */
export function shortened(
  text: string,
  maxSize: number,
  sizeOf: (text: string) => number = (unit) => unit.length,
): string {
  if (sizeOf(text) <= maxSize) return text;
  let room = maxSize - sizeOf(ELLIPSIS);
  let end = 0;
  for (const { segment, index } of new Intl.Segmenter('en').segment(text)) {
    room -= sizeOf(segment);
    if (room < 0) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end)}${ELLIPSIS}`;
}

// A chat makes a link of an address by itself, in plain text, too: no escape prevents that.
const LINK_STARTS = /:(?=\/\/)|(?<=\bwww)\./giu;
const TWINS: ReadonlyMap<string, string> = new Map([
  [':', '：'],
  ['.', '．'],
]);
// News has symbols, arrows and dots between its parts: those of a name would be taken for the product's own.
const NEWS_MARKS =
  /[🔴🟢🟡⚫⚪📋⚠✅🔕🔀⏰]|(?<=\s)[·•∙・](?=\s)|[\u2190-\u21ff\u2794-\u27be\u27f0-\u27ff\u2900-\u297f\u2b00-\u2b11]/gu;

/** A name as a chat shows it: clean text that makes no link and does not look like news. */
export function cleanName(name: string, maxLength: number = MAX_NAME_LENGTH): string {
  const plain = cleanText(name, Math.max(maxLength, MAX_NAME_LENGTH))
    .replace(LINK_STARTS, (start) => TWINS.get(start) ?? start)
    .replace(NEWS_MARKS, '-');
  return cleanText(plain, maxLength);
}

/** `1 commit`, `1,234 commits` */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
