import { type Html, html, NOTHING } from '../html.ts';
import { linkHtml, mentionHtml } from './markdown.ts';
import { isObject, type JsonObject, objectsOf } from './receiver.ts';

/** Draws the blocks, or the text where there are none. @throws for a body that is no JSON */
export function slackHtml(body: string): Html {
  const { text, blocks }: { text?: unknown; blocks?: unknown } = JSON.parse(body);
  const drawn = objectsOf(blocks);
  return drawn.length === 0
    ? html`<p>${mrkdwnHtml(String(text ?? ''))}</p>`
    : html`${drawn.map(blockHtml)}`;
}

export function unescapeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const BLOCKS: Readonly<Record<string, (block: JsonObject) => Html>> = {
  header: ({ text }) => html`<p class="heading heading-3">${textHtml(text)}</p>`,
  section: ({ text, fields }) =>
    html`${text === undefined ? NOTHING : html`<p>${textHtml(text)}</p>`}${fieldsHtml(fields)}`,
  context: ({ elements }) => html`<p class="context">${objectsOf(elements).map(elementHtml)}</p>`,
  actions: ({ elements }) => html`<p class="buttons">${objectsOf(elements).map(buttonHtml)}</p>`,
  divider: () => html`<hr>`,
  image: ({ alt_text: altText }) => html`<p class="picture">▧ ${String(altText ?? '')}</p>`,
  markdown: ({ text }) => html`<p>${String(text ?? '')}</p>`,
};

function blockHtml(block: JsonObject): Html {
  const type = String(block.type);
  const draw = Object.hasOwn(BLOCKS, type) ? BLOCKS[type] : undefined;
  return draw?.(block) ?? html`<pre>${JSON.stringify(block, null, 2)}</pre>`;
}

function fieldsHtml(fields: unknown): Html {
  const drawn = objectsOf(fields).map((field) => html`<span>${textHtml(field)}</span>`);
  return drawn.length === 0 ? NOTHING : html`<p class="fields">${drawn}</p>`;
}

function elementHtml(element: JsonObject): Html {
  return html`<span>${textHtml(element)}</span>`;
}

function buttonHtml({ text, url }: JsonObject): Html {
  const label = isObject(text) ? String(text.text) : '';
  return html`<span class="button">${linkHtml(String(url ?? ''), label)}</span>`;
}

/** In a plain text nothing has an effect; its line ends are kept by the page's style. */
function textHtml(value: unknown): Html {
  if (!isObject(value)) return NOTHING;
  const text = String(value.text ?? value.alt_text ?? '');
  return value.type === 'mrkdwn' ? mrkdwnHtml(text) : html`${text}`;
}

/**
 * `<…>` is a link or a mention. Others pieces are emphasis, code and text, in which three entities
 * stand for characters. Source: https://docs.slack.dev/messaging/formatting-message-text
 */
const PIECES =
  /<([^<>\n]{1,2000})>|\*([^*\n]+)\*|_([^_\n]+)_|~([^~\n]+)~|`([^`\n]+)`|[^<*_~`]+|[<*_~`]/g;

function mrkdwnHtml(text: string): Html {
  const pieces = [...text.matchAll(PIECES)].map(
    ([whole, reference, bold, italic, struck, code]) => {
      if (reference !== undefined) return referenceHtml(reference);
      if (bold !== undefined) return html`<strong>${unescapeEntities(bold)}</strong>`;
      if (italic !== undefined) return html`<em>${unescapeEntities(italic)}</em>`;
      if (struck !== undefined) return html`<s>${unescapeEntities(struck)}</s>`;
      if (code !== undefined) return html`<code>${unescapeEntities(code)}</code>`;
      return html`${unescapeEntities(whole)}`;
    },
  );
  return html`${pieces}`;
}

function referenceHtml(reference: string): Html {
  const [target = '', label = ''] = reference.split('|');
  const mention = /^[!@#](.*)$/.exec(target);
  if (mention !== null) return mentionHtml(label || (mention[1] ?? ''));
  return linkHtml(unescapeEntities(target), unescapeEntities(label || target));
}
