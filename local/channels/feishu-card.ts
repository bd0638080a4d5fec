import { isObject, type JsonObject } from './receiver.ts';

// https://open.larkoffice.com/document/feishu-cards/card-json-structure (1.0)
// https://open.larkoffice.com/document/feishu-cards/card-json-v2-breaking-changes-release-notes

/** The colours that a header may have. */
export const HEADER_COLOURS: readonly string[] = [
  'red',
  'orange',
  'yellow',
  'green',
  'turquoise',
  'blue',
  'indigo',
  'purple',
  'carmine',
  'grey',
];

/** What a card of version 2.0 may have. Unlike 1.0, it refuses everything else. */
const PROPERTIES_OF_2: readonly string[] = ['schema', 'config', 'card_link', 'header', 'body'];

const TEXT_TAGS: readonly string[] = ['plain_text', 'lark_md'];

const ELEMENTS: Readonly<Record<string, (element: JsonObject) => boolean>> = {
  div: ({ text, fields }) =>
    (text !== undefined || fields !== undefined) &&
    (text === undefined || isText(text)) &&
    (fields === undefined || isListOf(fields, (field) => isObject(field) && isText(field.text))),
  markdown: ({ content }) => typeof content === 'string',
  hr: () => true,
  note: ({ elements }) => isListOf(elements, (part) => isText(part) || isImage(part)),
  action: ({ actions }) => isListOf(actions, isButton),
  img: isImage,
};

/** Why Feishu would not show this card; null when it would. */
export function cardProblem(card: unknown): string | null {
  if (!isObject(card)) return 'no card';
  const { schema = '1.0', header, elements } = card;
  if (schema === '2.0') return problemOf2(card);
  if (schema !== '1.0') return `schema ${JSON.stringify(schema)}`;
  if (header !== undefined) {
    const problem = headerProblem(header);
    if (problem !== null) return problem;
  }
  return elementsProblem(elements);
}

function problemOf2(card: JsonObject): string | null {
  const unknown = Object.keys(card).find((name) => !PROPERTIES_OF_2.includes(name));
  if (unknown !== undefined) return `unknown property ${unknown} of a card of version 2.0`;
  return isObject(card.body) ? elementsProblem(card.body.elements) : 'no body';
}

function headerProblem(header: unknown): string | null {
  if (!isObject(header) || !isText(header.title)) return 'a header without a title';
  const { template = 'blue' } = header;
  return HEADER_COLOURS.includes(String(template)) ? null : `no header colour ${template}`;
}

function elementsProblem(elements: unknown): string | null {
  if (!Array.isArray(elements) || elements.length === 0) return 'no elements';
  const bad = elements.findIndex((element) => !isElement(element));
  return bad === -1 ? null : `elements[${bad}] is not supported`;
}

function isElement(element: unknown): boolean {
  if (!isObject(element) || typeof element.tag !== 'string') return false;
  const check = Object.hasOwn(ELEMENTS, element.tag) ? ELEMENTS[element.tag] : undefined;
  return check?.(element) ?? false;
}

function isText(value: unknown): boolean {
  return (
    isObject(value) && TEXT_TAGS.includes(String(value.tag)) && typeof value.content === 'string'
  );
}

function isImage(value: unknown): boolean {
  return isObject(value) && value.tag === 'img' && typeof value.img_key === 'string';
}

function isButton(value: unknown): boolean {
  return isObject(value) && value.tag === 'button' && isText(value.text);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isItem);
}
