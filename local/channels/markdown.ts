import { type Html, html, joined, NOTHING } from '../html.ts';

/** The subset of markdown that a service draws. Everything else it shows as it was written. */
export interface MarkdownDialect {
  /** Whether each end of a line is one on the screen. If not, two spaces before it make it one. */
  readonly keepsLines: boolean;
  readonly lists: boolean;
  readonly inline: readonly InlineRule[];
}

/** What a pattern becomes; `inner` draws the markup inside it. */
interface InlineRule {
  readonly pattern: RegExp;
  draw(match: readonly string[], inner: (text: string) => Html): Html;
}

const BOLD: InlineRule = {
  pattern: /\*\*([^*]+)\*\*/,
  draw: ([, text = ''], inner) => html`<strong>${inner(text)}</strong>`,
};
const ITALIC: InlineRule = {
  pattern: /\*([^*]+)\*/,
  draw: ([, text = ''], inner) => html`<em>${inner(text)}</em>`,
};
const CODE: InlineRule = {
  pattern: /`([^`]+)`/,
  draw: ([, text = '']) => html`<code>${text}</code>`,
};
/** No picture is loaded: this page contacts no other server. */
const IMAGE: InlineRule = {
  pattern: /!\[([^[\]]*)\]\(([^()\s]*)\)/,
  draw: ([, text = '', address = '']) => html`<span class="picture">▧ ${text || address}</span>`,
};
const LINK: InlineRule = {
  pattern: /\[([^[\]]*)\]\(([^()\s]*)\)/,
  draw: ([, text = '', address = '']) => linkHtml(address, text),
};
const COLOURS: readonly string[] = ['info', 'comment', 'warning'];
const FONT: InlineRule = {
  pattern: /<font color="(\w{1,20})">([^<]*)<\/font>/,
  draw: ([, colour = '', text = ''], inner) =>
    COLOURS.includes(colour)
      ? html`<span class="font-${colour}">${inner(text)}</span>`
      : inner(text),
};
const FEISHU_MENTION: InlineRule = {
  pattern: /<at id=["']?([^<>"']{1,64})["']?><\/at>/,
  draw: ([, id = '']) => mentionHtml(id),
};
const WECOM_MENTION: InlineRule = {
  pattern: /<@([^<>]{1,64})>/,
  draw: ([, id = '']) => mentionHtml(id),
};
const TEAMS_MENTION: InlineRule = {
  pattern: /<at>([^<>]{1,64})<\/at>/,
  draw: ([, name = '']) => mentionHtml(name),
};
const DINGTALK_MENTION: InlineRule = {
  pattern: /@(\d{11}|all)\b/,
  draw: ([, id = '']) => mentionHtml(id),
};

/** Source: DingTalk's custom robot guide; what its clients really draw is not documented. */
export const DINGTALK_MARKDOWN: MarkdownDialect = {
  keepsLines: false,
  lists: true,
  inline: [BOLD, ITALIC, IMAGE, LINK, DINGTALK_MENTION],
};
/** Source: https://developer.work.weixin.qq.com/document/path/99110, "markdown". */
export const WECOM_MARKDOWN: MarkdownDialect = {
  keepsLines: true,
  lists: false,
  inline: [BOLD, CODE, LINK, FONT, WECOM_MENTION],
};
/** `lark_md`. Source: Feishu's cards, "Markdown". */
export const FEISHU_MARKDOWN: MarkdownDialect = {
  keepsLines: true,
  lists: true,
  inline: [BOLD, ITALIC, LINK, FEISHU_MENTION],
};

/** Source: Adaptive Cards, "Text features", and Teams "Format cards". */
export const TEAMS_MARKDOWN: MarkdownDialect = {
  keepsLines: true,
  lists: true,
  inline: [BOLD, ITALIC, LINK, TEAMS_MENTION],
};

export function linkHtml(address: string, text: string): Html {
  // An address of another scheme, such as `javascript:`, must not become one that can be clicked.
  return /^https?:\/\//i.test(address)
    ? html`<a href="${address}" rel="noreferrer">${text || address}</a>`
    : html`${text}`;
}

export function mentionHtml(name: string): Html {
  return html`<span class="mention">@${name}</span>`;
}

/** Text with markup as this dialect draws it. Nothing in the text becomes HTML by itself. */
export function markdownHtml(text: string, dialect: MarkdownDialect): Html {
  const blocks: Block[] = [];
  for (const line of text.split('\n')) {
    const { kind, text: content } = blockOf(line, dialect);
    const last = blocks.at(-1);
    // An indented line goes on with the item before it, any other line with its like.
    const goesOn = kind === 'item' ? false : last?.kind === kind || isContinued(last, kind, line);
    if (last !== undefined && goesOn && kind !== 'heading') last.lines.push(content);
    else blocks.push({ kind, level: levelOf(line), lines: [content] });
  }
  return html`${blocks.map((block) => blockHtml(block, dialect))}`;
}

interface Block {
  readonly kind: 'heading' | 'quote' | 'item' | 'text' | 'blank';
  readonly level: number;
  readonly lines: string[];
}

function blockOf(
  line: string,
  { lists }: MarkdownDialect,
): { readonly kind: Block['kind']; readonly text: string } {
  if (line.trim() === '') return { kind: 'blank', text: '' };
  const heading = /^#{1,6} +(.*)$/.exec(line);
  if (heading !== null) return { kind: 'heading', text: heading[1] ?? '' };
  const quote = /^> ?(.*)$/.exec(line);
  if (quote !== null) return { kind: 'quote', text: quote[1] ?? '' };
  const item = lists ? /^(?:[-*+]|\d{1,3}\.) (.*)$/.exec(line) : null;
  if (item !== null) return { kind: 'item', text: item[1] ?? '' };
  return { kind: 'text', text: line };
}

function isContinued(last: Block | undefined, kind: Block['kind'], line: string): boolean {
  return last?.kind === 'item' && kind === 'text' && /^\s/.test(line);
}

function levelOf(line: string): number {
  return /^#{0,6}/.exec(line)?.[0].length ?? 0;
}

function blockHtml({ kind, level, lines }: Block, dialect: MarkdownDialect): Html {
  const content = linesHtml(lines, dialect);
  switch (kind) {
    case 'blank':
      return NOTHING;
    case 'heading':
      return html`<p class="heading heading-${level}">${content}</p>`;
    case 'quote':
      return html`<blockquote>${content}</blockquote>`;
    case 'item':
      return html`<p class="item">${content}</p>`;
    case 'text':
      return html`<p>${content}</p>`;
  }
}

function linesHtml(lines: readonly string[], dialect: MarkdownDialect): Html {
  const pieces = lines.map((line, index) => {
    const isLast = index === lines.length - 1;
    const breaks = !isLast && (dialect.keepsLines || line.endsWith('  '));
    const between = isLast ? NOTHING : breaks ? html`<br>` : html` `;
    return joined([inlineHtml(line.trim(), dialect.inline), between], NOTHING);
  });
  return html`${pieces}`;
}

/** The first piece of markup, what is before it, and the rest. */
function inlineHtml(text: string, rules: readonly InlineRule[]): Html {
  const pieces: Html[] = [];
  let rest = text;
  for (;;) {
    const found = firstMatch(rest, rules);
    if (found === undefined) return html`${[...pieces, html`${rest}`]}`;
    const { rule, match } = found;
    pieces.push(html`${rest.slice(0, match.index)}`);
    pieces.push(rule.draw(match, (inner) => inlineHtml(inner, rules)));
    rest = rest.slice(match.index + match[0].length);
  }
}

/** Of several that begin at the same place, the rule that is listed first wins. */
function firstMatch(
  text: string,
  rules: readonly InlineRule[],
): { readonly rule: InlineRule; readonly match: RegExpExecArray } | undefined {
  return rules
    .flatMap((rule) => {
      const match = rule.pattern.exec(text);
      return match === null ? [] : [{ rule, match }];
    })
    .sort((one, other) => one.match.index - other.match.index)[0];
}
