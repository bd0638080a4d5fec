/** New values by name; null removes the variable. */
export type Changes = ReadonlyMap<string, string | null>;

const ASSIGNED = /^\s*(?:export\s+)?(?<name>[A-Za-z_]\w*)\s*=/u;

/** A value that no line of `.env` can hold. */
export class UnstorableValue extends RangeError {
  override readonly name = 'UnstorableValue';
}

/**
 * The text of a `.env` with other values: what stands there keeps its place and its comments, and what is
 * new comes last. @throws {UnstorableValue}
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

/** What Node.js, Serverless Devs, systemd and shells read alike without quotes. */
const PLAIN = /^[\w./:@%+,=&?~-]*$/u;
/** The same between quotes. In double ones, some of these readers take what is left out here for more than itself. */
const QUOTED = [
  { quote: "'", holds: /^[^'\r\n\0]*$/u },
  { quote: '"', holds: /^[^"\\$`\r\n\0]*$/u },
] as const;

function assignment(name: string, value: string): string {
  if (PLAIN.test(value)) return `${name}=${value}`;
  const { quote } = QUOTED.find(({ holds }) => holds.test(value)) ?? {};
  if (quote === undefined) {
    throw new UnstorableValue(
      `${name} holds characters that a line of .env cannot hold: a line break, or ' beside one of " \\ $ \``,
    );
  }
  return `${name}=${quote}${value}${quote}`;
}
