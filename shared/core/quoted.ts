const MAX_QUOTED_LENGTH = 80;

/** A value of a stranger, in a message. */
export function quoted(value: unknown): string {
  const text = textOf(value) ?? 'that is missing';
  return text.length > MAX_QUOTED_LENGTH
    ? `${text.slice(0, MAX_QUOTED_LENGTH)}…`.toWellFormed()
    : text;
}

function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // JSON.parse takes any depth, JSON.stringify about ten thousand levels.
    return 'that is nested too deep';
  }
}
