/** New values by name; null removes the variable. */
export type Changes = ReadonlyMap<string, string | null>;

const ASSIGNED = /^\s*(?:export\s+)?(?<name>[A-Za-z_]\w*)\s*=/u;

/**
 * The text of a `.env` with other values: what stands there keeps its place and its comments, and what is
 * new comes last. @throws {RangeError} for a value that no line can hold
 */
export function withValues(text: string, changes: Changes): string {
  const left = new Map(changes);
  const lines = text.replace(/^\ufeff/u, '').split(/\r?\n/u);
  if (lines.at(-1) === '') lines.pop();
  const kept = lines.flatMap((line) => {
    const name = ASSIGNED.exec(line)?.groups?.name;
    if (name === undefined || !changes.has(name)) return [line];
    const value = left.get(name);
    left.delete(name);
    return value === null || value === undefined ? [] : [assignment(name, value)];
  });
  const added = [...left].flatMap(([name, value]) =>
    value === null ? [] : [assignment(name, value)],
  );
  return [...kept, ...added, ''].join('\n');
}

/** What Node.js, Serverless Devs and shells read alike without quotes. */
const PLAIN = /^[\w./:@%+,=&?~-]*$/u;
const QUOTES = ["'", '"', '`'] as const;

function assignment(name: string, value: string): string {
  if (PLAIN.test(value)) return `${name}=${value}`;
  const quote = QUOTES.find((mark) => !value.includes(mark));
  // Within double quotes, readers take \n for a line break.
  const isHeld = quote !== undefined && !/[\r\n\0]/u.test(value);
  if (!isHeld || (quote !== "'" && value.includes('\\n'))) {
    throw new RangeError(`${name} holds characters that a line of .env cannot hold`);
  }
  return `${name}=${quote}${value}${quote}`;
}
