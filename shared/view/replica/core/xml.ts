/** What an answer is made of. A list becomes its element once for each item. */
export type BodyValue = string | number | readonly BodyValue[] | Body;
export interface Body {
  readonly [name: string]: BodyValue;
}

/** A body as XML. Element names are our own; only texts come from outside. */
export function xml(root: string, body: Body): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${elements(root, body)}`;
}

function elements(name: string, value: BodyValue): string {
  return isList(value)
    ? value.map((item) => elements(name, item)).join('')
    : `<${name}>${innerXml(value)}</${name}>`;
}

function isList(value: BodyValue): value is readonly BodyValue[] {
  return Array.isArray(value);
}

function innerXml(value: string | number | Body): string {
  if (typeof value !== 'object') return escaped(String(value));
  return Object.entries(value)
    .map(([name, member]) => elements(name, member))
    .join('');
}

/** XML 1.0 has no way to write these characters, so a parser refuses a document with one of them. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

function escaped(text: string): string {
  return text
    .replace(NOT_XML, '\ufffd')
    .replace(/[&<>]/gu, (character) => ENTITIES.get(character) ?? character);
}
