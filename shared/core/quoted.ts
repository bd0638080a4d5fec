const MAX_QUOTED_LENGTH = 80;

/** A value of a stranger, in a message. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'that is missing';
  return text.length > MAX_QUOTED_LENGTH
    ? `${text.slice(0, MAX_QUOTED_LENGTH)}…`.toWellFormed()
    : text;
}
