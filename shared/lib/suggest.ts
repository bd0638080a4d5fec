/** Two slips are still a slip: a letter too many, too few, another one, or two that changed places. */
const MAX_SLIPS = 2;

/** What was probably meant by `word`, as the end of a sentence; empty when nothing is close. */
export function suggestion(word: string, known: readonly string[]): string {
  const nearest = nearestTo(word, known);
  return nearest === undefined ? '' : `: is ${nearest} meant?`;
}

/** Which of the known words `word` is probably a misspelling of. */
export function nearestTo(word: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((candidate) => ({
      candidate,
      slips: slipsBetween(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ slips, candidate }) => slips <= MAX_SLIPS && slips < candidate.length / 2)
    .sort((one, other) => one.slips - other.slips);
  return nearest?.candidate;
}

/** The edit distance: insertions, removals and replacements of one letter. */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
