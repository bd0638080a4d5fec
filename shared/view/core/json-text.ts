/** JSON as the view writes it. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** What `pretty` has made, as the value of a member. No text in JSON holds a line break. */
export function indented(json: string): string {
  return json.replaceAll('\n', '\n  ');
}

/** What `pretty` makes of an object, from members whose values are `indented` already. */
export function prettyObject(members: Readonly<Record<string, string>>): string {
  const lines = Object.entries(members).map(([name, json]) => `  ${JSON.stringify(name)}: ${json}`);
  return `{\n${lines.join(',\n')}\n}`;
}
