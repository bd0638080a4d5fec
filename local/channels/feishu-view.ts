import { type Html, html, NOTHING } from '../html.ts';
import { HEADER_COLOURS } from './feishu-card.ts';
import { FEISHU_MARKDOWN, linkHtml, markdownHtml } from './markdown.ts';
import { isObject, type JsonObject, objectIn, objectsOf } from './receiver.ts';

/** A card, of version 1.0 or 2.0, with its coloured header. */
export function cardHtml(card: JsonObject): Html {
  const elements = objectsOf(card.elements ?? objectIn(card, 'body').elements);
  return html`${headerHtml(card)}${elements.map(elementHtml)}`;
}

/** A notification shows the header of a card. */
export function cardTitle(card: JsonObject): string {
  return String(objectIn(objectIn(card, 'header'), 'title').content ?? '');
}

function headerHtml(card: JsonObject): Html {
  if (!isObject(card.header)) return NOTHING;
  const { template } = card.header;
  const colour = HEADER_COLOURS.find((known) => known === template) ?? 'blue';
  return html`<p class="card-header card-${colour}">${cardTitle(card)}</p>`;
}

const ELEMENTS: Readonly<Record<string, (element: JsonObject) => Html>> = {
  div: ({ text, fields }) =>
    html`${text === undefined ? NOTHING : html`<div>${textHtml(text)}</div>`}${fieldsHtml(fields)}`,
  markdown: ({ content }) =>
    html`<div>${markdownHtml(String(content ?? ''), FEISHU_MARKDOWN)}</div>`,
  hr: () => html`<hr>`,
  note: ({ elements }) => html`<div class="context">${objectsOf(elements).map(textHtml)}</div>`,
  action: ({ actions }) => html`<p class="buttons">${objectsOf(actions).map(buttonHtml)}</p>`,
  img: () => html`<p class="picture">▧</p>`,
};

function elementHtml(element: JsonObject): Html {
  const tag = String(element.tag);
  const draw = Object.hasOwn(ELEMENTS, tag) ? ELEMENTS[tag] : undefined;
  return draw?.(element) ?? html`<pre>${JSON.stringify(element, null, 2)}</pre>`;
}

function fieldsHtml(fields: unknown): Html {
  const drawn = objectsOf(fields).map(({ text }) => html`<div>${textHtml(text)}</div>`);
  return drawn.length === 0 ? NOTHING : html`<div class="fields">${drawn}</div>`;
}

function buttonHtml({ text, url }: JsonObject): Html {
  const label = isObject(text) ? String(text.content ?? '') : '';
  return html`<span class="button">${linkHtml(String(url ?? ''), label)}</span>`;
}

/** In a plain text nothing has an effect; its line ends are kept by the page's style. */
function textHtml(value: unknown): Html {
  if (!isObject(value)) return NOTHING;
  const content = String(value.content ?? '');
  return value.tag === 'lark_md'
    ? markdownHtml(content, FEISHU_MARKDOWN)
    : html`<p class="plain">${content}</p>`;
}
