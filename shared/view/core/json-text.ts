/** JSON as the view writes it. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** What `pretty` has made, as the value of a member. No text in JSON holds a line break. */
export function indented(json: string): string {
  return json.replaceAll('\n', '\n  ');
}

/**
 * What `pretty` makes of an object, from members whose values are `indented` already. The parts are put
 * together by `+`, so that V8 copies a long one only once, when the answer is sent.
 */
export function prettyObject(members: Readonly<Record<string, string>>): string {
  let text = '';
  for (const [name, json] of Object.entries(members)) {
    text += `${text === '' ? '{' : ','}\n  ${JSON.stringify(name)}: ${json}`;
  }
  return text === '' ? '{}' : `${text}\n}`;
}
