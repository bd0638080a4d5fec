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

// A chat makes a link of an address by itself, in plain text, too: no escape prevents that.
const LINK_STARTS = /:(?=\/\/)|(?<=\bwww)\./giu;
const TWINS: ReadonlyMap<string, string> = new Map([
  [':', '：'],
  ['.', '．'],
]);
// News has a symbol and arrows: those of a name would be taken for the product's own.
const NEWS_MARKS =
  /[🔴🟢🟡⚫⚪📋⚠]|[\u2190-\u21ff\u2794-\u27be\u27f0-\u27ff\u2900-\u297f\u2b00-\u2b11]/gu;

/** A name as a chat shows it: clean text that makes no link and does not look like news. */
export function cleanName(name: string): string {
  const plain = cleanText(name)
    .replace(LINK_STARTS, (start) => TWINS.get(start) ?? start)
    .replace(NEWS_MARKS, '-');
  return cleanText(plain);
}

/** `1 commit`, `1,234 commits` */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
