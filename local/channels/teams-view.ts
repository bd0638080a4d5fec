import { type Html, html, NOTHING } from '../html.ts';
import { linkHtml, markdownHtml, TEAMS_MARKDOWN } from './markdown.ts';
import { type JsonObject, objectIn, objectsOf } from './receiver.ts';

/** Draws the cards of a message. @throws for a body that is no JSON */
export function teamsHtml(body: string): Html {
  const drawn = cardsIn(body).map(
    (card) => html`${elementsOf(card).map(elementHtml)}${objectsOf(card.actions).map(buttonHtml)}`,
  );
  return drawn.length === 0 ? html`<pre>${body}</pre>` : html`${drawn}`;
}

/** All that can be read in the cards, a line for each element. */
export function teamsText(body: string): string {
  return cardsIn(body).flatMap(elementsOf).map(textOf).join('\n');
}

/** A notification shows the beginning of a card. */
export function teamsTitle(body: string): string | null {
  const [card] = cardsIn(body);
  const [first] = card === undefined ? [] : elementsOf(card);
  return first === undefined ? null : textOf(first);
}

function cardsIn(body: string): readonly JsonObject[] {
  const { attachments }: JsonObject = JSON.parse(body);
  return objectsOf(attachments).map((attachment) => objectIn(attachment, 'content'));
}

function elementsOf(card: JsonObject): readonly JsonObject[] {
  return objectsOf(card.body);
}

function textOf({ text, inlines, facts }: JsonObject): string {
  const runs = objectsOf(inlines).map((run) => String(run.text ?? ''));
  const pairs = objectsOf(facts).map(({ title, value }) => `${title}: ${value}`);
  return [String(text ?? ''), ...runs].join('') + pairs.join('\n');
}

const ELEMENTS: Readonly<Record<string, (element: JsonObject) => Html>> = {
  TextBlock: (block) =>
    html`<div class="${classOf(block)}">${markdownHtml(String(block.text ?? ''), TEAMS_MARKDOWN)}</div>`,
  RichTextBlock: ({ inlines }) => html`<p class="plain">${objectsOf(inlines).map(runHtml)}</p>`,
  FactSet: ({ facts }) =>
    html`<p class="fields">${objectsOf(facts).map(({ title, value }) => html`<span><strong>${String(title)}</strong> ${String(value)}</span>`)}</p>`,
  Container: ({ items }) => html`${objectsOf(items).map(elementHtml)}`,
  ActionSet: ({ actions }) => html`${objectsOf(actions).map(buttonHtml)}`,
};

function elementHtml(element: JsonObject): Html {
  const type = String(element.type);
  const draw = Object.hasOwn(ELEMENTS, type) ? ELEMENTS[type] : undefined;
  return draw?.(element) ?? html`<pre>${JSON.stringify(element, null, 2)}</pre>`;
}

/** In a run of text nothing has an effect. */
function runHtml(run: JsonObject): Html {
  const text = String(run.text ?? '');
  const isBold = String(run.weight).toLowerCase() === 'bolder';
  return html`<span class="${classOf(run)}">${isBold ? html`<strong>${text}</strong>` : text}</span>`;
}

const COLOURS: Readonly<Record<string, string>> = {
  attention: 'font-attention',
  good: 'font-info',
};

function classOf({ color, size, isSubtle }: JsonObject): string {
  const name = String(color).toLowerCase();
  return [
    'run',
    Object.hasOwn(COLOURS, name) ? (COLOURS[name] ?? '') : '',
    String(size).toLowerCase() === 'medium' ? 'heading-3' : '',
    isSubtle === true || String(size).toLowerCase() === 'small' ? 'context' : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function buttonHtml({ url, title }: JsonObject): Html {
  const label = String(title ?? '');
  return label === ''
    ? NOTHING
    : html`<p class="buttons"><span class="button">${linkHtml(String(url ?? ''), label)}</span></p>`;
}
